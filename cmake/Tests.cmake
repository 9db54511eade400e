# SPDX-License-Identifier: Apache-2.0
#
# How tests are declared. The first folder below tests/ is the first label: unit, conformance, integration, cli,
# packaging.
# The target tests_<label> builds all programs of a label, `tests` those of all labels.
#
#   dataknobs_test(<name> SOURCES file... [DEPENDS name...] [ARROW] [TSAN] [LABELS label...] [ENVIRONMENT A=b...])
#       a GoogleTest program build/<preset>/bin/tests/<name>; each of its cases is a ctest.
#       TSAN: also built and run by the tsan preset, which leaves out all others and does not link Arrow.
#       Labels with a meaning: memory (a conformance test that needs no service: it runs under ASan too), long (only
#       with `./dev test --long`). Unit tests run under ASan always.
#   dataknobs_script_test(<name> COMMAND command... [LABELS label...])
#       any command that fails with a non-zero exit code; not in the sanitizer presets.
#   dataknobs_fuzzer(<name> SOURCES file... [DEPENDS name...] [ARROW])
#       a program bin/fuzz/<name> from a file with LLVMFuzzerTestOneInput; a unit test replays its corpus
#       tests/fuzz/corpus/<name> with 2000 mutations, the same ones each time; `./dev fuzz` finds new ones.

find_package(GTest REQUIRED)
include(GoogleTest)
set(CMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE PRE_TEST)
add_custom_target(tests)
add_custom_target(fuzzers)
foreach(label IN ITEMS unit conformance integration cli packaging asan tsan)
  add_custom_target(tests_${label})
endforeach()

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

# Sets `labels` in the caller: the folder's label, those given, and what follows from them.
function(_dataknobs_labels)
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY "${PROJECT_SOURCE_DIR}/tests" OUTPUT_VARIABLE folder)
  string(REGEX REPLACE "/.*" "" labels "${folder}")
  if(labels STREQUAL "fuzz" OR labels STREQUAL "regressions")
    set(labels unit)
  endif()
  list(APPEND labels ${ARGN})
  if("unit" IN_LIST labels OR "memory" IN_LIST labels)
    list(APPEND labels asan)
  endif()
  set(labels ${labels} PARENT_SCOPE)
endfunction()

# Lets the targets of the labels build a test's program, and the command line with those that run it.
function(_dataknobs_build_with_labels target)
  add_dependencies(tests ${target})
  foreach(label IN LISTS ARGN)
    if(TARGET tests_${label})
      add_dependencies(tests_${label} ${target})
    endif()
  endforeach()
  if(TARGET dataknobs_cli AND NOT target STREQUAL "dataknobs_cli" AND ARGN MATCHES "cli|integration")
    add_dependencies(${target} dataknobs_cli)
  endif()
endfunction()

function(dataknobs_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "ARROW;TSAN" "" "SOURCES;DEPENDS;LABELS;ENVIRONMENT")
  if(DATAKNOBS_SANITIZER STREQUAL "thread" AND NOT ARG_TSAN)
    return()
  endif()
  if(ARG_TSAN)
    list(APPEND ARG_LABELS tsan)
  endif()
  _dataknobs_labels(${ARG_LABELS})
  list(APPEND ARG_DEPENDS GTest::gtest_main GTest::gmock)
  add_executable(${name} ${ARG_SOURCES})
  _dataknobs_declare(${name} PRIVATE)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/tests")
  _dataknobs_build_with_labels(${name} ${labels})

  gtest_discover_tests(${name} TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 60)
  # Properties with lists do not survive gtest_discover_tests, so they are set in a file that ctest reads after its own.
  set(properties "${CMAKE_CURRENT_BINARY_DIR}/${name}_properties.cmake")
  set(environment ${DATAKNOBS_TEST_ENVIRONMENT} ${ARG_ENVIRONMENT})
  file(CONFIGURE OUTPUT "${properties}" @ONLY CONTENT "foreach(test IN LISTS @name@_TESTS)
  set_tests_properties(\"\${test}\" PROPERTIES TIMEOUT 600 LABELS \"@labels@\" ENVIRONMENT \"@environment@\")
endforeach()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${properties}")
endfunction()

function(dataknobs_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "COMMAND;LABELS")
  if(DATAKNOBS_SANITIZER)
    return()
  endif()
  _dataknobs_labels(${ARG_LABELS})
  add_test(NAME ${name} COMMAND ${ARG_COMMAND})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS "${labels}" ENVIRONMENT "${DATAKNOBS_TEST_ENVIRONMENT}")
  if(TARGET dataknobs_cli)
    _dataknobs_build_with_labels(dataknobs_cli ${labels})
  endif()
endfunction()

function(dataknobs_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "ARROW" "" "SOURCES;DEPENDS")
  if(DATAKNOBS_SANITIZER STREQUAL "thread")
    return()
  endif()
  set(target fuzz_${name})
  _dataknobs_labels(fuzz)
  add_executable(${target} ${ARG_SOURCES} "${PROJECT_SOURCE_DIR}/tests/fuzz/driver.cpp")
  _dataknobs_declare(${target} PRIVATE)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/fuzz")
  _dataknobs_build_with_labels(${target} ${labels})
  add_dependencies(fuzzers ${target})
  add_test(NAME fuzz/${name} COMMAND ${target} --runs 2000 --seed 1 "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  set_tests_properties(fuzz/${name} PROPERTIES
    TIMEOUT 600 LABELS "${labels}" ENVIRONMENT "${DATAKNOBS_TEST_ENVIRONMENT}")
endfunction()
