// SPDX-License-Identifier: Apache-2.0
//
// Endpoints as people write them (collector:4317, http://zipkin:9411) made into whole URLs.
#pragma once

#include <string>
#include <string_view>

namespace cairn::telemetry {

struct EndpointDefaults {
  std::string_view scheme;  // without one; then also `port`, when there is none
  std::string_view port;
  std::string_view path;     // without one, or with `/` alone
  std::string_view schemes;  // those allowed, each with a space after it: "http https "
};

struct Endpoint {
  std::string url;
  bool had_scheme = false;
  bool had_path = false;
};

// False, and why in `error`, when `text` is no endpoint: no host, a port that is no number, spaces
// or control characters, a scheme that is not allowed.
bool complete_endpoint(std::string_view text, const EndpointDefaults& defaults, Endpoint& out,
                       std::string& error);
// `url` with everything after the host and port replaced by `path`, which gets a `/` before it.
std::string with_path(std::string_view url, std::string_view path);
// `url` with `path` after its own path, before a query.
std::string under_path(std::string_view url, std::string_view path);
// `url` without user name and password, for logs.
std::string without_user(std::string_view url);

}  // namespace cairn::telemetry
