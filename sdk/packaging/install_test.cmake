# SPDX-License-Identifier: Apache-2.0
# BUILD, LIBDIR, SOURCE, FOLDER, COMPILER: see CMakeLists.txt.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${FOLDER})
run(${CMAKE_COMMAND} --install ${BUILD} --component sdk --prefix ${FOLDER}/usr)

set(more "")
foreach(component telemetry http)
  if(EXISTS ${FOLDER}/usr/${LIBDIR}/libcairn-${component}.so OR EXISTS ${FOLDER}/usr/${LIBDIR}/libcairn-${component}.a)
    list(APPEND more ${component})
  endif()
endforeach()
run(${CMAKE_COMMAND} -S ${SOURCE} -B ${FOLDER}/build -DCMAKE_PREFIX_PATH=${FOLDER}/usr
  -DCMAKE_CXX_COMPILER=${COMPILER} "-DMORE=${more}")
run(${CMAKE_COMMAND} --build ${FOLDER}/build)
run(${FOLDER}/build/consumer)
if(more MATCHES telemetry)
  run(${FOLDER}/build/configured)
endif()

# A name that is none is told, with those that are.
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${FOLDER}/misspelt
  -DCMAKE_PREFIX_PATH=${FOLDER}/usr -DCMAKE_CXX_COMPILER=${COMPILER} -DMORE=telemetri
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
string(REGEX REPLACE "[ \n]+" " " output "${output}")
if(result EQUAL 0 OR NOT output MATCHES "There is no component `telemetri`. There are: trace export")
  message(FATAL_ERROR "find_package of a component that is none said:\n${output}")
endif()

# Without an installation; configured alone, the build is the same.
run(${CMAKE_COMMAND} -S ${SOURCE}/../subproject -B ${FOLDER}/subproject
  -DCMAKE_CXX_COMPILER=${COMPILER})

find_program(PKG_CONFIG pkg-config REQUIRED)
set(ENV{PKG_CONFIG_PATH} ${FOLDER}/usr/${LIBDIR}/pkgconfig)
file(GLOB modules RELATIVE ${FOLDER}/usr/${LIBDIR}/pkgconfig ${FOLDER}/usr/${LIBDIR}/pkgconfig/*.pc)
foreach(module ${modules})
  string(REPLACE .pc "" module ${module})
  run(${PKG_CONFIG} --exists --print-errors ${module})
endforeach()
execute_process(COMMAND ${PKG_CONFIG} --cflags --libs cairn-trace
  OUTPUT_VARIABLE flags COMMAND_ERROR_IS_FATAL ANY OUTPUT_STRIP_TRAILING_WHITESPACE)
separate_arguments(flags UNIX_COMMAND "${flags}")
run(${COMPILER} -std=c++17 ${SOURCE}/main.cc ${flags} -Wl,-rpath,${FOLDER}/usr/${LIBDIR} -o ${FOLDER}/by_pkg_config)
run(${FOLDER}/by_pkg_config)
file(REMOVE_RECURSE ${FOLDER})
