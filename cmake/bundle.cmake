# SPDX-License-Identifier: Apache-2.0
#
# cpack runs it on the files of a package before it packs them.
set(libraries "")
if(CPACK_GENERATOR STREQUAL "TGZ")
  set(libraries --libraries)
endif()
execute_process(COMMAND python3 "${CPACK_BUNDLE_SCRIPT}" ${libraries}
  "${CPACK_TEMPORARY_INSTALL_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX}" RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "scripts/bundle.py failed")
endif()
