// SPDX-License-Identifier: Apache-2.0
//
// Percent-encoding. Source: RFC 3986, section 2.1; the gRPC protocol over HTTP/2, "grpc-message".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn::net {

// Nullopt for a '%' without two hex digits. A '+' stays a '+'.
std::optional<std::string> percent_decode(std::string_view text);

// As percent_decode, and '+' is a space: the form encoding of query strings.
std::optional<std::string> form_decode(std::string_view text);

// Printable ASCII except '%' stays; every other byte becomes %XX.
std::string percent_encode_grpc_message(std::string_view text);

}  // namespace cairn::net
