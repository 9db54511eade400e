# SPDX-License-Identifier: Apache-2.0
#
# What `cmake --install` installs, in components:
#
#   core                           libdataknobs.so, and Arrow where it comes from the wheel
#   memory file sqlite postgresql  a store each: libdataknobs_<store>.so, which makes itself known when it is loaded
#   cli                            the program, which needs none of these libraries but Arrow's
#   development                    headers, `find_package(dataknobs COMPONENTS <store>...)`, pkg-config
#   testing                        dataknobs::testing (chaos, temporary stores, fixed clock and ids) and
#                                  dataknobs::conformance (the suite of all stores) for tests of others
#
# Why shared libraries, and what becomes of Arrow: docs/decisions/011-what-is-installed.md

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(DATAKNOBS_SOVERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
set(DATAKNOBS_PRIVATE_LIBDIR "${CMAKE_INSTALL_LIBDIR}/dataknobs")
set(DATAKNOBS_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/dataknobs")
set(DATAKNOBS_PKGCONFIGDIR "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
set(DATAKNOBS_DOCDIR "${CMAKE_INSTALL_DATADIR}/doc/dataknobs")

# Without it the scripts take the component `file` for the name of a variable.
install(CODE "cmake_policy(SET CMP0054 NEW)" ALL_COMPONENTS)

# Where an installed file finds the private libraries, wherever the whole is moved to. The old kind of path (DT_RPATH)
# holds for the libraries that those need too.
function(_dataknobs_find_private_libraries target from)
  file(RELATIVE_PATH path "/${from}" "/${DATAKNOBS_PRIVATE_LIBDIR}")
  set(rpath ${ARGN} "$ORIGIN/${path}")
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "${rpath}")
  target_link_options(${target} PRIVATE LINKER:--disable-new-dtags)
endfunction()

# A shared library from the object code of rooms.
#   _dataknobs_shared(<target> OUTPUT <name> EXPORT <name> COMPONENT <name> ROOMS target... SOURCES file...)
function(_dataknobs_shared target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "OUTPUT;EXPORT;COMPONENT" "ROOMS;SOURCES")
  add_library(${target} SHARED ${ARG_SOURCES})
  foreach(room IN LISTS ARG_ROOMS)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${room}>)
    get_target_property(libraries ${room} LINK_LIBRARIES)
    list(FILTER libraries INCLUDE REGEX "^deps::")
    list(REMOVE_ITEM libraries deps::asio)
    target_link_libraries(${target} PRIVATE ${libraries})
  endforeach()
  target_link_libraries(${target} PRIVATE dataknobs_options dataknobs_arrow)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_compile_features(${target} INTERFACE cxx_std_20)
  set(exports "${PROJECT_SOURCE_DIR}/cmake/exports.map")
  target_link_options(${target} PRIVATE "LINKER:--version-script=${exports}" LINKER:--no-undefined)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${ARG_OUTPUT} EXPORT_NAME ${ARG_EXPORT} LINK_DEPENDS "${exports}"
    VERSION ${PROJECT_VERSION} SOVERSION ${DATAKNOBS_SOVERSION})
  _dataknobs_find_private_libraries(${target} "${CMAKE_INSTALL_LIBDIR}" "$ORIGIN")
  install(TARGETS ${target} EXPORT dataknobs-${ARG_COMPONENT}
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${ARG_COMPONENT} NAMELINK_COMPONENT development)
  install(EXPORT dataknobs-${ARG_COMPONENT} NAMESPACE dataknobs:: FILE dataknobs-${ARG_COMPONENT}-targets.cmake
    DESTINATION "${DATAKNOBS_CMAKEDIR}" COMPONENT development)
endfunction()

function(_dataknobs_pkgconfig name description)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "REQUIRES;LIBRARIES;FLAGS;COMPONENT" "")
  if(NOT ARG_COMPONENT)
    set(ARG_COMPONENT development)
  endif()
  file(RELATIVE_PATH up "/${DATAKNOBS_PKGCONFIGDIR}" "/")
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY CONTENT "prefix=\${pcfiledir}/@up@
libdir=\${prefix}/@CMAKE_INSTALL_LIBDIR@
includedir=\${prefix}/@CMAKE_INSTALL_INCLUDEDIR@

Name: @name@
Description: @description@
Version: @PROJECT_VERSION@
Requires: @ARG_REQUIRES@
Libs: -L\${libdir} @ARG_LIBRARIES@
Cflags: -I\${includedir} @ARG_FLAGS@
")
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${DATAKNOBS_PKGCONFIGDIR}" COMPONENT ${ARG_COMPONENT})
endfunction()

# --- the libraries ---------------------------------------------------------------------------------------------------

