# SPDX-License-Identifier: Apache-2.0

# cairn_ui_assets(): the library cairn::ui_assets (ui/embed/cairn_ui/ui_assets.h).
# With CAIRN_UI=npm the pages are built by npm into the build tree and carried by .incbin; with off the list is empty.
# npm ci runs once per package-lock.json, in ui/node_modules, under a lock since build trees share it.
function(cairn_ui_assets)
  if(CAIRN_UI STREQUAL "npm")
    cairn_build_ui(source)
  elseif(CAIRN_UI STREQUAL "off")
    set(source ${PROJECT_SOURCE_DIR}/ui/embed/no_assets.cc)
  else()
    message(FATAL_ERROR "CAIRN_UI is '${CAIRN_UI}'; it can be npm or off")
  endif()
  add_library(cairn_ui_assets STATIC ${source})
  add_library(cairn::ui_assets ALIAS cairn_ui_assets)
  target_include_directories(cairn_ui_assets PUBLIC ${PROJECT_SOURCE_DIR}/ui/embed)
  target_link_libraries(cairn_ui_assets PUBLIC cairn::base PRIVATE cairn_warnings)
endfunction()

# Sets `out` to the generated source that carries the built pages.
function(cairn_build_ui out)
  find_program(NODE node REQUIRED)
  find_program(NPM npm REQUIRED)
  set(ui ${PROJECT_SOURCE_DIR}/ui)
  set(work ${CMAKE_CURRENT_BINARY_DIR})
  set(installed ${work}/npm-installed)
  set(generated ${work}/ui_assets.cc)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${ui}/src/*)

  add_custom_command(
    OUTPUT ${installed}
    COMMAND ${CMAKE_COMMAND} -DUI=${ui} -DNPM=${NPM} -P ${PROJECT_SOURCE_DIR}/cmake/NpmInstall.cmake
    COMMAND ${CMAKE_COMMAND} -E touch ${installed}
    DEPENDS ${ui}/package.json ${ui}/package-lock.json ${PROJECT_SOURCE_DIR}/cmake/NpmInstall.cmake
    COMMENT "Installing the packages of the web UI"
    VERBATIM)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${NPM} run --silent build -- --logLevel warn --emptyOutDir --outDir ${work}/dist
    COMMAND ${NODE} scripts/size.mjs ${work}/dist
    COMMAND ${NODE} scripts/embed.mjs ${work}/dist ${work}/packed ${generated}
    WORKING_DIRECTORY ${ui}
    DEPENDS ${installed} ${sources} ${ui}/index.html ${ui}/vite.config.ts ${ui}/tsconfig.json
            ${ui}/scripts/embed.mjs ${ui}/scripts/size.mjs
    COMMENT "Building the web UI"
    VERBATIM)
  set(${out} ${generated} PARENT_SCOPE)
endfunction()
