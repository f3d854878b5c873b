// SPDX-License-Identifier: Apache-2.0
//
// Cross-origin requests from browsers. Source: the Fetch standard, "CORS protocol".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.h"

namespace cairn::net {

struct CorsOptions {
  std::vector<std::string> allowed_origins;  // "https://app.example", "*", or "https://*.example"
  std::vector<std::string> allowed_headers;  // besides the safelisted ones; "*" allows any
  int max_age_seconds = 7200;                // how long a browser may keep a preflight's answer
};

// True when a browser on `origin` may read our answers. A '*' in a pattern stands for one or more
// characters of a host name or port.
bool allows_origin(const CorsOptions& cors, std::string_view origin);

// True for a browser's question before a request that is not simple.
bool is_preflight(const Request& request);

// The 204 that answers it; without allow-headers when origin or headers are not allowed.
Response answer_preflight(const CorsOptions& cors, const Request& request);

// The header fields that an answer to `request` carries, whatever its status.
Headers cors_headers(const CorsOptions& cors, const Headers& request_headers);

}  // namespace cairn::net
