// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "base/base64.h"
#include "base/json_writer.h"
#include "wire/otlp/json.h"

namespace cairn::wire::otlp {
namespace {

using model::AnyValue;
using model::Attribute;

// Names are literals, `const char (&)[N]`, which JsonWriter copies without a look.
template <std::size_t N>
void optional_string(JsonWriter& json, const char (&name)[N], std::string_view value) {
  if (!value.empty()) json.member(name, value);
}
template <std::size_t N>
void optional_number(JsonWriter& json, const char (&name)[N], std::uint32_t value) {
  if (value != 0) json.member(name, std::uint64_t{value});
}
template <std::size_t N>
void optional_time(JsonWriter& json, const char (&name)[N], model::Timestamp time) {
  if (time.unix_nanos == 0) return;
  json.key(name);
  json.quoted_number(time.unix_nanos);
}
template <std::size_t N>
void hex(JsonWriter& json, const char (&name)[N], ByteView bytes) {
  json.key(name);
  json.hex(bytes);
}

void write_list(JsonWriter& json, std::span<const Attribute> attributes);

template <std::size_t N>
void write_attributes(JsonWriter& json, const char (&name)[N],
                      std::span<const Attribute> attributes) {
  if (attributes.empty()) return;
  json.key(name);
  write_list(json, attributes);
}

// Recursion: bounded by kMaxValueDepth, which decoders enforce.
void write_value(JsonWriter& json, const AnyValue& value) {
  json.begin_object();
  switch (value.kind()) {
    case AnyValue::Kind::kEmpty:
      break;
    case AnyValue::Kind::kBool:
      json.member("boolValue", value.as_bool());
      break;
    case AnyValue::Kind::kInt:
      json.key("intValue");
      json.quoted_number(value.as_int());
      break;
    case AnyValue::Kind::kDouble:
      json.member("doubleValue", value.as_double());
      break;
    case AnyValue::Kind::kString:
      json.member("stringValue", value.as_string());
      break;
    case AnyValue::Kind::kBytes:
      json.member("bytesValue", to_base64(value.as_bytes()));
      break;
    case AnyValue::Kind::kArray:
      json.key("arrayValue");
      json.begin_object();
      json.key("values");
      json.begin_array();
      for (const AnyValue& element : value.as_array()) write_value(json, element);
      json.end_array();
      json.end_object();
      break;
    case AnyValue::Kind::kKeyValueList:
      json.key("kvlistValue");
      json.begin_object();
      write_attributes(json, "values", value.as_key_value_list());
      json.end_object();
      break;
  }
  json.end_object();
}

void write_list(JsonWriter& json, std::span<const Attribute> attributes) {
  json.begin_array();
  for (const Attribute& attribute : attributes) {
    json.begin_object();
    json.member("key", attribute.key);
    json.key("value");
    write_value(json, attribute.value);
    json.end_object();
  }
  json.end_array();
}

void write_event(JsonWriter& json, const model::Event& event) {
  json.begin_object();
  optional_time(json, "timeUnixNano", event.time);
  optional_string(json, "name", event.name);
  write_attributes(json, "attributes", event.attributes);
  optional_number(json, "droppedAttributesCount", event.dropped_attributes_count);
  json.end_object();
}

void write_link(JsonWriter& json, const model::Link& link) {
  json.begin_object();
  hex(json, "traceId", link.trace_id.bytes);
  hex(json, "spanId", link.span_id.bytes);
  optional_string(json, "traceState", link.trace_state);
  write_attributes(json, "attributes", link.attributes);
  optional_number(json, "droppedAttributesCount", link.dropped_attributes_count);
  optional_number(json, "flags", link.flags);
  json.end_object();
}

void write_status(JsonWriter& json, const model::Status& status) {
  if (status.code == model::StatusCode::kUnset && status.message.empty()) return;
  json.key("status");
  json.begin_object();
  optional_string(json, "message", status.message);
  if (status.code != model::StatusCode::kUnset) {
    json.member("code", static_cast<std::int64_t>(status.code));
  }
  json.end_object();
}

void write_span(JsonWriter& json, const model::Span& span) {
  json.begin_object();
  hex(json, "traceId", span.trace_id.bytes);
  hex(json, "spanId", span.span_id.bytes);
  optional_string(json, "traceState", span.trace_state);
  if (!span.is_root()) hex(json, "parentSpanId", span.parent_span_id.bytes);
  optional_number(json, "flags", span.flags);
  optional_string(json, "name", span.name);
  if (span.kind != model::SpanKind::kUnspecified) {
    json.member("kind", static_cast<std::int64_t>(span.kind));
  }
  optional_time(json, "startTimeUnixNano", span.start);
  optional_time(json, "endTimeUnixNano", span.end);
  write_attributes(json, "attributes", span.attributes);
  optional_number(json, "droppedAttributesCount", span.dropped_attributes_count);
  if (!span.events.empty()) {
    json.key("events");
    json.begin_array();
    for (const model::Event& event : span.events) write_event(json, event);
    json.end_array();
  }
  optional_number(json, "droppedEventsCount", span.dropped_events_count);
  if (!span.links.empty()) {
    json.key("links");
    json.begin_array();
    for (const model::Link& link : span.links) write_link(json, link);
    json.end_array();
  }
  optional_number(json, "droppedLinksCount", span.dropped_links_count);
  write_status(json, span.status);
  json.end_object();
}

// `"resource":{…},` and `"schemaUrl":…,`; what is the same for all spans of a ResourceSpans.
void write_resource(JsonWriter& json, const model::Resource& resource) {
  json.key("resource");
  json.begin_object();
  write_attributes(json, "attributes", resource.attributes);
  optional_number(json, "droppedAttributesCount", resource.dropped_attributes_count);
  json.end_object();
  optional_string(json, "schemaUrl", resource.schema_url);
}

void write_scope(JsonWriter& json, const model::InstrumentationScope& scope) {
  json.key("scope");
  json.begin_object();
  optional_string(json, "name", scope.name);
  optional_string(json, "version", scope.version);
  write_attributes(json, "attributes", scope.attributes);
  optional_number(json, "droppedAttributesCount", scope.dropped_attributes_count);
  json.end_object();
  optional_string(json, "schemaUrl", scope.schema_url);
}

}  // namespace

// One scopeSpans element per run of spans of a scope, one resourceSpans element per run of a
// resource.
void encode_traces_json(const model::Batch& batch, std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  json.key("resourceSpans");
  json.begin_array();
  auto span = batch.spans.begin();
  while (span != batch.spans.end()) {
    const std::uint32_t resource = batch.scope_of(*span).resource;
    json.begin_object();
    write_resource(json, batch.resources[resource]);
    json.key("scopeSpans");
    json.begin_array();
    while (span != batch.spans.end() && batch.scope_of(*span).resource == resource) {
      const std::uint32_t scope = span->scope;
      json.begin_object();
      write_scope(json, batch.scopes[scope]);
      json.key("spans");
      json.begin_array();
      for (; span != batch.spans.end() && span->scope == scope; ++span) write_span(json, *span);
      json.end_array();
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace cairn::wire::otlp
