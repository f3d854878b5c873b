// SPDX-License-Identifier: Apache-2.0
//
// Thrift's binary protocol: fixed-width numbers, big-endian, and a size before every text. The
// members are explained in wire/thrift/reader.h.
#pragma once

#include <bit>

#include "wire/thrift/cursor.h"
#include "wire/thrift/type.h"

namespace cairn::wire::thrift {

class BinaryReader : public Cursor {
 public:
  using Cursor::Cursor;

  // With a version in front ("strict") or, as older libraries write it, without.
  Message message();

  bool next(Field& field) {
    begin_item();
    field.type = static_cast<Type>(octet());
    if (field.type == Type::kStop) return false;
    field.id = static_cast<std::int16_t>(big_endian<std::uint16_t>());
    return ok();
  }
  template <std::int16_t kId, Type kType>
  bool next_if(Field& field) {
    constexpr std::array<char, 3> kHeader = {static_cast<char>(kType), static_cast<char>(kId >> 8),
                                             static_cast<char>(kId & 0xff)};
    if (!take_if(kHeader)) return false;
    field = {kId, kType};
    return true;
  }
  bool boolean() { return octet() != 0; }
  std::int8_t byte() { return static_cast<std::int8_t>(octet()); }
  std::int16_t i16() { return static_cast<std::int16_t>(big_endian<std::uint16_t>()); }
  std::int32_t i32() { return static_cast<std::int32_t>(big_endian<std::uint32_t>()); }
  std::int64_t i64() { return static_cast<std::int64_t>(big_endian<std::uint64_t>()); }
  double real() { return std::bit_cast<double>(big_endian<std::uint64_t>()); }
  // A size below zero is more than any input holds.
  std::string_view bytes() { return take(big_endian<std::uint32_t>()); }
  List list();
  Map map();
  void skip(Type type);
  void skip_elements(const List& list);

  // Bytes that a value of the type takes at least; 0 for a type that does not exist.
  static std::size_t least_size(Type type);
  // Passes over a value that is neither a struct nor a container.
  void skip_scalar(Type type);
};

}  // namespace cairn::wire::thrift
