// SPDX-License-Identifier: Apache-2.0
//
// Thrift's binary protocol. The members are explained in wire/thrift/writer.h.
#pragma once

#include <bit>
#include <string>

#include "wire/thrift/field_writer.h"
#include "wire/thrift/type.h"

namespace cairn::wire::thrift {

class BinaryWriter : public FieldWriter<BinaryWriter> {
 public:
  explicit BinaryWriter(std::string& out) : out_(out) {}

  // With a version in front.
  void message(const Message& message);
  // As older libraries write it, without.
  void old_message(const Message& message);

  void begin_struct() {}
  void end_struct() { octet(0); }
  void field(std::int16_t id, Type type) {
    octet(static_cast<std::uint8_t>(type));
    i16(id);
  }
  void bool_field(std::int16_t id, bool value) {
    field(id, Type::kBool);
    boolean(value);
  }
  void list(Type element, std::size_t size) {
    octet(static_cast<std::uint8_t>(element));
    i32(static_cast<std::int32_t>(size));
  }
  void boolean(bool value) { octet(value ? 1 : 0); }
  void byte(std::int8_t value) { octet(static_cast<std::uint8_t>(value)); }
  void i16(std::int16_t value) { big_endian(static_cast<std::uint16_t>(value), 2); }
  void i32(std::int32_t value) { big_endian(static_cast<std::uint32_t>(value), 4); }
  void i64(std::int64_t value) { big_endian(static_cast<std::uint64_t>(value), 8); }
  void real(double value) { big_endian(std::bit_cast<std::uint64_t>(value), 8); }
  void bytes(std::string_view value) {
    i32(static_cast<std::int32_t>(value.size()));
    out_ += value;
  }

 private:
  void octet(std::uint8_t value) { out_ += static_cast<char>(value); }
  void big_endian(std::uint64_t value, int bytes) {
    while (bytes-- > 0) octet(static_cast<std::uint8_t>(value >> 8 * bytes));
  }

  std::string& out_;
};

}  // namespace cairn::wire::thrift
