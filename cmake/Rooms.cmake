# SPDX-License-Identifier: Apache-2.0
#
# How the parts of the library are declared.
#
#   dataknobs_room(<room> SOURCES file... [DEPENDS name...] [ARROW])
#       in src/<room>/CMakeLists.txt. Makes the static library dataknobs_<room>.
#   dataknobs_backend(<name> SOURCES file... [DEPENDS name...] [ARROW])
#       in src/backends/<name>/CMakeLists.txt. Makes dataknobs_backend_<name>.
#   dataknobs_program(<target> SOURCES file... [DEPENDS name...] [ARROW] [OUTPUT <file name>])
#       an executable in build/<preset>/bin. The command line is the target dataknobs_cli with OUTPUT dataknobs.
#
# A name in DEPENDS is a room (record), a backend (backend_memory), the whole library (dataknobs) or a library of
# cmake/Dependencies.cmake (deps::sqlite). ARROW adds the Arrow and Parquet headers.

add_library(dataknobs_pch OBJECT "${PROJECT_SOURCE_DIR}/cmake/pch.cpp")
target_link_libraries(dataknobs_pch PRIVATE dataknobs_options deps::asio deps::boost_json)
if(DATAKNOBS_PCH)
  target_precompile_headers(dataknobs_pch PRIVATE "${PROJECT_SOURCE_DIR}/cmake/pch.hpp")
endif()

function(dataknobs_add_if_present folder)
  if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}/CMakeLists.txt")
    add_subdirectory("${PROJECT_SOURCE_DIR}/${folder}" "${PROJECT_BINARY_DIR}/${folder}")
  endif()
endfunction()

# What rooms, programs and tests have in common: include folders, dependencies, the precompiled header.
function(dataknobs_setup_target target scope)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "ARROW" "" "DEPENDS")
  target_include_directories(${target} ${scope} "${PROJECT_SOURCE_DIR}/include" PRIVATE "${PROJECT_SOURCE_DIR}/src")
  foreach(name IN LISTS ARG_DEPENDS)
    if(NOT name MATCHES "::|^dataknobs")
      string(PREPEND name "dataknobs_")
    endif()
    target_link_libraries(${target} ${scope} ${name})
  endforeach()
  target_link_libraries(${target} ${scope} deps::asio deps::boost_json PRIVATE dataknobs_options)
  if(ARG_ARROW)
    target_link_libraries(${target} PRIVATE dataknobs_arrow)
  endif()
  if(DATAKNOBS_PCH)
    target_precompile_headers(${target} REUSE_FROM dataknobs_pch)
  endif()
endfunction()

# Passes what cmake_parse_arguments found to dataknobs_setup_target.
macro(_dataknobs_declare target scope)
  set(_arrow "")
  if(ARG_ARROW)
    set(_arrow ARROW)
  endif()
  dataknobs_setup_target(${target} ${scope} ${_arrow} DEPENDS ${ARG_DEPENDS})
endmacro()

function(dataknobs_room room)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "ARROW" "" "SOURCES;DEPENDS")
  add_library(dataknobs_${room} STATIC ${ARG_SOURCES})
  _dataknobs_declare(dataknobs_${room} PUBLIC)
  set_property(GLOBAL APPEND PROPERTY DATAKNOBS_ROOMS dataknobs_${room})
endfunction()

function(dataknobs_backend name)
  dataknobs_room(backend_${name} ${ARGN})
endfunction()

# The library `dataknobs`: all rooms together.
function(dataknobs_library)
  get_property(rooms GLOBAL PROPERTY DATAKNOBS_ROOMS)
  list(REVERSE rooms)
  add_library(dataknobs INTERFACE)
  target_include_directories(dataknobs INTERFACE "${PROJECT_SOURCE_DIR}/include")
  target_link_libraries(dataknobs INTERFACE ${rooms})
endfunction()

function(dataknobs_program name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "ARROW" "OUTPUT" "SOURCES;DEPENDS")
  add_executable(${name} ${ARG_SOURCES})
  if(ARG_OUTPUT)
    set_target_properties(${name} PROPERTIES OUTPUT_NAME ${ARG_OUTPUT})
  endif()
  _dataknobs_declare(${name} PRIVATE)
endfunction()
