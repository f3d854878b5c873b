# SPDX-License-Identifier: Apache-2.0
# Run with -P. Copies SOURCE/FOLDER, a folder of JavaScript tests, to TREE/FOLDER with the harness
# beside it, and installs its packages there when the lock file has changed since the last time.
set(folder ${TREE}/${FOLDER})
file(COPY ${SOURCE}/harness.mjs DESTINATION ${TREE})
cmake_path(GET folder PARENT_PATH parent)
file(COPY ${SOURCE}/${FOLDER} DESTINATION ${parent} PATTERN node_modules EXCLUDE)

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
