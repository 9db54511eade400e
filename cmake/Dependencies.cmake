# SPDX-License-Identifier: Apache-2.0
#
# Every library that dataknobs uses, under one uniform name `deps::<name>` whatever the way it is found.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED)

function(_dependency name)
  add_library(deps_${name} INTERFACE)
  add_library(deps::${name} ALIAS deps_${name})
  target_link_libraries(deps_${name} INTERFACE ${ARGN})
endfunction()

function(_dependency_pkg name module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
  _dependency(${name} PkgConfig::${name})
endfunction()

_dependency(threads Threads::Threads)
_dependency(boost_json Boost::json)
_dependency(boost_url Boost::url)
_dependency(openssl OpenSSL::SSL OpenSSL::Crypto)

_dependency_pkg(curl libcurl)
_dependency_pkg(fmt fmt)
_dependency_pkg(postgresql "libpq>=14")
_dependency_pkg(re2 re2)
_dependency_pkg(simdjson simdjson)
_dependency_pkg(spdlog spdlog)
_dependency_pkg(sqlite "sqlite3>=3.40")
_dependency_pkg(xxhash libxxhash)
_dependency_pkg(yaml yaml-cpp)

find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
add_library(deps_cli11 INTERFACE)
add_library(deps::cli11 ALIAS deps_cli11)
target_include_directories(deps_cli11 SYSTEM INTERFACE ${CLI11_INCLUDE_DIR})

# Asio's own code is compiled once here instead of in every file that includes it.
add_library(dataknobs_asio STATIC ${PROJECT_SOURCE_DIR}/cmake/boost_asio.cpp)
add_library(deps::asio ALIAS dataknobs_asio)
target_compile_definitions(dataknobs_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_NO_TS_EXECUTORS)
target_link_libraries(dataknobs_asio PUBLIC Boost::headers Threads::Threads PRIVATE dataknobs_options)
