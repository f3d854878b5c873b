# SPDX-License-Identifier: Apache-2.0
# How the parts of the SDK are declared.

find_package(Threads REQUIRED)
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()
set(CAIRN_SDK_DIR ${CMAKE_CURRENT_SOURCE_DIR})

if(NOT TARGET cairn_warnings)
  add_library(cairn_warnings INTERFACE)
endif()

# Bodies are C++20, headers C++17 (a test includes each of them as C++17).
function(cairn_sdk_options target)
  target_compile_features(${target} PRIVATE cxx_std_20 INTERFACE cxx_std_17)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${CAIRN_SDK_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_include_directories(${target} PRIVATE ${CAIRN_SDK_DIR}/..)
  # Calls into other libraries go straight through their address, not by a stub.
  target_compile_options(${target} PRIVATE -fno-plt)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:cairn_warnings>)
endfunction()

# cairn_sdk_shared(<name> SRCS ... DEPS <cairn:: targets> LINK <foreign libraries, not in headers>)
# libcairn-<name>.so, installed and exported as cairn::<name>.
function(cairn_sdk_shared name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS;LINK" ${ARGN})
  add_library(cairn-${name} SHARED ${ARG_SRCS})
  add_library(cairn::${name} ALIAS cairn-${name})
  cairn_sdk_options(cairn-${name})
  set_target_properties(cairn-${name} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0 EXPORT_NAME ${name}
    # They find each other wherever they are installed: a program's own RUNPATH is not asked for
    # the libraries of its libraries.
    INSTALL_RPATH $ORIGIN)
  # A thread of ours may run and thread-locals may live when a plugin is closed: stay loaded.
  target_link_options(cairn-${name} PRIVATE -Wl,-z,nodelete)
  target_link_libraries(cairn-${name} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_LINK})
  install(TARGETS cairn-${name} EXPORT cairn LIBRARY
    DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk NAMELINK_COMPONENT sdk)
endfunction()

# cairn_sdk_adapter(<name> [SRCS ...] [DEPS <cairn:: targets>] [LINK <foreign library>])
# cairn::<name>: a static library, or with no SRCS its headers alone. Foreign libraries are seen in
# its headers, so whoever uses the adapter links them.
function(cairn_sdk_adapter name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS;LINK" ${ARGN})
  if(ARG_SRCS)
    add_library(cairn-${name} STATIC ${ARG_SRCS})
    cairn_sdk_options(cairn-${name})
    target_link_libraries(cairn-${name} PUBLIC cairn::trace ${ARG_DEPS} ${ARG_LINK})
  else()
    add_library(cairn-${name} INTERFACE)
    target_include_directories(cairn-${name} INTERFACE
      $<BUILD_INTERFACE:${CAIRN_SDK_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_compile_features(cairn-${name} INTERFACE cxx_std_17)
    target_link_libraries(cairn-${name} INTERFACE cairn::trace ${ARG_DEPS} ${ARG_LINK})
  endif()
  add_library(cairn::${name} ALIAS cairn-${name})
  set_target_properties(cairn-${name} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS cairn-${name} EXPORT cairn ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
endfunction()

# cairn_sdk_test(<name> SRCS ... DEPS ...): a GoogleTest binary whose cases are ctests sdk.<case>.
function(cairn_sdk_test name)
  if(NOT BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_compile_features(${name} PRIVATE cxx_std_20)
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_include_directories(${name} PRIVATE ${CAIRN_SDK_DIR}/.. ${CAIRN_SDK_DIR}/include)
  target_compile_definitions(${name} PRIVATE CAIRN_SDK_DIR="${CAIRN_SDK_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} cairn_warnings GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} TEST_PREFIX sdk. DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120)
endfunction()
