// SPDX-License-Identifier: Apache-2.0
//
// Writes Thrift structs in the binary and in the compact protocol.
//
//   ThriftList<Wire> tags;                       // elements first: compact needs their number
//   { ThriftStruct<Wire> tag(tags.add()); tag.text(1, "key"); tag.end(); }
//   ThriftStruct<Wire> span(out);
//   span.number64(1, id);
//   span.list(10, tags);
//   span.end();
//
// Field numbers ascend within a struct. One thread.
// Source: Apache Thrift, "Thrift Binary protocol encoding", "Thrift Compact protocol encoding".
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace cairn::trace::formats {

struct BinaryWire {
  enum Type : std::uint8_t {
    kBool = 2,
    kDouble = 4,
    kI32 = 8,
    kI64 = 10,
    kText = 11,
    kStruct = 12,
    kList = 15
  };

  template <class Unsigned>
  static void big_endian(Unsigned value, std::string& out) {
    for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) {
      out += static_cast<char>(value >> shift & 0xFF);
    }
  }
  static void field(Type type, int id, int /*previous*/, std::string& out) {
    out += static_cast<char>(type);
    big_endian(static_cast<std::uint16_t>(id), out);
  }
  static void boolean_field(bool value, int id, int previous, std::string& out) {
    field(kBool, id, previous, out);
    out += value ? '\1' : '\0';
  }
  static void number32(std::int32_t value, std::string& out) {
    big_endian(static_cast<std::uint32_t>(value), out);
  }
  static void number64(std::int64_t value, std::string& out) {
    big_endian(static_cast<std::uint64_t>(value), out);
  }
  static void real(double value, std::string& out) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    big_endian(bits, out);
  }
  static void text(std::string_view value, std::string& out) {
    big_endian(static_cast<std::uint32_t>(value.size()), out);
    out += value;
  }
  static void list_of_structs(std::size_t count, std::string& out) {
    out += static_cast<char>(kStruct);
    big_endian(static_cast<std::uint32_t>(count), out);
  }
};

struct CompactWire {
  enum Type : std::uint8_t {
    kTrue = 1,
    kFalse = 2,
    kI32 = 5,
    kI64 = 6,
    kDouble = 7,
    kText = 8,
    kList = 9,
    kStruct = 12
  };

  static void varint(std::uint64_t value, std::string& out) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7F) | 0x80);
    out += static_cast<char>(value);
  }
  // The difference to the field before in four bits: the fields of our structs are near.
  static void field(Type type, int id, int previous, std::string& out) {
    out += static_cast<char>((id - previous) << 4 | type);
  }
  static void boolean_field(bool value, int id, int previous, std::string& out) {
    field(value ? kTrue : kFalse, id, previous, out);
  }
  static void number32(std::int32_t value, std::string& out) { number64(value, out); }
  static void number64(std::int64_t value, std::string& out) {
    varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63), out);
  }
  static void real(double value, std::string& out) {  // little-endian, unlike binary
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; ++i, bits >>= 8) out += static_cast<char>(bits & 0xFF);
  }
  static void text(std::string_view value, std::string& out) {
    varint(value.size(), out);
    out += value;
  }
  static void list_of_structs(std::size_t count, std::string& out) {
    if (count < 15) {
      out += static_cast<char>(count << 4 | kStruct);
      return;
    }
    out += static_cast<char>(0xF0 | kStruct);
    varint(count, out);
  }
};

// Structs written one after the other, and how many.
template <class Wire>
class ThriftList {
 public:
  // Where to write one more.
  std::string& add() {
    ++count_;
    return bytes_;
  }
  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  const std::string& bytes() const { return bytes_; }
  void clear() {
    count_ = 0;
    bytes_.clear();
  }

 private:
  std::size_t count_ = 0;
  std::string bytes_;
};

template <class Wire>
class ThriftStruct {
 public:
  // `out` is borrowed, and appended to.
  explicit ThriftStruct(std::string& out) : out_(out) {}

  void text(int id, std::string_view value) { Wire::text(value, field(Wire::kText, id)); }
  void number32(int id, std::int32_t value) { Wire::number32(value, field(Wire::kI32, id)); }
  void number64(int id, std::int64_t value) { Wire::number64(value, field(Wire::kI64, id)); }
  void real(int id, double value) { Wire::real(value, field(Wire::kDouble, id)); }
  void boolean(int id, bool value) {
    Wire::boolean_field(value, id, previous_, out_);
    previous_ = id;
  }
  void list(int id, const ThriftList<Wire>& list) {
    Wire::list_of_structs(list.count(), field(Wire::kList, id));
    out_ += list.bytes();
  }
  // The field's struct is to be written next, with another ThriftStruct.
  std::string& nested(int id) { return field(Wire::kStruct, id); }
  void end() { out_ += '\0'; }

 private:
  std::string& field(typename Wire::Type type, int id) {
    Wire::field(type, id, previous_, out_);
    previous_ = id;
    return out_;
  }

  std::string& out_;
  int previous_ = 0;
};

}  // namespace cairn::trace::formats
