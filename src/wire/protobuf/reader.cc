// SPDX-License-Identifier: Apache-2.0
#include "wire/protobuf/reader.h"

namespace cairn::wire::protobuf {

Varint read_long_varint(const char* at, const char* end) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && at != end; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(*at++);
    if (shift == 63 && byte > 1) break;  // the tenth byte has room for one bit
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return {at, value};
  }
  return {};
}

const char* end_of_payload(WireType type, const char* at, const char* end) {
  std::uint64_t size = 0;
  switch (type) {
    case WireType::kVarint:
      return read_long_varint(at, end).next;
    case WireType::kBytes: {
      const Varint length = read_long_varint(at, end);
      if (length.next == nullptr) return nullptr;
      at = length.next;
      size = length.value;
      break;
    }
    case WireType::kFixed64:
      size = 8;
      break;
    case WireType::kFixed32:
      size = 4;
      break;
    default:
      return nullptr;
  }
  return size <= static_cast<std::uint64_t>(end - at) ? at + size : nullptr;
}

}  // namespace cairn::wire::protobuf
