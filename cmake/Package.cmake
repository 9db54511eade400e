# SPDX-License-Identifier: Apache-2.0
#
# `./dev package` makes with cpack: a .deb, which takes its libraries from Debian, and a .tar.gz that runs anywhere
# with the C library of Debian 12 or a later one and has the rest inside. scripts/bundle.py adds that, and licences.

set(CPACK_PACKAGE_NAME dataknobs)
set(CPACK_PACKAGE_VENDOR "the dataknobs developers")
set(CPACK_PACKAGE_CONTACT "the dataknobs developers <developers@dataknobs.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}: library and program")
set(CPACK_PACKAGE_DESCRIPTION "dataknobs reads, writes and queries records in memory, files (JSON, CSV,
Parquet), SQLite and PostgreSQL with the same answers on each, and copies them
between any two, resumable and proven. This package has the program, the C++
library and its headers.")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
string(TOLOWER "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}" system)
set(CPACK_PACKAGE_FILE_NAME "dataknobs-${PROJECT_VERSION}-${system}")
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_THREADS 0)
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/cmake/bundle.cmake")
set(CPACK_BUNDLE_SCRIPT "${PROJECT_SOURCE_DIR}/scripts/bundle.py")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
# For projects that use the library; those who use the program need no compiler.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "g++ (>= 4:12), libboost1.81-dev, libgtest-dev, libfmt-dev, libre2-dev")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

include(CPack)
