// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/json/value_text.h"

namespace cairn::trace::formats {
namespace {

using Type = AnyValueView::Type;

void append_json_at(const AnyValueView& value, int depth, JsonAppender& json);

void append_list(SpanBytes list, int depth, JsonAppender& json) {
  json.begin_array();
  for (AnyValueView element; AnyValueView::next(list, element);) {
    append_json_at(element, depth, json);
  }
  json.end_array();
}

void append_map(SpanBytes map, int depth, JsonAppender& json) {
  AttributeCursor cursor(map, 1);
  json.begin_object();
  for (AttributeView entry; cursor.next(entry);) {
    json.key(entry.key);
    append_json_at(entry.value, depth, json);
  }
  json.end_object();
}

void append_json_at(const AnyValueView& value, int depth, JsonAppender& json) {
  switch (value.type) {
    case Type::kEmpty:
      return json.null();
    case Type::kString:
      return json.string(value.text);
    case Type::kBool:
      return json.boolean(value.bool_value);
    case Type::kInt:
      return json.number(value.int_value);
    case Type::kDouble:
      return json.real(value.double_value);
    case Type::kBytes:
      return json.base64(value.text);
    case Type::kArray:
    case Type::kMap:
      if (depth == kMaxValueDepth) return json.null();
      return value.type == Type::kArray ? append_list(value.elements, depth + 1, json)
                                        : append_map(value.elements, depth + 1, json);
  }
}

}  // namespace

void append_text(const AnyValueView& value, std::string& out) {
  switch (value.type) {
    case Type::kEmpty:
      return;
    case Type::kString:
      out += value.text;
      return;
    case Type::kBool:
      out += value.bool_value ? "true" : "false";
      return;
    case Type::kInt:
      return append_number(value.int_value, out);
    case Type::kDouble:
      return append_real(value.double_value, out);
    case Type::kBytes:
      return append_base64(value.text, out);
    case Type::kArray:
    case Type::kMap: {
      JsonAppender json(out);
      return append_json(value, json);
    }
  }
}

void append_json(const AnyValueView& value, JsonAppender& json) {
  append_json_at(value, 0, json);
}

void append_members(AttributeCursor attributes, JsonAppender& json) {
  for (AttributeView attribute; attributes.next(attribute);) {
    json.key(attribute.key);
    append_json(attribute.value, json);
  }
}

}  // namespace cairn::trace::formats
