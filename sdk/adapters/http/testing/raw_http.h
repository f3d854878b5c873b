// SPDX-License-Identifier: Apache-2.0
//
// Requests sent byte by byte as the test says, as no client library would.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cairn::trace::testing {

struct RawResponse {
  int status = 0;  // 0: no answer in ten seconds
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // The first with this name, in any case; empty when there is none.
  std::string header(const std::string& name) const;
};

// A port of 127.0.0.1 that refuses connections, as long as nobody else takes it.
int closed_port();
// Sends `request` to 127.0.0.1 and reads until the server closes the connection.
RawResponse send_raw(int port, const std::string& request);
// A GET of `path` with these header lines, each "Name: value".
RawResponse get_raw(int port, const std::string& path, const std::vector<std::string>& headers);

}  // namespace cairn::trace::testing