get_property(rooms GLOBAL PROPERTY DATAKNOBS_ROOMS)
set(DATAKNOBS_STORES "${rooms}")
list(FILTER DATAKNOBS_STORES INCLUDE REGEX "^dataknobs_backend_")
list(TRANSFORM DATAKNOBS_STORES REPLACE "^dataknobs_backend_" "")
list(FILTER rooms EXCLUDE REGEX "^dataknobs_(backend_.*|stores)$")

_dataknobs_shared(dataknobs_shared OUTPUT dataknobs EXPORT dataknobs COMPONENT core
  ROOMS ${rooms} SOURCES "${PROJECT_SOURCE_DIR}/src/database/separate_backends.cpp")
# Asio's code is in the library, for the program too: its services and the stacks of its loops are one.
target_sources(dataknobs_shared PRIVATE $<TARGET_OBJECTS:dataknobs_asio>)
get_target_property(asio_definitions dataknobs_asio INTERFACE_COMPILE_DEFINITIONS)
target_compile_definitions(dataknobs_shared PUBLIC ${asio_definitions})
target_link_libraries(dataknobs_shared PUBLIC Boost::headers Threads::Threads)

list(TRANSFORM asio_definitions PREPEND "-D" OUTPUT_VARIABLE asio_flags)
list(JOIN asio_flags " " asio_flags)
_dataknobs_pkgconfig(dataknobs "${PROJECT_DESCRIPTION}" LIBRARIES "-ldataknobs -pthread"
  FLAGS "-std=c++20 -pthread ${asio_flags}")

foreach(store IN LISTS DATAKNOBS_STORES)
  set(target dataknobs_store_${store})
  _dataknobs_shared(${target} OUTPUT dataknobs_${store} EXPORT ${store} COMPONENT ${store}
    ROOMS dataknobs_backend_${store} SOURCES "${PROJECT_SOURCE_DIR}/src/backends/register_store.cpp")
  target_compile_definitions(${target} PRIVATE DATAKNOBS_STORE=${store})
  target_link_libraries(${target} PUBLIC dataknobs_shared)
  # Nothing of it is called by name, so some linkers would leave it out.
  target_link_options(${target} INTERFACE LINKER:--no-as-needed)
  _dataknobs_pkgconfig(dataknobs-${store} "The ${store} store of dataknobs" REQUIRES "dataknobs = ${PROJECT_VERSION}"
    LIBRARIES "-Wl,--push-state,--no-as-needed,-ldataknobs_${store},--pop-state")
endforeach()

# --- the program, and Arrow ------------------------------------------------------------------------------------------

_dataknobs_find_private_libraries(dataknobs_cli "${CMAKE_INSTALL_BINDIR}")
install(TARGETS dataknobs_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT cli)

foreach(component IN ITEMS core cli)
  install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/cmake/copyright"
    DESTINATION "${DATAKNOBS_DOCDIR}" COMPONENT ${component})
  if(DATAKNOBS_ARROW_FROM_WHEEL)
    foreach(library IN ITEMS arrow parquet)
      install(PROGRAMS "${DATAKNOBS_ARROW_ROOT}/lib/lib${library}.so.${DATAKNOBS_ARROW_SOVERSION}"
        DESTINATION "${DATAKNOBS_PRIVATE_LIBDIR}" COMPONENT ${component})
    endforeach()
    foreach(text IN ITEMS LICENSE NOTICE)
      install(FILES "${DATAKNOBS_ARROW_ROOT}/${text}.txt" COMPONENT ${component}
        DESTINATION "${DATAKNOBS_DOCDIR}/licenses" RENAME arrow-${text}.txt)
    endforeach()
  endif()
endforeach()

# --- development -----------------------------------------------------------------------------------------------------

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/dataknobs-config.cmake.in"
  "${PROJECT_BINARY_DIR}/dataknobs-config.cmake" INSTALL_DESTINATION "${DATAKNOBS_CMAKEDIR}"
  PATH_VARS CMAKE_INSTALL_LIBDIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/dataknobs-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/dataknobs-config.cmake" "${PROJECT_BINARY_DIR}/dataknobs-config-version.cmake"
  DESTINATION "${DATAKNOBS_CMAKEDIR}" COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/dataknobs" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  COMPONENT development PATTERN testing EXCLUDE)

# All that is installed.
add_custom_target(dataknobs_installed DEPENDS dataknobs_cli dataknobs_shared)
foreach(store IN LISTS DATAKNOBS_STORES)
  add_dependencies(dataknobs_installed dataknobs_store_${store})
endforeach()
if(TARGET tests_packaging)
  add_dependencies(tests_packaging dataknobs_installed)
endif()
