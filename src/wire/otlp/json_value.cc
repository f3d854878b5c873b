// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp/json_value.h"

#include <cmath>
#include <optional>

namespace cairn::wire::otlp {

using json::Reader;
using json::Value;
using model::AnyValue;
using model::Attribute;

bool ValueDecoder::attributes(Value value, std::span<const Attribute>& to, int depth) {
  const std::size_t mark = scratch_.attributes.mark();
  const bool read = reader_.each_element(value, [&](Value element) {
    Attribute made;
    if (!budget_.spend(sizeof(made)) || !attribute(element, made, depth)) return false;
    scratch_.attributes.add() = made;
    return true;
  });
  if (!read) return false;
  to = scratch_.attributes.take(mark, arena_);
  return true;
}

bool ValueDecoder::attribute(Value value, Attribute& to, int depth) {
  return reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "key") return reader_.string(member, to.key);
    if (name == "value") return any_value(member, to.value, depth);
    return true;
  });
}

// Recursion: stops at kMaxValueDepth.
bool ValueDecoder::any_value(Value value, AnyValue& to, int depth) {
  if (depth > model::kMaxValueDepth) return true;
  to = AnyValue();
  return reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "arrayValue") return array(member, to, depth);
    if (name == "kvlistValue") return key_value_list(member, to, depth);
    return scalar(name, member, to);
  });
}

bool ValueDecoder::scalar(std::string_view name, Value value, AnyValue& to) {
  if (name == "stringValue") {
    std::string_view text;
    if (!reader_.string(value, text)) return false;
    to = AnyValue::string(text);
  } else if (name == "intValue") {
    return integer(value, to);
  } else if (name == "boolValue") {
    bool truth = false;
    if (!reader_.store(json::parse_bool(Reader::token(value)), truth, "true or false", value))
      return false;
    to = AnyValue::boolean(truth);
  } else if (name == "doubleValue") {
    double number = 0;
    if (!reader_.store(json::parse_double(Reader::token(value)), number, "a number", value))
      return false;
    to = AnyValue::real(number);
  } else if (name == "bytesValue") {
    ByteView bytes;
    if (!reader_.store(json::parse_base64(Reader::token(value), arena_), bytes, "base64", value)) {
      return false;
    }
    to = AnyValue::bytes(bytes);
  }
  return true;
}

// OpenTelemetry's JavaScript SDK writes every whole number as intValue, 1.8e308 too: what does not
// fit 64 bits is kept as the double that it was.
bool ValueDecoder::integer(Value value, AnyValue& to) {
  const std::string_view token = Reader::token(value);
  if (const auto number = json::parse_int64(token)) {
    to = AnyValue::integer(*number);
    return true;
  }
  std::optional<double> whole = json::parse_double(token);
  if (whole && std::trunc(*whole) != *whole) whole.reset();
  double number = 0;
  if (!reader_.store(whole, number, "an integer", value)) return false;
  to = AnyValue::real(number);
  return true;
}

bool ValueDecoder::array(Value value, AnyValue& to, int depth) {
  to = AnyValue::array({});
  return reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name != "values") return true;
    const std::size_t mark = scratch_.values.mark();
    const bool read = reader_.each_element(member, [&](Value element) {
      AnyValue made;
      if (!budget_.spend(sizeof(made)) || !any_value(element, made, depth + 1)) return false;
      scratch_.values.add() = made;
      return true;
    });
    if (!read) return false;
    to = AnyValue::array(scratch_.values.take(mark, arena_));
    return true;
  });
}

bool ValueDecoder::key_value_list(Value value, AnyValue& to, int depth) {
  to = AnyValue::key_value_list({});
  return reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name != "values") return true;
    std::span<const Attribute> fields;
    if (!attributes(member, fields, depth + 1)) return false;
    to = AnyValue::key_value_list(fields);
    return true;
  });
}

}  // namespace cairn::wire::otlp
