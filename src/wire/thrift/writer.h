// SPDX-License-Identifier: Apache-2.0
//
// Writes Thrift in its binary or its compact protocol; both writers have the same members:
//
//   w.begin_struct();
//   w.i64_field(1, x);
//   w.list_field(2, Type::kString, 2); w.bytes("a"); w.bytes("b");
//   w.field(3, Type::kStruct); w.begin_struct(); … w.end_struct();
//   w.end_struct();
//
// Texts and lists hold fewer than 2^31 bytes or elements.
// Thread rule: one thread at a time. Ownership: `out` outlives the writer.
#pragma once

#include <concepts>

#include "wire/thrift/binary_writer.h"
#include "wire/thrift/compact_writer.h"

namespace cairn::wire::thrift {

template <typename W>
concept Writer = requires(W w, Message message, std::int16_t id, Type type, std::string_view text) {
  w.message(message);
  w.begin_struct();
  w.end_struct();
  w.field(id, type);  // the header; not for bools
  w.bool_field(id, true);
  w.i16_field(id, std::int16_t{});
  w.i32_field(id, std::int32_t{});
  w.i64_field(id, std::int64_t{});
  w.real_field(id, double{});
  w.bytes_field(id, text);
  w.list_field(id, type, std::size_t{});
  w.list(type, std::size_t{});  // a list's header alone
  w.boolean(true);              // from here on elements of lists
  w.byte(std::int8_t{});
  w.i16(std::int16_t{});
  w.i32(std::int32_t{});
  w.i64(std::int64_t{});
  w.real(double{});
  w.bytes(text);
};
static_assert(Writer<BinaryWriter> && Writer<CompactWriter>);

}  // namespace cairn::wire::thrift
