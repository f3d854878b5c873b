// SPDX-License-Identifier: Apache-2.0
//
// Thrift's compact protocol. The members are explained in wire/thrift/writer.h.
#pragma once

#include <bit>
#include <string>
#include <vector>

#include "wire/thrift/field_writer.h"
#include "wire/thrift/type.h"

namespace cairn::wire::thrift {

class CompactWriter : public FieldWriter<CompactWriter> {
 public:
  explicit CompactWriter(std::string& out) : out_(out) {}

  void message(const Message& message);

  void begin_struct() { last_ids_.push_back(0); }
  void end_struct() {
    octet(0);
    last_ids_.pop_back();
  }
  void field(std::int16_t id, Type type) { header(id, number_of(type)); }
  void bool_field(std::int16_t id, bool value) { header(id, value ? kTrue : kFalse); }
  void list(Type element, std::size_t size);
  void boolean(bool value) { octet(value ? kTrue : kFalse); }
  void byte(std::int8_t value) { octet(static_cast<std::uint8_t>(value)); }
  void i16(std::int16_t value) { i64(value); }
  void i32(std::int32_t value) { i64(value); }
  void i64(std::int64_t value) {
    varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
  }
  void real(double value);
  void bytes(std::string_view value) {
    varint(value.size());
    out_ += value;
  }

 private:
  static constexpr std::uint8_t kTrue = 1;
  static constexpr std::uint8_t kFalse = 2;

  static std::uint8_t number_of(Type type);
  void header(std::int16_t id, std::uint8_t number);
  void octet(std::uint8_t value) { out_ += static_cast<char>(value); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) octet(static_cast<std::uint8_t>(value | 0x80));
    octet(static_cast<std::uint8_t>(value));
  }

  std::string& out_;
  std::vector<std::int16_t> last_ids_;  // of the structs that are open
};

}  // namespace cairn::wire::thrift
