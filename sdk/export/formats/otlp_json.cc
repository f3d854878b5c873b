// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/otlp_json.h"

#include <cairn/trace/span_view.h>

#include "sdk/export/formats/json/json_appender.h"
#include "sdk/export/formats/json/value_text.h"
#include "sdk/trace/protobuf_reader.h"

namespace cairn::trace::formats {
namespace {

using Type = AnyValueView::Type;

void append_value(const AnyValueView& value, int depth, JsonAppender& json);

// Fields that are empty or zero are left out, as protobuf's JSON leaves them out.
void append_text_field(std::string_view key, std::string_view text, JsonAppender& json) {
  if (!text.empty()) json.key(key).string(text);
}

void append_count(std::string_view key, std::uint32_t count, JsonAppender& json) {
  if (count != 0) json.key(key).number(count);
}

void append_key_values(std::string_view key, AttributeCursor cursor, int depth,
                       JsonAppender& json) {
  AttributeView attribute;
  if (!cursor.next(attribute)) return;
  json.key(key).begin_array();
  do {
    json.begin_object();
    json.key("key").string(attribute.key);
    json.key("value");
    append_value(attribute.value, depth, json);
    json.end_object();
  } while (cursor.next(attribute));
  json.end_array();
}

void append_attributes(AttributeCursor cursor, JsonAppender& json) {
  append_key_values("attributes", cursor, 0, json);
}

void append_array(SpanBytes list, int depth, JsonAppender& json) {
  json.begin_object();
  json.key("values").begin_array();
  for (AnyValueView element; AnyValueView::next(list, element);) append_value(element, depth, json);
  json.end_array();
  json.end_object();
}

void append_map(SpanBytes map, int depth, JsonAppender& json) {
  json.begin_object();
  append_key_values("values", AttributeCursor(map, 1), depth, json);
  json.end_object();
}

// Lists and maps that lie too deep become the empty value.
void append_value(const AnyValueView& value, int depth, JsonAppender& json) {
  json.begin_object();
  switch (value.type) {
    case Type::kEmpty:
      break;
    case Type::kString:
      json.key("stringValue").string(value.text);
      break;
    case Type::kBool:
      json.key("boolValue").boolean(value.bool_value);
      break;
    case Type::kInt:
      json.key("intValue").quoted(value.int_value);
      break;
    case Type::kDouble:
      json.key("doubleValue").real(value.double_value);
      break;
    case Type::kBytes:
      json.key("bytesValue").base64(value.text);
      break;
    case Type::kArray:
      if (depth < kMaxValueDepth) append_array(value.elements, depth + 1, json.key("arrayValue"));
      break;
    case Type::kMap:
      if (depth < kMaxValueDepth) append_map(value.elements, depth + 1, json.key("kvlistValue"));
      break;
  }
  json.end_object();
}

void append_id(std::string_view key, const TraceId& id, JsonAppender& json) {
  json.key(key).hex(id.bytes, sizeof id.bytes);
}

void append_id(std::string_view key, const SpanId& id, JsonAppender& json) {
  json.key(key).hex(id.bytes, sizeof id.bytes);
}

void append_events(const SpanView& span, JsonAppender& json) {
  SpanBytes rest = span.message;
  EventView event;
  if (!SpanView::next_event(rest, event)) return;
  json.key("events").begin_array();
  do {
    json.begin_object();
    json.key("timeUnixNano").quoted(event.time_unix_nanos);
    json.key("name").string(event.name);
    append_attributes(event.attributes(), json);
    append_count("droppedAttributesCount", event.dropped_attributes, json);
    json.end_object();
  } while (SpanView::next_event(rest, event));
  json.end_array();
}

void append_links(const SpanView& span, JsonAppender& json) {
  constexpr std::uint32_t kRemoteKnown = 0x100, kRemote = 0x200;  // the SDK always knows
  SpanBytes rest = span.message;
  LinkView link;
  if (!SpanView::next_link(rest, link)) return;
  json.key("links").begin_array();
  do {
    json.begin_object();
    append_id("traceId", link.context.trace_id, json);
    append_id("spanId", link.context.span_id, json);
    append_text_field("traceState", link.context.trace_state.header(), json);
    append_attributes(link.attributes(), json);
    append_count("droppedAttributesCount", link.dropped_attributes, json);
    const std::uint32_t remote = kRemoteKnown | (link.context.is_remote ? kRemote : 0);
    append_count("flags", link.context.flags.bits | remote, json);
    json.end_object();
  } while (SpanView::next_link(rest, link));
  json.end_array();
}

void append_status(const SpanView& span, JsonAppender& json) {
  if (span.status == StatusCode::kUnset && span.status_message.empty()) return;
  json.key("status").begin_object();
  append_text_field("message", span.status_message, json);
  append_count("code", static_cast<std::uint32_t>(span.status), json);
  json.end_object();
}

void append_span(const SpanView& span, JsonAppender& json) {
  json.begin_object();
  append_id("traceId", span.trace_id, json);
  append_id("spanId", span.span_id, json);
  append_text_field("traceState", span.trace_state, json);
  if (span.parent_span_id.is_valid()) append_id("parentSpanId", span.parent_span_id, json);
  append_count("flags", span.flags, json);
  json.key("name").string(span.name);
  json.key("kind").number(static_cast<std::uint32_t>(span.kind));
  json.key("startTimeUnixNano").quoted(span.start_unix_nanos);
  json.key("endTimeUnixNano").quoted(span.end_unix_nanos);
  append_attributes(span.attributes(), json);
  append_count("droppedAttributesCount", span.dropped_attributes, json);
  append_events(span, json);
  append_count("droppedEventsCount", span.dropped_events, json);
  append_links(span, json);
  append_count("droppedLinksCount", span.dropped_links, json);
  append_status(span, json);
  json.end_object();
}

// A Resource or an InstrumentationScope: attributes, and how many of them were dropped.
void append_described(SpanBytes message, std::uint32_t attributes, std::uint32_t dropped,
                      JsonAppender& json) {
  append_attributes(AttributeCursor(message, attributes), json);
  ProtobufReader reader(message);
  for (ProtobufReader::Field field; reader.next(field);) {
    if (field.tag != varint_tag(dropped)) continue;
    append_count("droppedAttributesCount", static_cast<std::uint32_t>(field.number), json);
    return;
  }
}

void append_scope(const ScopeSpans& scope, JsonAppender& json) {
  json.begin_object();
  json.key("scope").begin_object();
  append_text_field("name", scope.name, json);
  append_text_field("version", scope.version, json);
  append_described(scope.scope, 3, 4, json);
  json.end_object();
  json.key("spans").begin_array();
  for (SpanBytes rest : scope.spans) {
    for (SpanView span; next_span(rest, span);) append_span(span, json);
  }
  json.end_array();
  append_text_field("schemaUrl", scope.schema_url, json);
  json.end_object();
}

}  // namespace

std::string to_otlp_json(const SpanBatch& batch) {
  std::string out;
  out.reserve(batch.byte_count * 3);
  JsonAppender json(out);
  json.begin_object();
  json.key("resourceSpans").begin_array();
  json.begin_object();
  json.key("resource").begin_object();
  append_described(batch.resource, 1, 2, json);
  json.end_object();
  json.key("scopeSpans").begin_array();
  for (const ScopeSpans& scope : batch.scopes) append_scope(scope, json);
  json.end_array();
  append_text_field("schemaUrl", batch.resource_schema_url, json);
  json.end_object();
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace cairn::trace::formats
