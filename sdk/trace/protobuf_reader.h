// SPDX-License-Identifier: Apache-2.0
//
// ProtobufReader: finds the fields of one message, one after the other.
//
//   ProtobufReader reader(message);
//   ProtobufReader::Field field;
//   while (reader.next(field)) {
//     switch (field.tag) {
//       case bytes_tag(5): name = field.text(); break;
//       case varint_tag(6): kind = field.number; break;
//     }                                          // all others have been skipped already
//   }
//
// Reads nothing outside the message; what is malformed ends it. Not recursive. Header only, as the
// exporters' libraries use it too.
// Source: Protocol Buffers documentation, "Encoding".
#pragma once

#include <cstdint>
#include <string_view>

#include <cairn/trace/exporter.h>

namespace cairn::trace {

constexpr std::uint32_t varint_tag(std::uint32_t field) noexcept {
  return field << 3;
}
constexpr std::uint32_t fixed64_tag(std::uint32_t field) noexcept {
  return field << 3 | 1;
}
constexpr std::uint32_t bytes_tag(std::uint32_t field) noexcept {
  return field << 3 | 2;
}
constexpr std::uint32_t fixed32_tag(std::uint32_t field) noexcept {
  return field << 3 | 5;
}

class ProtobufReader {
 public:
  struct Field {
    std::uint32_t tag = 0;     // number and wire type, as the functions above make them
    std::uint64_t number = 0;  // varint, fixed64, fixed32
    SpanBytes bytes;           // length-delimited; a view into the message
    std::string_view text() const noexcept {
      return {reinterpret_cast<const char*>(bytes.data), bytes.size};
    }
  };

  explicit ProtobufReader(SpanBytes message) noexcept
      : at_(message.data), end_(message.data + message.size) {}

  // Reads one whole field. False at the end, and from the first malformed field on.
  bool next(Field& field) noexcept {
    std::uint64_t tag = 0;
    if (!varint(tag) || tag > UINT32_MAX || (tag >> 3) == 0 || !payload(tag & 7, field)) {
      at_ = end_;
      return false;
    }
    field.tag = static_cast<std::uint32_t>(tag);
    return true;
  }

  // What has not been read.
  SpanBytes rest() const noexcept { return {at_, left()}; }

 private:
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

  bool varint(std::uint64_t& value) noexcept {
    value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const std::uint8_t byte = *at_++;
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  // Little-endian, of 4 or 8 bytes.
  bool fixed(std::size_t size, std::uint64_t& value) noexcept {
    if (left() < size) return false;
    value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint64_t>(*at_++) << (8 * i);
    return true;
  }

  bool payload(std::uint64_t wire_type, Field& field) noexcept {
    switch (wire_type) {
      case 0:
        return varint(field.number);
      case 1:
        return fixed(8, field.number);
      case 5:
        return fixed(4, field.number);
      case 2: {
        std::uint64_t size = 0;
        if (!varint(size) || size > left()) return false;
        field.bytes = {at_, static_cast<std::size_t>(size)};
        at_ += size;
        return true;
      }
      default:  // groups, which OTLP does not have, and what does not exist
        return false;
    }
  }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

}  // namespace cairn::trace
