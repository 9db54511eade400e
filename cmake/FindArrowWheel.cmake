# SPDX-License-Identifier: Apache-2.0
#
# Finds Apache Arrow C++ and Parquet and makes the target `dataknobs_arrow` (headers and libraries of both).
# An installed Arrow package wins; else the headers and libraries unpacked by scripts/install_arrow.sh.
#
# The pyarrow wheel exports symbols of the OpenSSL it bundles, so every program must list the system's OpenSSL, simdjson
# and RE2 before Arrow: the dynamic linker takes the first definition. (The script marks libparquet to use its own.)
# tests/integration/link_clash.py guards it.
#
# DATAKNOBS_ARROW_LINK=OFF gives the headers alone (ThreadSanitizer builds: Arrow is not instrumented).

set(DATAKNOBS_ARROW_VERSION 20.0.0)
set(DATAKNOBS_ARROW_SOVERSION 2000)
set(DATAKNOBS_ARROW_FROM_WHEEL FALSE)

add_library(dataknobs_arrow INTERFACE)
find_package(Arrow CONFIG QUIET)
find_package(Parquet CONFIG QUIET)

if(Arrow_FOUND AND Parquet_FOUND)
  set(ArrowWheel_FOUND TRUE)
  target_link_libraries(dataknobs_arrow INTERFACE Parquet::parquet_shared Arrow::arrow_shared)
  message(STATUS "Arrow ${Arrow_VERSION}: installed package")
  return()
endif()

if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(_arrow_cache "$ENV{XDG_CACHE_HOME}")
else()
  set(_arrow_cache "$ENV{HOME}/.cache")
endif()
set(DATAKNOBS_ARROW_ROOT "${_arrow_cache}/dataknobs/arrow-${DATAKNOBS_ARROW_VERSION}" CACHE PATH
  "Folder with include/ and lib/ of Arrow ${DATAKNOBS_ARROW_VERSION}")

if(NOT EXISTS "${DATAKNOBS_ARROW_ROOT}/LICENSE.txt")
  message(FATAL_ERROR
    "Arrow ${DATAKNOBS_ARROW_VERSION} is neither installed nor in ${DATAKNOBS_ARROW_ROOT}.\n"
    "Run `./dev setup` (or scripts/install_arrow.sh), then configure again.")
endif()

target_include_directories(dataknobs_arrow SYSTEM INTERFACE "${DATAKNOBS_ARROW_ROOT}/include")
# pyarrow 20 wheels are built with the C++11 string ABI, as g++ is by default: no macro is needed.
if(DATAKNOBS_ARROW_LINK)
  add_library(dataknobs_arrow_core SHARED IMPORTED)
  set_target_properties(dataknobs_arrow_core PROPERTIES IMPORTED_LOCATION "${DATAKNOBS_ARROW_ROOT}/lib/libarrow.so")
  add_library(dataknobs_arrow_parquet SHARED IMPORTED)
  set_target_properties(dataknobs_arrow_parquet PROPERTIES
    IMPORTED_LOCATION "${DATAKNOBS_ARROW_ROOT}/lib/libparquet.so"
    IMPORTED_LINK_INTERFACE_LIBRARIES dataknobs_arrow_core)
  # Link options come before every library on the command line: this fixes the order for each program.
  target_link_options(dataknobs_arrow INTERFACE
    "LINKER:--push-state,--no-as-needed" -lssl -lcrypto -lsimdjson -lre2 "LINKER:--pop-state")
  target_link_libraries(dataknobs_arrow INTERFACE dataknobs_arrow_parquet dataknobs_arrow_core)
else()
  # What is linked refers to Arrow, but nothing of it is called: a test that did would end at address 0.
  target_link_options(dataknobs_arrow INTERFACE "LINKER:--unresolved-symbols=ignore-all")
endif()
set(ArrowWheel_FOUND TRUE)
set(DATAKNOBS_ARROW_FROM_WHEEL TRUE)
message(STATUS "Arrow ${DATAKNOBS_ARROW_VERSION}: ${DATAKNOBS_ARROW_ROOT}")
