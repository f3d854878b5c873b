# SPDX-License-Identifier: Apache-2.0
# Copies the JavaScript clients to TREE and installs their packages there, when the lock file has
# changed since the last time.
set(folder ${TREE}/interop/js)
file(COPY ${SOURCE}/harness.mjs DESTINATION ${TREE})
file(COPY ${SOURCE}/interop/js DESTINATION ${TREE}/interop PATTERN node_modules EXCLUDE)

file(SHA256 ${folder}/package-lock.json wanted)
set(stamp ${folder}/node_modules/.installed)
if(EXISTS ${stamp})
  file(READ ${stamp} installed)
  if(installed STREQUAL wanted)
    return()
  endif()
endif()

# No package of these needs its install script.
execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund
  WORKING_DIRECTORY ${folder} RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "npm ci ended with ${failed}")
endif()
file(WRITE ${stamp} ${wanted})
