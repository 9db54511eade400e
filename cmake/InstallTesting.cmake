# SPDX-License-Identifier: Apache-2.0
#
# The component testing, for developer builds: static libraries, since they are linked into tests alone.

if(NOT DATAKNOBS_DEVELOPER)
  return()
endif()

# A static library of others' object code, on top of the installed shared ones.
function(_dataknobs_testing_library name objects)
  set(target dataknobs_installed_${name})
  add_library(${target} STATIC $<TARGET_OBJECTS:${objects}>)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME dataknobs_${name} EXPORT_NAME ${name}_library LINKER_LANGUAGE CXX
    ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib/installed")
  target_link_libraries(${target} INTERFACE dataknobs_shared ${ARGN})
  install(TARGETS ${target} EXPORT dataknobs-testing
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT testing)
  add_dependencies(dataknobs_installed ${target})
endfunction()

_dataknobs_testing_library(testing dataknobs_testing)
target_link_libraries(dataknobs_installed_testing INTERFACE fmt)
_dataknobs_testing_library(conformance conformance_suite)
# The memory store is what others are compared with.
target_link_libraries(dataknobs_installed_conformance INTERFACE
  dataknobs_installed_testing dataknobs_store_memory GTest::gtest re2)

_dataknobs_pkgconfig(dataknobs-testing "Chaos, temporary stores, fixed clock and ids for tests with dataknobs"
  COMPONENT testing REQUIRES "dataknobs = ${PROJECT_VERSION}" LIBRARIES "-ldataknobs_testing -lfmt")
# Nothing of the suite is called by name.
_dataknobs_pkgconfig(dataknobs-conformance "The conformance suite of dataknobs for stores of others"
  COMPONENT testing REQUIRES "dataknobs-testing dataknobs-memory"
  LIBRARIES "-Wl,--whole-archive,-ldataknobs_conformance,--no-whole-archive -lgtest -lre2")

install(EXPORT dataknobs-testing NAMESPACE dataknobs:: FILE dataknobs-testing-targets.cmake
  DESTINATION "${DATAKNOBS_CMAKEDIR}" COMPONENT testing)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/dataknobs/testing" COMPONENT testing
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/dataknobs")
# What the suite reads: the examples of the page of semantics, and cases.
set(cases "${CMAKE_INSTALL_DATADIR}/dataknobs/conformance")
install(FILES "${PROJECT_SOURCE_DIR}/docs/semantics.md" DESTINATION "${cases}" COMPONENT testing)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/tests/cases/semantics" DESTINATION "${cases}" COMPONENT testing)
