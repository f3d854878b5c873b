# SPDX-License-Identifier: Apache-2.0

# cairn_library(<folder> SRCS ... [DEPS ...] [LINK ...] [TESTS ...] [TEST_DEPS ...])
# One library per folder of src/, named cairn::<folder with _>, with its unit tests beside it.
#   SRCS       the .cc files        DEPS       cairn libraries seen in its headers
#   LINK       foreign libraries it wraps (private: they never show in headers)
#   TESTS      *_test.cc, one binary <name>_test; each case becomes a ctest
#   TEST_DEPS  what only the tests need
function(cairn_library folder)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS;LINK;TESTS;TEST_DEPS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  add_library(cairn_${name} STATIC ${ARG_SRCS})
  add_library(cairn::${name} ALIAS cairn_${name})
  target_include_directories(cairn_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(cairn_${name} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_LINK} cairn_warnings)
  if(ARG_TESTS AND BUILD_TESTING)
    cairn_test(${name}_test SRCS ${ARG_TESTS} DEPS cairn::${name} ${ARG_TEST_DEPS})
  endif()
endfunction()

# cairn_test(<name> SRCS ... DEPS ...): a GoogleTest binary whose cases are ctests.
function(cairn_test name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_compile_definitions(${name} PRIVATE CAIRN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} cairn_warnings GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120)
endfunction()

# cairn_fuzz(<name> SRC <file> CORPUS <folders> DEPS ...)
# With CAIRN_FUZZ a libFuzzer binary; without, the same entry point replays the corpus as a test.
function(cairn_fuzz name)
  cmake_parse_arguments(ARG "" "SRC" "CORPUS;DEPS" ${ARGN})
  if(CAIRN_FUZZ)
    add_executable(${name} ${ARG_SRC})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${ARG_SRC} ${PROJECT_SOURCE_DIR}/fuzz/replay_main.cc)
  endif()
  target_compile_definitions(${name} PRIVATE CAIRN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} cairn_warnings)
  if(BUILD_TESTING AND NOT CAIRN_FUZZ)
    add_test(NAME ${name}_corpus COMMAND ${name} ${ARG_CORPUS})
  endif()
endfunction()
