// SPDX-License-Identifier: Apache-2.0
//
// Pulls values out of untrusted Thrift, in its binary or its compact protocol. No copies, no
// allocations, no exceptions; every read is checked against the end of the input. Both readers have
// the same members, so that a decoder is one template:
//
//   template <Reader R>
//   void decode_point(R& r, Point& point) {
//     Field field;                                  // one a struct
//     while (r.next(field)) {
//       switch (field.key()) {
//         case field_key(1, Type::kI64): point.x = r.i64(); break;
//         case field_key(2, Type::kList): {
//           const List names = r.list();
//           if (names.element != Type::kString) { r.skip_elements(names); break; }
//           for (std::uint32_t i = 0; i < names.size && r.ok(); ++i) point.add(r.bytes());
//           break;
//         }
//         default: r.skip(field.type);              // unknown, or of another type than expected
//       }
//     }
//   }
//   if (!r.ok()) …                                  // values read so far mean nothing
//
// Fields that come in a usual order are read fastest by asking for them first, with
// next_if<id, type>(field): true as next() when the next field is that one, else nothing changed.
// After a failure every read returns zero or nothing and next() is false. Each next() that is true
// must be followed by exactly one read of the field's type or skip(). A reader may be copied, to
// come back to where it was.
// Refused: sizes below zero or past the end, lists longer than the bytes that are left could hold,
// types that do not exist, varints of more than 64 bits, nesting deeper than kMaxDepth in skip().
// Numbers that do not fit their type keep their low bits, as Apache Thrift's libraries do.
// Thread rule: one thread at a time. Ownership: views into the input.
// Source: Apache Thrift, "Thrift Binary protocol encoding", "Thrift Compact protocol encoding".
#pragma once

#include <concepts>

#include "wire/thrift/binary_reader.h"
#include "wire/thrift/compact_reader.h"

namespace cairn::wire::thrift {

template <typename R>
concept Reader = requires(R r, Field field, List list, Type type) {
  { r.message() } -> std::same_as<Message>;
  { r.next(field) } -> std::same_as<bool>;  // false at the struct's end and after a failure
  { r.template next_if<1, Type::kI64>(field) } -> std::same_as<bool>;  // not for bools
  { r.boolean() } -> std::same_as<bool>;
  { r.byte() } -> std::same_as<std::int8_t>;
  { r.i16() } -> std::same_as<std::int16_t>;
  { r.i32() } -> std::same_as<std::int32_t>;
  { r.i64() } -> std::same_as<std::int64_t>;
  { r.real() } -> std::same_as<double>;
  { r.bytes() } -> std::same_as<std::string_view>;
  { r.list() } -> std::same_as<List>;  // of a list or a set
  { r.map() } -> std::same_as<Map>;
  r.skip(type);           // a value
  r.skip_elements(list);  // what follows the header of a list or a set
  { r.ok() } -> std::same_as<bool>;
  { r.failed_at() } -> std::same_as<const char*>;
  { r.remaining() } -> std::same_as<std::size_t>;
  { r.at() } -> std::same_as<const char*>;
  r.fail();
};
static_assert(Reader<BinaryReader> && Reader<CompactReader>);

}  // namespace cairn::wire::thrift
