// SPDX-License-Identifier: Apache-2.0
//
// What peers say, made fit for a log line. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cairn::trace::transport {

// At most 200 bytes and "...", cut between characters; control characters are blanks, and bytes
// that are not UTF-8 are '?'.
std::string readable(std::string_view text);

// Undoes gRPC's percent-encoding of grpc-message; what is no %xx stays.
std::string percent_decoded(std::string_view text);

// Base64, padded or not, as gRPC's -bin headers are. False when it is something else.
bool base64_decode(std::string_view text, std::string& bytes);

}  // namespace cairn::trace::transport
