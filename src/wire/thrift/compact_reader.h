// SPDX-License-Identifier: Apache-2.0
//
// Thrift's compact protocol: variable-width numbers, zigzag, ids as differences, and the values of
// bool fields inside their headers. The members are explained in wire/thrift/reader.h.
#pragma once

#include <bit>

#include "wire/thrift/cursor.h"
#include "wire/thrift/type.h"

namespace cairn::wire::thrift {

class CompactReader : public Cursor {
 public:
  using Cursor::Cursor;

  Message message();

  bool next(Field& field) {
    begin_item();
    const std::uint8_t header = octet();
    if ((header & 0x0f) == 0) {
      field.type = Type::kStop;
      return false;
    }
    const int step = header >> 4;
    field.id = step != 0 ? static_cast<std::int16_t>(field.id + step) : i16();
    field.type = type_of(header & 0x0f);
    if (field.type == Type::kBool) {
      has_bool_ = true;
      bool_ = (header & 0x0f) == kTrue;
    }
    return ok();
  }
  template <std::int16_t kId, Type kType>
  bool next_if(Field& field) {
    static_assert(kType != Type::kBool);
    const int step = kId - field.id;
    if (step <= 0 || step > 15) return false;
    if (!take_if(std::array{static_cast<char>(step << 4 | number_of(kType))})) return false;
    field = {kId, kType};
    return true;
  }
  // The value that the field's header held, or an element's byte.
  bool boolean() {
    if (!has_bool_) return octet() == kTrue;
    has_bool_ = false;
    return bool_;
  }
  std::int8_t byte() { return static_cast<std::int8_t>(octet()); }
  std::int16_t i16() { return static_cast<std::int16_t>(zigzag()); }
  std::int32_t i32() { return static_cast<std::int32_t>(zigzag()); }
  std::int64_t i64() { return zigzag(); }
  // Little-endian, as every library writes it.
  double real() { return std::bit_cast<double>(little_endian64()); }
  std::string_view bytes() { return take(varint()); }
  List list();
  Map map();
  void skip(Type type);
  void skip_elements(const List& list);

  // Bytes that an element of the type takes at least; 0 for a type that does not exist.
  static std::size_t least_size(Type type);
  // Passes over a value that is neither a struct nor a container.
  void skip_scalar(Type type);

 private:
  static constexpr std::uint8_t kTrue = 1;

  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1 ^ (0 - (value & 1)));
  }
  static constexpr Type kTypes[16] = {Type::kStop,   Type::kBool, Type::kBool, Type::kByte,
                                      Type::kI16,    Type::kI32,  Type::kI64,  Type::kDouble,
                                      Type::kString, Type::kList, Type::kSet,  Type::kMap,
                                      Type::kStruct, Type::kUuid, Type::kStop, Type::kStop};
  static constexpr int number_of(Type type) {
    int number = 1;
    while (kTypes[number] != type) ++number;
    return number;
  }
  // Fails for a number that is no type.
  Type type_of(int number) {
    const Type type = kTypes[number];
    if (type == Type::kStop) [[unlikely]]
      fail();
    return type;
  }
  std::uint32_t size_within(std::uint64_t size, std::size_t least);

  bool has_bool_ = false;  // a bool field's header was read, its value was not
  bool bool_ = false;
};

}  // namespace cairn::wire::thrift
