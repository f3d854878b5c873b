# SPDX-License-Identifier: Apache-2.0
# Run with -P. Installs ui/node_modules from the lock file unless that was done already; several build trees may ask at once.
file(LOCK ${UI} DIRECTORY GUARD PROCESS TIMEOUT 600)
file(SHA256 ${UI}/package-lock.json wanted)
set(stamp ${UI}/node_modules/.cairn-installed)
if(EXISTS ${stamp})
  file(READ ${stamp} have)
endif()
if(NOT "${have}" STREQUAL "${wanted}")
  execute_process(COMMAND ${NPM} ci --no-audit --no-fund --ignore-scripts
    WORKING_DIRECTORY ${UI} COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${stamp} ${wanted})
endif()
file(LOCK ${UI} DIRECTORY RELEASE)
file(REMOVE ${UI}/cmake.lock)
