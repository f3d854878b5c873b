// SPDX-License-Identifier: Apache-2.0
//
// Pulls the fields of one protobuf message out of untrusted bytes. No copies, no allocations, no
// exceptions; every read is checked against the end of the message.
//
//   Reader r(bytes);
//   while (r.next()) {
//     switch (r.tag()) {
//       case bytes_tag(1):  name = r.bytes();   break;
//       case varint_tag(2): count = r.varint(); break;
//       default:            r.skip();
//     }
//   }
//   if (!r.ok()) …                       // values read so far mean nothing
//
// After a failure every read returns zero or nothing and next() is false, so that a loop needs one
// check, at its end. Each next() must be followed by exactly one read or skip().
// Refused: groups, field number 0, a tag of more than 32 bits, a varint of more than 64 bits, a
// length past the end.
// Thread rule: one thread at a time. Ownership: views into the input.
// Source: Protocol Buffers documentation, "Encoding".
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "wire/protobuf/wire_type.h"

namespace cairn::wire::protobuf {

static_assert(std::endian::native == std::endian::little, "fixed-width fields are little-endian");

// A varint and where the next byte is; `next` is null when there was no whole varint.
struct Varint {
  const char* next = nullptr;
  std::uint64_t value = 0;
};

// The varint at `at`. Null when `end` comes first or it has more than 64 bits.
Varint read_long_varint(const char* at, const char* end);

// Where the payload of that type that starts at `at` ends. Null when `end` comes first, or for a
// type that is refused. (Both functions take pointers, not a Reader, so that a Reader's address
// never leaves its function and its members stay in registers.)
const char* end_of_payload(WireType type, const char* at, const char* end);

class Reader {
 public:
  explicit Reader(std::string_view message)
      : at_(message.data()), end_(message.data() + message.size()), field_(at_) {}

  // Reads the next field's tag. False at the end of the message and after a failure.
  bool next() {
    field_ = at_;
    if (at_ == end_) return false;
    tag_ = static_cast<std::uint8_t>(*at_);
    if (tag_ < 0x80) [[likely]] {
      ++at_;
    } else {
      const std::uint64_t wide = varint();
      tag_ = wide <= UINT32_MAX ? static_cast<std::uint32_t>(wide) : 0;
    }
    if (field_number() == 0) [[unlikely]] {
      fail();
      return false;
    }
    return true;
  }

  // As next() when the next field's tag is `tag`, of one byte; else nothing changes and false. For
  // fields that come in rows.
  bool next_if(std::uint32_t tag) {
    if (at_ == end_ || static_cast<std::uint8_t>(*at_) != tag) return false;
    field_ = at_++;
    tag_ = tag;
    return true;
  }

  // Of the field that next() found: tag(number, wire type), its number, where it starts.
  std::uint32_t tag() const { return tag_; }
  std::uint32_t field_number() const { return tag_ >> 3; }

  std::uint64_t varint() {
    if (at_ != end_ && static_cast<std::uint8_t>(*at_) < 0x80) [[likely]] {
      return static_cast<std::uint8_t>(*at_++);
    }
    const Varint read = read_long_varint(at_, end_);
    if (read.next == nullptr) [[unlikely]] {
      fail();
      return 0;
    }
    at_ = read.next;
    return read.value;
  }
  std::uint64_t fixed64() { return fixed<std::uint64_t>(); }
  std::uint32_t fixed32() { return fixed<std::uint32_t>(); }

  // A string, a byte string or a message.
  std::string_view bytes() {
    const std::uint64_t size = varint();
    if (size > static_cast<std::uint64_t>(end_ - at_)) [[unlikely]] {
      fail();
      return {};
    }
    const char* start = at_;
    at_ += size;
    return {start, static_cast<std::size_t>(size)};
  }

  // Passes over the field's payload and returns the whole field, tag included.
  std::string_view skip() {
    const char* after = end_of_payload(static_cast<WireType>(tag_ & 7), at_, end_);
    if (after == nullptr) [[unlikely]] {
      fail();
      return {};
    }
    at_ = after;
    return {field_, static_cast<std::size_t>(at_ - field_)};
  }

  bool ok() const { return failed_at_ == nullptr; }
  // REQUIRES: !ok(). The start of the field that could not be read.
  const char* failed_at() const { return failed_at_; }
  // Makes the message count as unreadable at the current field.
  void fail() {
    if (failed_at_ == nullptr) failed_at_ = field_;
    at_ = end_;
  }

 private:
  template <typename T>
  T fixed() {
    if (static_cast<std::size_t>(end_ - at_) < sizeof(T)) [[unlikely]] {
      fail();
      return 0;
    }
    T value = 0;
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }

  const char* at_;
  const char* end_;
  const char* field_;
  const char* failed_at_ = nullptr;
  std::uint32_t tag_ = 0;
};

}  // namespace cairn::wire::protobuf
