// SPDX-License-Identifier: Apache-2.0
//
// Writes a protobuf message from its last byte to its first: when a nested message's length is due,
// its payload has already been written and measured, so one pass is enough.
//
//   BackwardWriter w;
//   const std::size_t end = w.size();     // begin the message that will be field 1
//   w.bytes_field(2, "second");           // the fields, last first
//   w.varint_field(1, 7);
//   w.close_message(1, end);              // its length and tag
//   out += w.written();
//
// Thread rule: one thread at a time. Cost: clear() keeps the memory.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "wire/protobuf/wire_type.h"

namespace cairn::wire::protobuf {

class BackwardWriter {
 public:
  // Everything written since clear(), in reading order. Valid until the next write.
  std::string_view written() const { return {at_, size()}; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - at_); }
  void clear() { at_ = end_; }
  std::size_t capacity() const { return static_cast<std::size_t>(end_ - buffer_.get()); }

  void varint_field(std::uint32_t field, std::uint64_t value) {
    varint(value);
    varint(varint_tag(field));
  }
  void fixed64_field(std::uint32_t field, std::uint64_t value) {
    std::memcpy(take(sizeof(value)), &value, sizeof(value));
    varint(fixed64_tag(field));
  }
  void fixed32_field(std::uint32_t field, std::uint32_t value) {
    std::memcpy(take(sizeof(value)), &value, sizeof(value));
    varint(fixed32_tag(field));
  }
  void bytes_field(std::uint32_t field, std::string_view value) {
    raw(value);
    varint(value.size());
    varint(bytes_tag(field));
  }
  // Puts length and tag before what was written since size() was `end`.
  void close_message(std::uint32_t field, std::size_t end) {
    varint(size() - end);
    varint(bytes_tag(field));
  }
  // Whole fields, as they are.
  void raw(std::string_view bytes) {
    char* to = take(bytes.size());
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  }

 private:
  void varint(std::uint64_t value) {
    if (value < 0x80) [[likely]] {
      *take(1) = static_cast<char>(value);
      return;
    }
    const auto bytes = static_cast<std::size_t>(std::bit_width(value) + 6) / 7;
    char* to = take(bytes);
    for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
    *to = static_cast<char>(value);
  }
  char* take(std::size_t bytes) {
    if (static_cast<std::size_t>(at_ - buffer_.get()) < bytes) [[unlikely]]
      grow(bytes);
    at_ -= bytes;
    return at_;
  }
  void grow(std::size_t bytes);

  std::unique_ptr<char[]> buffer_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace cairn::wire::protobuf
