// SPDX-License-Identifier: Apache-2.0
//
// JSON v1. Source: zipkin-api, zipkin-api.yaml.
#include <fmt/format.h>

#include "wire/zipkin/formats.h"
#include "wire/zipkin/json_fields.h"
#include "wire/zipkin/v1/span.h"

namespace cairn::wire::zipkin {
namespace {

using json::Value;
using model::AnyValue;

class JsonV1Reader {
 public:
  JsonV1Reader(std::string_view document, BatchBuilder& builder)
      : converter_(builder), budget_(document.size()), fields_(document, builder.arena()) {}

  Result<void> run(simdjson::ondemand::document& document) {
    if (fields_.each_span(document, [this](Value value) { return span(value); })) return {};
    return fields_.error();
  }

 private:
  bool span(Value value);
  bool member(std::string_view key, Value value);
  bool annotation(std::size_t index, Value value);
  bool binary_annotation(std::size_t index, Value value);
  bool value(Value given, AnyValue& to);
  bool too_large() {
    return fields_.fail("Too many services or empty elements for the size of the message");
  }

  v1::ToV2 converter_;
  MemoryBudget budget_;
  JsonFields fields_;
  v1::Span span_;
};

bool JsonV1Reader::span(Value value) {
  span_.clear();
  const bool read = fields_.reader().each_entry(
      value, [this](std::string_view key, Value given) { return member(key, given); });
  if (!read || !fields_.has_ids(span_.trace_id, span_.id)) return false;
  return converter_.convert(span_) || too_large();
}

bool JsonV1Reader::member(std::string_view key, Value value) {
  if (key == "traceId") return fields_.trace_id(value, span_.trace_id);
  if (key == "id") return fields_.span_id(value, span_.id);
  if (json::Reader::is_null(value)) return true;
  if (key == "parentId") return fields_.parent_id(value, span_.parent_id);
  if (key == "name") return fields_.text(value, key, span_.name);
  if (key == "timestamp") return fields_.number(value, key, span_.timestamp);
  if (key == "duration") return fields_.number(value, key, span_.duration);
  if (key == "debug") return fields_.boolean(value, key, span_.debug);
  if (key == "annotations") {
    std::size_t index = 0;
    return fields_.reader().each_element(
        value, [&](Value element) { return annotation(index++, element); });
  }
  if (key == "binaryAnnotations") {
    std::size_t index = 0;
    return fields_.reader().each_element(
        value, [&](Value element) { return binary_annotation(index++, element); });
  }
  // Zipkin looks for these before it reads: their sender meant the other version.
  if (key == "localEndpoint" || key == "remoteEndpoint" || key == "tags") {
    return fields_.fail("Expected a JSON_V1 encoded list, but received: JSON_V2");
  }
  return true;
}

bool JsonV1Reader::annotation(std::size_t index, Value value) {
  if (!budget_.spend(sizeof(v1::Annotation))) return too_large();
  std::int64_t timestamp = 0;
  bool has_value = false;
  v1::Annotation made;
  const bool read = fields_.reader().each_entry(value, [&](std::string_view key, Value& given) {
    if (json::Reader::is_null(given)) return true;
    if (key == "timestamp") return fields_.number(given, "annotations.timestamp", timestamp);
    if (key == "endpoint") {
      made.endpoint = {};
      return fields_.endpoint(given, "annotations.endpoint", made.endpoint);
    }
    if (key != "value") return true;
    has_value = true;
    return fields_.text(given, "annotations.value", made.value);
  });
  if (!read) return false;
  if (timestamp <= 0 || !has_value) {
    return fields_.fail(
        fmt::format("Incomplete annotation at {}[{}]", fields_.path("annotations"), index));
  }
  made.timestamp = static_cast<std::uint64_t>(timestamp);
  span_.annotations.push_back(made);
  return true;
}

bool JsonV1Reader::binary_annotation(std::size_t index, Value value) {
  if (!budget_.spend(sizeof(v1::BinaryAnnotation))) return too_large();
  bool has_key = false;
  v1::BinaryAnnotation made;
  const bool read = fields_.reader().each_entry(value, [&](std::string_view key, Value& given) {
    if (json::Reader::is_null(given)) return true;
    if (key == "value") return this->value(given, made.value);
    if (key == "endpoint") {
      made.endpoint = {};
      return fields_.endpoint(given, "binaryAnnotations.endpoint", made.endpoint);
    }
    if (key != "key") return true;
    has_key = true;
    return fields_.text(given, "binaryAnnotations.key", made.key);
  });
  if (!read) return false;
  if (!has_key || made.value.is(AnyValue::Kind::kEmpty)) {
    return fields_.fail(fmt::format("No {} at {}[{}]", has_key ? "value" : "key",
                                    fields_.path("binaryAnnotations"), index));
  }
  span_.binary_annotations.push_back(made);
  return true;
}

// Text, a flag or a number; anything else stays empty.
bool JsonV1Reader::value(Value given, AnyValue& to) {
  const std::string_view token = json::Reader::token(given);
  if (token.starts_with('"')) {
    std::string_view text;
    if (!fields_.text(given, "binaryAnnotations.value", text)) return false;
    to = AnyValue::string(text);
  } else if (const auto flag = json::parse_bool(token)) {
    to = AnyValue::boolean(*flag);
  } else if (token.find_first_of(".eE") != std::string_view::npos) {
    if (const auto real = json::parse_double(token)) to = AnyValue::real(*real);
  } else if (const auto integer = json::parse_int64(token)) {
    to = AnyValue::integer(*integer);
  } else if (const auto real = json::parse_double(token)) {
    to = AnyValue::real(*real);
  }
  return true;
}

// Version 1 writes a service name always.
void write_endpoint(const Endpoint& endpoint, JsonWriter& json) {
  if (endpoint.empty()) return;
  json.key("endpoint");
  json.begin_object();
  json.member("serviceName", endpoint.service_name);
  if (!endpoint.ipv4.empty()) json.member("ipv4", endpoint.ipv4);
  if (!endpoint.ipv6.empty()) json.member("ipv6", endpoint.ipv6);
  if (endpoint.port != 0) json.member("port", static_cast<std::uint64_t>(endpoint.port));
  json.end_object();
}

void write_value(const AnyValue& value, JsonWriter& json) {
  json.key("value");
  switch (value.kind()) {
    case AnyValue::Kind::kBool:
      return json.boolean(value.as_bool());
    case AnyValue::Kind::kInt:
      return json.number(value.as_int());
    case AnyValue::Kind::kString:
      return json.string(value.as_string());
    case AnyValue::Kind::kDouble: {
      // With a point or an exponent, so that it is read as what it is.
      const std::string text = fmt::format("{:#}", value.as_double());
      const bool is_finite = text.find_first_of("0123456789") != std::string::npos;
      return is_finite ? json.raw(text) : json.string(text);
    }
    default:
      return json.string(model::to_display_text(value));
  }
}

}  // namespace

Result<void> read_json_v1(ByteView body, BatchBuilder& builder) {
  auto document = json::Document::parse("Zipkin JSON", body, builder.arena());
  if (!document) return invalid_argument("Malformed reading List<Span> from json");
  return JsonV1Reader(document->text(), builder).run(document->root());
}

void write_json_v1(const Span& span, JsonWriter& json) {
  v1::Span old;
  v1::to_v1(span, old);
  const ByteView trace_id = old.trace_id.bytes;
  json.begin_object();
  json.key("traceId");
  json.hex(has_high_half(old.trace_id) ? trace_id : trace_id.last(8));
  if (old.parent_id.is_valid()) {
    json.key("parentId");
    json.hex(old.parent_id.bytes);
  }
  json.key("id");
  json.hex(old.id.bytes);
  json.member("name", old.name);
  if (old.timestamp > 0) json.member("timestamp", old.timestamp);
  if (old.duration > 0) json.member("duration", old.duration);
  json.key("annotations");
  json.begin_array();
  for (const v1::Annotation& annotation : old.annotations) {
    json.begin_object();
    json.member("timestamp", annotation.timestamp);
    json.member("value", annotation.value);
    write_endpoint(annotation.endpoint, json);
    json.end_object();
  }
  json.end_array();
  json.key("binaryAnnotations");
  json.begin_array();
  for (const v1::BinaryAnnotation& binary : old.binary_annotations) {
    json.begin_object();
    json.member("key", binary.key);
    write_value(binary.value, json);
    write_endpoint(binary.endpoint, json);
    json.end_object();
  }
  json.end_array();
  if (old.debug) json.member("debug", true);
  json.end_object();
}

}  // namespace cairn::wire::zipkin
