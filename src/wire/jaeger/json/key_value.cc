// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json/key_value.h"

#include <string>

#include "base/base64.h"

namespace cairn::wire::jaeger {
namespace {

constexpr std::int64_t kMostExact = (std::int64_t{1} << 53) - 1;

void write_int(JsonWriter& json, std::int64_t value) {
  if (value < -kMostExact || value > kMostExact) {
    json.string(std::to_string(value));
  } else {
    json.number(value);
  }
}

std::string_view type_of(model::AnyValue::Kind kind) {
  switch (kind) {
    case model::AnyValue::Kind::kBool:
      return "bool";
    case model::AnyValue::Kind::kInt:
      return "int64";
    case model::AnyValue::Kind::kDouble:
      return "float64";
    case model::AnyValue::Kind::kBytes:
      return "binary";
    default:
      return "string";
  }
}

void write_value(JsonWriter& json, const model::AnyValue& value) {
  switch (value.kind()) {
    case model::AnyValue::Kind::kBool:
      return json.boolean(value.as_bool());
    case model::AnyValue::Kind::kInt:
      return write_int(json, value.as_int());
    case model::AnyValue::Kind::kDouble:
      return json.number(value.as_double());
    case model::AnyValue::Kind::kString:
      return json.string(value.as_string());
    case model::AnyValue::Kind::kBytes:
      return json.string(to_base64(value.as_bytes()));
    default:
      return json.string(model::to_display_text(value));
  }
}

}  // namespace

void write_key_value(JsonWriter& json, const model::Attribute& attribute) {
  json.begin_object();
  json.member("key", attribute.key);
  json.member("type", type_of(attribute.value.kind()));
  json.key("value");
  write_value(json, attribute.value);
  json.end_object();
}

void write_text_tag(JsonWriter& json, std::string_view key, std::string_view value) {
  write_key_value(json, {key, model::AnyValue::string(value)});
}

}  // namespace cairn::wire::jaeger
