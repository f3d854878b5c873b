// SPDX-License-Identifier: Apache-2.0
//
// The head of an HTTP/1.1 answer as bytes. Source: RFC 9112, "Status Line"; RFC 9110, "Date".
#pragma once

#include <optional>
#include <string>

#include "net/http/message.h"

namespace cairn::net {

struct HeadOptions {
  bool http10 = false;
  bool close = false;
  bool chunked = false;                       // transfer-encoding: chunked
  std::optional<std::size_t> content_length;  // unset: none is sent
};

// Ends with the empty line. Control characters in header values are left out, so that no handler
// can be talked into a second header; fields that describe the connection are ours alone.
std::string render_head(const Response& response, const HeadOptions& options);

}  // namespace cairn::net
