# SPDX-License-Identifier: Apache-2.0
#
# Compiler settings. What must be equal for every file (the precompiled header depends on it) is set globally.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# -fPIC everywhere rather than POSITION_INDEPENDENT_CODE, which would give programs -fPIE and so refuse them the
# precompiled header of the libraries; -pthread for the same reason. The rooms end in a Python module too.
add_compile_options(-fPIC -fno-semantic-interposition -pthread)

if(DATAKNOBS_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(DATAKNOBS_SANITIZER STREQUAL "thread")
  # -Wno-tsan: Asio uses fences, which ThreadSanitizer does not follow; its queues are guarded by mutexes as well.
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  add_link_options(-fsanitize=thread)
elseif(DATAKNOBS_SANITIZER)
  message(FATAL_ERROR "DATAKNOBS_SANITIZER is '${DATAKNOBS_SANITIZER}'; it must be empty, address or thread")
endif()

set(DATAKNOBS_ARROW_LINK ON)
if(DATAKNOBS_SANITIZER STREQUAL "thread")
  set(DATAKNOBS_ARROW_LINK OFF)
endif()

if(DATAKNOBS_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

# Options of our own code: `dataknobs_options` is linked by every room, program and test.
add_library(dataknobs_options INTERFACE)
if(DATAKNOBS_DEVELOPER)
  target_compile_options(dataknobs_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
  target_compile_definitions(dataknobs_options INTERFACE $<$<NOT:$<CONFIG:Release>>:_GLIBCXX_ASSERTIONS>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False alarms of g++ 12 in the standard library and in Asio (GCC bugs 105651, 105329, 101361), and of the
    # operator new and delete of its coroutine frames (mismatched-new-delete, once both are inlined).
    target_compile_options(dataknobs_options INTERFACE
      -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-dangling-pointer
      -Wno-mismatched-new-delete)
    if(DATAKNOBS_SANITIZER OR DATAKNOBS_COVERAGE OR CMAKE_BUILD_TYPE STREQUAL "Release")
      target_compile_options(dataknobs_options INTERFACE -Wno-maybe-uninitialized)
    endif()
  endif()
endif()

# ccache. Paths below the parent of the source folder are hashed relative to the build folder, so two checkouts side by
# side share their results, the precompiled header included.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  cmake_path(GET PROJECT_SOURCE_DIR PARENT_PATH _checkouts)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    env "CCACHE_BASEDIR=${_checkouts}" CCACHE_NOHASHDIR=1
    "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" ${CCACHE_PROGRAM})
  if(DATAKNOBS_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()
