// SPDX-License-Identifier: Apache-2.0
//
// Little-endian integers, varints and length-prefixed bytes: the letters every format of the store
// is written in. ByteReader never reads past its end: a read that does not fit sets failed() and
// gives zeros and empty views from then on, so that a decoder checks once, at the end of a record.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace cairn::storage::columnar {

// Appends to `out`.
template <typename T>
void put_fixed(Bytes& out, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  const std::size_t at = out.size();
  out.resize(at + sizeof(T));
  std::memcpy(out.data() + at, &value, sizeof(T));
}
inline void put_varint(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::byte>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::byte>(value));
}
inline void put_raw(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
inline void put_sized(Bytes& out, ByteView bytes) {
  put_varint(out, bytes.size());
  put_raw(out, bytes);
}
inline void put_text(Bytes& out, std::string_view text) {
  put_sized(out, as_bytes(text));
}

constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

// Thread rule: one thread. Borrows the bytes; views it gives point into them.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool failed() const { return failed_; }
  bool at_end() const { return at_ == end_; }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  // kCorruption unless everything was read and nothing was missing; `what` names the record.
  Result<void> finish(std::string_view what) const {
    if (failed_) return corruption(std::string(what) + ": ends early");
    if (at_ != end_) return corruption(std::string(what) + ": has bytes left over");
    return {};
  }
  void fail() {
    failed_ = true;
    at_ = end_;
  }

  template <typename T>
  T fixed() {
    T value{};
    if (remaining() < sizeof(T)) {
      fail();
      return value;
    }
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) break;
      const auto byte = static_cast<std::uint64_t>(*at_++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }
  // A varint that must not pass `limit`: what sizes an allocation.
  std::uint64_t varint_up_to(std::uint64_t limit) {
    const std::uint64_t value = varint();
    if (value <= limit) return value;
    fail();
    return 0;
  }
  // A count of things that take at least `bytes_each` of what remains.
  std::size_t count(std::size_t bytes_each = 1) {
    return static_cast<std::size_t>(varint_up_to(remaining() / bytes_each));
  }
  ByteView raw(std::size_t size) {
    if (remaining() < size) {
      fail();
      return {};
    }
    const ByteView bytes(at_, size);
    at_ += size;
    return bytes;
  }
  ByteView sized() { return raw(count()); }
  std::string_view text() { return as_text(sized()); }

 private:
  const std::byte* at_;
  const std::byte* end_;
  bool failed_ = false;
};

}  // namespace cairn::storage::columnar
