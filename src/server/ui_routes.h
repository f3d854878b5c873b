// SPDX-License-Identifier: Apache-2.0
//
// The web page: /static/* are the built assets, every other path that no API claims is the page
// itself, which finds its way by its URL.
#pragma once

#include <string>

#include "net/http/router.h"

namespace cairn::server {

// Serves the embedded assets, precompressed where the browser takes it, with a strict
// Content-Security-Policy. `base_path` is written into the page's <base>. In a build without the
// page, says so.
void add_ui_routes(net::Router& router, const std::string& base_path);

}  // namespace cairn::server
