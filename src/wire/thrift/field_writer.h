// SPDX-License-Identifier: Apache-2.0
//
// The fields that are a header and a value in both protocols.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/thrift/type.h"

namespace cairn::wire::thrift {

// W: the writer that derives from it.
template <typename W>
class FieldWriter {
 public:
  void byte_field(std::int16_t id, std::int8_t value) { with(id, Type::kByte).byte(value); }
  void i16_field(std::int16_t id, std::int16_t value) { with(id, Type::kI16).i16(value); }
  void i32_field(std::int16_t id, std::int32_t value) { with(id, Type::kI32).i32(value); }
  void i64_field(std::int16_t id, std::int64_t value) { with(id, Type::kI64).i64(value); }
  void real_field(std::int16_t id, double value) { with(id, Type::kDouble).real(value); }
  void bytes_field(std::int16_t id, std::string_view value) {
    with(id, Type::kString).bytes(value);
  }
  void list_field(std::int16_t id, Type element, std::size_t size) {
    with(id, Type::kList).list(element, size);
  }

 private:
  W& with(std::int16_t id, Type type) {
    W& self = static_cast<W&>(*this);
    self.field(id, type);
    return self;
  }
};

}  // namespace cairn::wire::thrift
