// SPDX-License-Identifier: Apache-2.0
//
// Cross-origin requests from browsers. Source: the Fetch standard, "CORS protocol".
#pragma once

#include <string>
#include <vector>

namespace cairn::net {

struct CorsOptions {
  std::vector<std::string> allowed_origins;  // "https://app.example", "*", or "https://*.example"
  std::vector<std::string> allowed_headers;  // besides the safelisted ones; "*" allows any
  int max_age_seconds = 7200;                // how long a browser may keep a preflight's answer
};

}  // namespace cairn::net
