// SPDX-License-Identifier: Apache-2.0
//
// How a protobuf field's payload is laid out, and the tag that says so.
// Source: Protocol Buffers documentation, "Encoding", "Message Structure".
#pragma once

#include <cstdint>

namespace cairn::wire::protobuf {

enum class WireType : std::uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kStartGroup = 3,  // refused
  kEndGroup = 4,    // refused
  kFixed32 = 5,
};

// A field number (1 to 2^29 - 1) and a wire type as one number; usable as a case label.
constexpr std::uint32_t tag(std::uint32_t field, WireType type) {
  return field << 3 | static_cast<std::uint32_t>(type);
}
constexpr std::uint32_t varint_tag(std::uint32_t field) {
  return tag(field, WireType::kVarint);
}
constexpr std::uint32_t fixed64_tag(std::uint32_t field) {
  return tag(field, WireType::kFixed64);
}
constexpr std::uint32_t bytes_tag(std::uint32_t field) {
  return tag(field, WireType::kBytes);
}
constexpr std::uint32_t fixed32_tag(std::uint32_t field) {
  return tag(field, WireType::kFixed32);
}

}  // namespace cairn::wire::protobuf
