// SPDX-License-Identifier: Apache-2.0
//
// Percent-encoding of baggage values, and the UTF-8 they decode to. Pure; any thread.
// Source: W3C Baggage, "value"; RFC 3986, "Percent-Encoding".
#pragma once

#include <cstdint>
#include <string>

#include "sdk/propagation/header_text.h"

namespace cairn::trace::detail {

// One decoded byte, or the character itself where there is no valid `%XX`.
struct DecodedByte {
  char byte;
  std::size_t size;  // characters read, 1 or 3
};
// `at` is inside `text`.
DecodedByte decode_byte(std::string_view text, std::size_t at) noexcept;

// Appends a byte of a value, as it is or as `%XX`. `keep` are the characters that stay; `%` never.
bool append_encoded(HeaderBuffer& out, char byte, HeaderChar keep) noexcept;
bool append_encoded(HeaderBuffer& out, std::string_view value, HeaderChar keep) noexcept;

// Decodes `encoded` into `value`. Each byte that is no part of a UTF-8 character becomes U+FFFD.
void decode_value(std::string_view encoded, std::string& value);

}  // namespace cairn::trace::detail
