// SPDX-License-Identifier: Apache-2.0
//
// A place in untrusted bytes that cannot leave them: what both readers are made of.
// Thread rule: one thread at a time. Ownership: views into the input.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cairn::wire::thrift {

// Reads a varint at `at`; returns where the next byte is, null when `end` comes first or there are
// more than 64 bits. (It takes pointers, not a Cursor, so that a Cursor's address never leaves its
// function and its members stay in registers.)
inline const char* read_long_varint(const char* at, const char* end, std::uint64_t& value) {
  std::uint64_t read = 0;
  for (int shift = 0; shift < 64 && at != end; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(*at++);
    if (shift == 63 && byte > 1) break;  // the tenth byte has room for one bit
    read |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      value = read;
      return at;
    }
  }
  return nullptr;
}

class Cursor {
 public:
  // An input that is nowhere counts as "": null is what says that nothing has failed.
  explicit Cursor(std::string_view input)
      : at_(input.data() == nullptr ? "" : input.data()), end_(at_ + input.size()), item_(at_) {}

  bool ok() const { return failed_at_ == nullptr; }
  // REQUIRES: !ok(). The start of the item that could not be read.
  const char* failed_at() const { return failed_at_; }
  // Makes the input count as unreadable at the current item.
  void fail() {
    if (failed_at_ == nullptr) failed_at_ = item_;
    at_ = end_;
  }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  // The next byte's address.
  const char* at() const { return at_; }

 protected:
  // Whatever fails from here on fails at this byte.
  void begin_item() { item_ = at_; }

  std::uint8_t octet() {
    if (at_ == end_) [[unlikely]] {
      fail();
      return 0;
    }
    return static_cast<std::uint8_t>(*at_++);
  }
  std::uint64_t little_endian64() { return fixed<std::uint64_t>(); }
  template <typename T>
  T big_endian() {
    const T value = fixed<T>();
    if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(value));
    if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
  }
  std::string_view take(std::uint64_t bytes) {
    if (bytes > remaining()) [[unlikely]] {
      fail();
      return {};
    }
    const char* start = at_;
    at_ += bytes;
    return {start, static_cast<std::size_t>(bytes)};
  }
  // Seven bits a byte, lowest first. Refused: more than 64 bits.
  std::uint64_t varint() {
    if (at_ != end_ && static_cast<std::uint8_t>(*at_) < 0x80) [[likely]] {
      return static_cast<std::uint8_t>(*at_++);
    }
    std::uint64_t value = 0;
    const char* next = read_long_varint(at_, end_, value);
    if (next == nullptr) [[unlikely]] {
      fail();
      return 0;
    }
    at_ = next;
    return value;
  }
  // When the next bytes are these, passes over them; else nothing changes and false.
  template <std::size_t kSize>
  bool take_if(const std::array<char, kSize>& bytes) {
    if (remaining() < kSize || std::memcmp(at_, bytes.data(), kSize) != 0) return false;
    item_ = at_;
    at_ += kSize;
    return true;
  }

 private:
  static_assert(std::endian::native == std::endian::little);

  template <typename T>
  T fixed() {
    if (remaining() < sizeof(T)) [[unlikely]] {
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
  const char* item_;
  const char* failed_at_ = nullptr;
};

}  // namespace cairn::wire::thrift
