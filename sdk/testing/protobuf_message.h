// SPDX-License-Identifier: Apache-2.0
//
// ProtobufMessage: encodes messages by hand, for tests that read them.
//
//   ProtobufMessage span;
//   span.bytes(5, "GET /").varint(6, 2).message(9, attribute("http.status_code", int_value(200)));
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>

#include <cairn/trace/exporter.h>

namespace cairn::trace::testing {

class ProtobufMessage {
 public:
  ProtobufMessage& varint(std::uint32_t field, std::uint64_t value) {
    raw_varint(field << 3);
    raw_varint(value);
    return *this;
  }
  ProtobufMessage& fixed64(std::uint32_t field, std::uint64_t value) {
    raw_varint(field << 3 | 1);
    return raw_fixed(value, 8);
  }
  ProtobufMessage& fixed32(std::uint32_t field, std::uint32_t value) {
    raw_varint(field << 3 | 5);
    return raw_fixed(value, 4);
  }
  ProtobufMessage& real(std::uint32_t field, double value) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return fixed64(field, bits);
  }
  ProtobufMessage& bytes(std::uint32_t field, std::string_view value) {
    raw_varint(field << 3 | 2);
    raw_varint(value.size());
    encoded_ += value;
    return *this;
  }
  ProtobufMessage& message(std::uint32_t field, const ProtobufMessage& value) {
    return bytes(field, value.encoded_);
  }

  // The fields of another message, behind these.
  ProtobufMessage& append(const ProtobufMessage& other) {
    encoded_ += other.encoded_;
    return *this;
  }

  const std::string& encoded() const { return encoded_; }
  // Lives as long as this message, unchanged.
  SpanBytes view() const {
    return {reinterpret_cast<const std::uint8_t*>(encoded_.data()), encoded_.size()};
  }

 private:
  void raw_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) encoded_ += static_cast<char>((value & 0x7F) | 0x80);
    encoded_ += static_cast<char>(value);
  }
  ProtobufMessage& raw_fixed(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i, value >>= 8) encoded_ += static_cast<char>(value & 0xFF);
    return *this;
  }

  std::string encoded_;
};

// AnyValue messages.
inline ProtobufMessage text_value(std::string_view value) {
  return ProtobufMessage().bytes(1, value);
}
inline ProtobufMessage bool_value(bool value) {
  return ProtobufMessage().varint(2, value ? 1 : 0);
}
inline ProtobufMessage int_value(std::int64_t value) {
  return ProtobufMessage().varint(3, static_cast<std::uint64_t>(value));
}
inline ProtobufMessage double_value(double value) {
  return ProtobufMessage().real(4, value);
}
inline ProtobufMessage bytes_value(std::string_view value) {
  return ProtobufMessage().bytes(7, value);
}
inline ProtobufMessage array_value(std::initializer_list<ProtobufMessage> elements) {
  ProtobufMessage list;
  for (const ProtobufMessage& element : elements) list.message(1, element);
  return ProtobufMessage().message(5, list);
}

// A KeyValue message.
inline ProtobufMessage attribute(std::string_view key, const ProtobufMessage& value) {
  return ProtobufMessage().bytes(1, key).message(2, value);
}
inline ProtobufMessage attribute(std::string_view key, std::string_view value) {
  return attribute(key, text_value(value));
}
inline ProtobufMessage map_value(std::initializer_list<ProtobufMessage> entries) {
  ProtobufMessage list;
  for (const ProtobufMessage& entry : entries) list.message(1, entry);
  return ProtobufMessage().message(6, list);
}

// A Span with the ids that every one needs: 16 bytes `trace`, 8 bytes `id`.
inline ProtobufMessage span_message(char trace, char id, std::string_view name) {
  return ProtobufMessage()
      .bytes(1, std::string(16, trace))
      .bytes(2, std::string(8, id))
      .bytes(5, name);
}

}  // namespace cairn::trace::testing
