// SPDX-License-Identifier: Apache-2.0
#include "model/attribute.h"

#include <algorithm>
#include <bit>

#include "base/base64.h"
#include "base/json_writer.h"

namespace cairn::model {
namespace {

std::uint32_t checked_size(std::size_t size) {
  CAIRN_CHECK(size <= UINT32_MAX);
  return static_cast<std::uint32_t>(size);
}

void write_json(JsonWriter& json, const AnyValue& value);

void write_list(JsonWriter& json, std::span<const Attribute> fields) {
  json.begin_object();
  for (const Attribute& field : fields) {
    json.key(field.key);
    write_json(json, field.value);
  }
  json.end_object();
}

// Recursion: bounded by kMaxValueDepth, which decoders enforce.
void write_json(JsonWriter& json, const AnyValue& value) {
  switch (value.kind()) {
    case AnyValue::Kind::kEmpty:
      return json.null();
    case AnyValue::Kind::kBool:
      return json.boolean(value.as_bool());
    case AnyValue::Kind::kInt:
      return json.number(value.as_int());
    case AnyValue::Kind::kDouble:
      return json.number(value.as_double());
    case AnyValue::Kind::kString:
      return json.string(value.as_string());
    case AnyValue::Kind::kBytes:
      return json.string(to_base64(value.as_bytes()));
    case AnyValue::Kind::kArray:
      json.begin_array();
      for (const AnyValue& element : value.as_array()) write_json(json, element);
      return json.end_array();
    case AnyValue::Kind::kKeyValueList:
      return write_list(json, value.as_key_value_list());
  }
}

}  // namespace

AnyValue AnyValue::boolean(bool value) {
  AnyValue made;
  made.kind_ = Kind::kBool;
  made.int_ = value ? 1 : 0;
  return made;
}

AnyValue AnyValue::integer(std::int64_t value) {
  AnyValue made;
  made.kind_ = Kind::kInt;
  made.int_ = value;
  return made;
}

AnyValue AnyValue::real(double value) {
  AnyValue made;
  made.kind_ = Kind::kDouble;
  made.double_ = value;
  return made;
}

AnyValue AnyValue::string(std::string_view value) {
  AnyValue made;
  made.kind_ = Kind::kString;
  made.size_ = checked_size(value.size());
  made.text_ = value.data();
  return made;
}

AnyValue AnyValue::bytes(ByteView value) {
  AnyValue made;
  made.kind_ = Kind::kBytes;
  made.size_ = checked_size(value.size());
  made.bytes_ = value.data();
  return made;
}

AnyValue AnyValue::array(std::span<const AnyValue> value) {
  AnyValue made;
  made.kind_ = Kind::kArray;
  made.size_ = checked_size(value.size());
  made.elements_ = value.data();
  return made;
}

AnyValue AnyValue::key_value_list(std::span<const Attribute> value) {
  AnyValue made;
  made.kind_ = Kind::kKeyValueList;
  made.size_ = checked_size(value.size());
  made.fields_ = value.data();
  return made;
}

bool operator==(const AnyValue& a, const AnyValue& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case AnyValue::Kind::kEmpty:
      return true;
    case AnyValue::Kind::kBool:
    case AnyValue::Kind::kInt:
      return a.int_ == b.int_;
    case AnyValue::Kind::kDouble:
      return std::bit_cast<std::uint64_t>(a.double_) == std::bit_cast<std::uint64_t>(b.double_);
    case AnyValue::Kind::kString:
      return a.as_string() == b.as_string();
    case AnyValue::Kind::kBytes:
      return std::ranges::equal(a.as_bytes(), b.as_bytes());
    case AnyValue::Kind::kArray:
      return std::ranges::equal(a.as_array(), b.as_array());
    case AnyValue::Kind::kKeyValueList:
      return std::ranges::equal(a.as_key_value_list(), b.as_key_value_list());
  }
  return false;
}

const Attribute* find_attribute(std::span<const Attribute> attributes, std::string_view key) {
  for (const Attribute& attribute : attributes) {
    if (attribute.key == key) return &attribute;
  }
  return nullptr;
}

std::string_view find_string(std::span<const Attribute> attributes, std::string_view key) {
  const Attribute* found = find_attribute(attributes, key);
  return found && found->value.is(AnyValue::Kind::kString) ? found->value.as_string()
                                                           : std::string_view();
}

void append_json(std::string& out, const AnyValue& value) {
  JsonWriter json(out);
  write_json(json, value);
}

std::string to_display_text(const AnyValue& value) {
  switch (value.kind()) {
    case AnyValue::Kind::kEmpty:
      return "";
    case AnyValue::Kind::kString:
      return std::string(value.as_string());
    case AnyValue::Kind::kBytes:
      return to_base64(value.as_bytes());
    case AnyValue::Kind::kDouble: {
      std::string text;
      append_json(text, value);
      // JSON quotes NaN and infinities; a person does not.
      if (text.front() == '"') return text.substr(1, text.size() - 2);
      return text;
    }
    default: {
      std::string text;
      append_json(text, value);
      return text;
    }
  }
}

}  // namespace cairn::model
