// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp/protobuf_value.h"

#include <bit>

#include "wire/otlp/fields.h"

namespace cairn::wire::otlp {

using model::AnyValue;
using model::Attribute;
using protobuf::bytes_tag;
using protobuf::fixed64_tag;
using protobuf::Reader;
using protobuf::varint_tag;

bool ValueDecoder::finished(const Reader& reader) {
  if (reader.ok()) [[likely]]
    return true;
  failed_at_ = reader.failed_at();
  return false;
}

bool ValueDecoder::attribute(std::string_view message, int depth) {
  if (!budget_.spend(sizeof(Attribute))) return false;
  std::string_view key;
  AnyValue held;
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::key_value::kKey):
        key = r.bytes();
        break;
      case bytes_tag(field::key_value::kValue):
        if (!value(r.bytes(), held, depth)) return false;
        break;
      default:
        r.field_number() <= field::key_value::kLast ? r.fail() : void(r.skip());
    }
  }
  if (!finished(r)) return false;
  scratch_.attributes.add() = {key, held};
  return true;
}

bool ValueDecoder::value(std::string_view message, AnyValue& value, int depth) {
  if (depth > model::kMaxValueDepth) return true;
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::any_value::kString):
        value = AnyValue::string(r.bytes());
        break;
      case varint_tag(field::any_value::kBool):
        value = AnyValue::boolean(r.varint() != 0);
        break;
      case varint_tag(field::any_value::kInt):
        value = AnyValue::integer(static_cast<std::int64_t>(r.varint()));
        break;
      case fixed64_tag(field::any_value::kDouble):
        value = AnyValue::real(std::bit_cast<double>(r.fixed64()));
        break;
      case bytes_tag(field::any_value::kArray):
        if (!array(r.bytes(), value, depth)) return false;
        break;
      case bytes_tag(field::any_value::kKeyValueList):
        if (!key_value_list(r.bytes(), value, depth)) return false;
        break;
      case bytes_tag(field::any_value::kBytes):
        value = AnyValue::bytes(as_bytes(r.bytes()));
        break;
      default:
        r.field_number() <= field::any_value::kLast ? r.fail() : void(r.skip());
    }
  }
  return finished(r);
}

// Recursion: value() stops at kMaxValueDepth.
bool ValueDecoder::array(std::string_view message, AnyValue& value, int depth) {
  const std::size_t mark = scratch_.values.mark();
  if (value.is(AnyValue::Kind::kArray)) {
    const std::span<const AnyValue> earlier = value.as_array();
    if (!budget_.spend(earlier.size_bytes())) return false;
    scratch_.values.add(earlier);
  }
  Reader r(message);
  while (r.next()) {
    if (r.tag() == bytes_tag(field::list::kValues)) {
      AnyValue element;
      if (!budget_.spend(sizeof(element))) return false;
      if (!this->value(r.bytes(), element, depth + 1)) return false;
      scratch_.values.add() = element;
    } else {
      r.field_number() == field::list::kValues ? r.fail() : void(r.skip());
    }
  }
  if (!finished(r)) return false;
  value = AnyValue::array(scratch_.values.take(mark, arena_));
  return true;
}

bool ValueDecoder::key_value_list(std::string_view message, AnyValue& value, int depth) {
  const std::size_t mark = scratch_.attributes.mark();
  if (value.is(AnyValue::Kind::kKeyValueList)) {
    const std::span<const Attribute> earlier = value.as_key_value_list();
    if (!budget_.spend(earlier.size_bytes())) return false;
    scratch_.attributes.add(earlier);
  }
  Reader r(message);
  while (r.next()) {
    if (r.tag() == bytes_tag(field::list::kValues)) {
      if (!attribute(r.bytes(), depth + 1)) return false;
    } else {
      r.field_number() == field::list::kValues ? r.fail() : void(r.skip());
    }
  }
  if (!finished(r)) return false;
  value = AnyValue::key_value_list(scratch_.attributes.take(mark, arena_));
  return true;
}

}  // namespace cairn::wire::otlp
