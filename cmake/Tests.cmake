# SPDX-License-Identifier: Apache-2.0
#
# How tests are declared. The first folder below tests/ is the label: unit, conformance, integration, cli, fuzz.
#
#   dataknobs_test(<name> SOURCES file… [DEPENDS name…] [ARROW] [TSAN] [LABELS label…] [ENVIRONMENT NAME=value…])
#       a GoogleTest program build/<preset>/bin/tests/<name>; each of its cases is a ctest.
#       TSAN: also built and run by the tsan preset, which leaves out all others and does not link Arrow.
#   dataknobs_script_test(<name> COMMAND command… [LABELS label…])
#       any command that fails with a non-zero exit code.
#   dataknobs_fuzzer(<name> SOURCES file… [DEPENDS name…] [ARROW])
#       a program bin/fuzz/<name> from a file with LLVMFuzzerTestOneInput; ctest replays its corpus
#       tests/fuzz/corpus/<name>, `./dev fuzz` mutates it.

find_package(GTest REQUIRED)
include(GoogleTest)
set(CMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE PRE_TEST)
add_custom_target(tests)

set(DATAKNOBS_TEST_ENVIRONMENT
  "DATAKNOBS_PROGRAM=${PROJECT_BINARY_DIR}/bin/dataknobs"
  "DATAKNOBS_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
if(DATAKNOBS_SANITIZER)
  # Arrow must take its memory from the sanitizer's allocator, or its errors stay unseen.
  list(APPEND DATAKNOBS_TEST_ENVIRONMENT
    ARROW_DEFAULT_MEMORY_POOL=system
    ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
    UBSAN_OPTIONS=print_stacktrace=1
    TSAN_OPTIONS=halt_on_error=1)
endif()

# The label that follows from where the test lives.
function(_dataknobs_folder_label result)
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY "${PROJECT_SOURCE_DIR}/tests" OUTPUT_VARIABLE relative)
  string(REGEX REPLACE "/.*" "" label "${relative}")
  set(${result} ${label} PARENT_SCOPE)
endfunction()

function(dataknobs_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "ARROW;TSAN" "" "SOURCES;DEPENDS;LABELS;ENVIRONMENT")
  if(DATAKNOBS_SANITIZER STREQUAL "thread" AND NOT ARG_TSAN)
    return()
  endif()
  _dataknobs_folder_label(label)
  set(labels ${label} ${ARG_LABELS})
  set(arrow "")
  if(ARG_ARROW)
    set(arrow ARROW)
  endif()
  if(ARG_TSAN)
    list(APPEND labels tsan)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  dataknobs_setup_target(${name} PRIVATE ${arrow} DEPENDS ${ARG_DEPENDS} GTest::gtest_main GTest::gmock)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/tests")
  gtest_discover_tests(${name} TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 60)
  # Properties with lists do not survive gtest_discover_tests, so they are set in a file that ctest reads after its own.
  set(properties "${CMAKE_CURRENT_BINARY_DIR}/${name}_properties.cmake")
  file(CONFIGURE OUTPUT "${properties}" @ONLY CONTENT "foreach(test IN LISTS @name@_TESTS)
  set_tests_properties(\"\${test}\" PROPERTIES TIMEOUT 600
    LABELS \"@labels@\"
    ENVIRONMENT \"@DATAKNOBS_TEST_ENVIRONMENT@;@ARG_ENVIRONMENT@\")
endforeach()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${properties}")
  add_dependencies(tests ${name})
endfunction()

function(dataknobs_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "COMMAND;LABELS")
  if(DATAKNOBS_SANITIZER)
    return()
  endif()
  _dataknobs_folder_label(label)
  add_test(NAME ${name} COMMAND ${ARG_COMMAND})
  set_tests_properties(${name} PROPERTIES LABELS "${label};${ARG_LABELS}" TIMEOUT 600
    ENVIRONMENT "${DATAKNOBS_TEST_ENVIRONMENT}")
endfunction()

function(dataknobs_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "ARROW" "" "SOURCES;DEPENDS")
  if(DATAKNOBS_SANITIZER STREQUAL "thread")
    return()
  endif()
  set(arrow "")
  if(ARG_ARROW)
    set(arrow ARROW)
  endif()
  add_executable(fuzz_${name} ${ARG_SOURCES} "${PROJECT_SOURCE_DIR}/tests/fuzz/driver.cpp")
  dataknobs_setup_target(fuzz_${name} PRIVATE ${arrow} DEPENDS ${ARG_DEPENDS})
  target_include_directories(fuzz_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  set_target_properties(fuzz_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/fuzz")
  add_test(NAME fuzz/${name} COMMAND fuzz_${name} --seconds 0 "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  set_tests_properties(fuzz/${name} PROPERTIES LABELS "unit;fuzz" TIMEOUT 600
    ENVIRONMENT "${DATAKNOBS_TEST_ENVIRONMENT}")
  add_dependencies(tests fuzz_${name})
endfunction()
