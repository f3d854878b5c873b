// SPDX-License-Identifier: Apache-2.0
//
// The scalars of OTLP's JSON. Each function takes one whole JSON token, a number or a string with
// its quotes, and returns nothing when it is not what the field needs.
// Source: proto3 JSON mapping; OTLP specification, "JSON Protobuf Encoding".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/arena.h"

namespace cairn::wire::json {

// A string's text: a view into the token, or the arena when it has escapes. A lone surrogate
// becomes U+FFFD. REQUIRES: the token is valid UTF-8 without bare control characters.
std::optional<std::string_view> parse_string(std::string_view token, Arena& arena);

// Decimal, bare or quoted; a fraction of zeros and an exponent are accepted: 12, "12", 12.0, 1.2e1.
std::optional<std::int64_t> parse_int64(std::string_view token);
std::optional<std::uint64_t> parse_uint64(std::string_view token);
std::optional<std::uint32_t> parse_uint32(std::string_view token);
std::optional<std::int32_t> parse_int32(std::string_view token);

// A number, bare or quoted, or "NaN", "Infinity", "-Infinity".
std::optional<double> parse_double(std::string_view token);
// true or false.
std::optional<bool> parse_bool(std::string_view token);
// Base64 of either alphabet; into the arena.
std::optional<ByteView> parse_base64(std::string_view token, Arena& arena);
// A string of exactly 2 * to.size() hex digits.
[[nodiscard]] bool parse_hex(std::string_view token, std::span<std::byte> to);

}  // namespace cairn::wire::json
