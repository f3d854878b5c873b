// SPDX-License-Identifier: Apache-2.0
//
// For tests: protobuf bytes spelt out field by field, independently of the code under test, and
// OTLP requests made of them.
//   message(1, text(1, "key") + message(2, varint(3, 42)))
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::wire::otlp::testing {

inline std::string base128(std::uint64_t value) {
  std::string out;
  while (value >= 128) {
    out += static_cast<char>(value % 128 + 128);
    value /= 128;
  }
  return out + static_cast<char>(value);
}
inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 255);
  return out;
}

inline std::string varint(std::uint64_t field, std::uint64_t value) {
  return base128(field * 8) + base128(value);
}
inline std::string fixed64(std::uint64_t field, std::uint64_t value) {
  return base128(field * 8 + 1) + little_endian(value, 8);
}
inline std::string text(std::uint64_t field, std::string_view value) {
  return base128(field * 8 + 2) + base128(value.size()) + std::string(value);
}
inline std::string message(std::uint64_t field, std::string_view fields) {
  return text(field, fields);
}
inline std::string fixed32(std::uint64_t field, std::uint32_t value) {
  return base128(field * 8 + 5) + little_endian(value, 4);
}

inline std::string string_value(std::string_view value) {
  return text(1, value);
}
inline std::string bool_value(bool value) {
  return varint(2, value ? 1 : 0);
}
inline std::string int_value(std::int64_t value) {
  return varint(3, static_cast<std::uint64_t>(value));
}
inline std::string double_value(std::uint64_t bits) {
  return fixed64(4, bits);
}
inline std::string bytes_value(std::string_view value) {
  return text(7, value);
}
inline std::string array_value(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += message(1, value);
  return message(5, list);
}
inline std::string kvlist_value(std::string_view key_values) {
  return message(6, key_values);
}
inline std::string key_value(std::uint64_t field, std::string_view key, std::string_view value) {
  return message(field, text(1, key) + message(2, value));
}

inline const std::string kTraceIdBytes =
    "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10";
inline const std::string kSpanIdBytes = "\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8";

// The least a span needs.
inline std::string ids() {
  return text(1, kTraceIdBytes) + text(2, kSpanIdBytes);
}
// A whole request of one resource and one scope; `spans` are Span messages' fields.
inline std::string request(const std::vector<std::string>& spans) {
  std::string group = message(1, text(1, "scope"));
  for (const std::string& span : spans) group += message(2, span);
  return message(
      1, message(1, key_value(1, "service.name", string_value("cart"))) + message(2, group));
}

struct GoldenCase {
  std::string name;
  std::string bytes;
  bool has_json = true;  // false where JSON cannot say it: unknown fields, bytes that do not parse
};
std::vector<GoldenCase> golden_cases();

}  // namespace cairn::wire::otlp::testing
