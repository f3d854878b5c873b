// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/record_codec.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;
using model::Attribute;

// What an extra holds, as bits of its first number; the parts follow in this order.
enum ExtraPart : std::uint64_t {
  kStatusMessage = 1,
  kStatusUnknownFields = 2,
  kTraceState = 4,
  kDroppedAttributes = 8,
  kDroppedEvents = 16,
  kDroppedLinks = 32,
  kEvents = 64,
  kLinks = 128,
  kUnknownFields = 256,
  kAttributes = 512,
  kAllParts = 1023,
};

// The fewest bytes that one of them takes: what bounds the memory a count can ask for.
constexpr std::size_t kLeastValue = 1;
constexpr std::size_t kLeastAttribute = 2;
constexpr std::size_t kLeastEvent = 5;
constexpr std::size_t kLeastLink = 16 + 8 + 5;

// Texts of an AnyValue have 32-bit sizes.
ByteView value_bytes(ByteReader& in) {
  return in.raw(static_cast<std::size_t>(in.varint_up_to(UINT32_MAX)));
}

AnyValue decode_value_at(ByteReader& in, Arena& arena, int depth);

std::span<const Attribute> decode_attributes_at(ByteReader& in, Arena& arena, int depth) {
  const std::span<Attribute> made = arena.make<Attribute>(in.count(kLeastAttribute));
  for (Attribute& attribute : made) {
    attribute.key = in.text();
    attribute.value = decode_value_at(in, arena, depth);
    if (in.failed()) return {};
  }
  return made;
}

std::span<const AnyValue> decode_array_at(ByteReader& in, Arena& arena, int depth) {
  const std::span<AnyValue> made = arena.make<AnyValue>(in.count(kLeastValue));
  for (AnyValue& value : made) {
    value = decode_value_at(in, arena, depth);
    if (in.failed()) return {};
  }
  return made;
}

AnyValue decode_bool(ByteReader& in) {
  const auto byte = in.fixed<std::uint8_t>();
  if (byte > 1) in.fail();
  return AnyValue::boolean(byte == 1);
}

// Recursion: bounded by kMaxValueDepth + 1.
AnyValue decode_value_at(ByteReader& in, Arena& arena, int depth) {
  if (depth > model::kMaxValueDepth + 1) {
    in.fail();
    return {};
  }
  switch (static_cast<AnyValue::Kind>(in.fixed<std::uint8_t>())) {
    case AnyValue::Kind::kEmpty:
      return {};
    case AnyValue::Kind::kBool:
      return decode_bool(in);
    case AnyValue::Kind::kInt:
      return AnyValue::integer(unzigzag(in.varint()));
    case AnyValue::Kind::kDouble:
      return AnyValue::real(in.fixed<double>());
    case AnyValue::Kind::kString:
      return AnyValue::string(as_text(value_bytes(in)));
    case AnyValue::Kind::kBytes:
      return AnyValue::bytes(value_bytes(in));
    case AnyValue::Kind::kArray:
      return AnyValue::array(decode_array_at(in, arena, depth + 1));
    case AnyValue::Kind::kKeyValueList:
      return AnyValue::key_value_list(decode_attributes_at(in, arena, depth + 1));
  }
  in.fail();
  return {};
}

std::uint64_t parts_of(const model::Span& span, bool with_attributes) {
  std::uint64_t parts = 0;
  if (!span.status.message.empty()) parts |= kStatusMessage;
  if (!span.status.unknown_fields.empty()) parts |= kStatusUnknownFields;
  if (!span.trace_state.empty()) parts |= kTraceState;
  if (span.dropped_attributes_count != 0) parts |= kDroppedAttributes;
  if (span.dropped_events_count != 0) parts |= kDroppedEvents;
  if (span.dropped_links_count != 0) parts |= kDroppedLinks;
  if (!span.events.empty()) parts |= kEvents;
  if (!span.links.empty()) parts |= kLinks;
  if (!span.unknown_fields.empty()) parts |= kUnknownFields;
  if (with_attributes && !span.attributes.empty()) parts |= kAttributes;
  return parts;
}

// Times as distance from the event before, the first from 0.
void encode_events(std::span<const model::Event> events, Bytes& out) {
  put_varint(out, events.size());
  std::uint64_t before = 0;
  for (const model::Event& event : events) {
    put_varint(out, zigzag(static_cast<std::int64_t>(event.time.unix_nanos - before)));
    before = event.time.unix_nanos;
    put_text(out, event.name);
    encode_attributes(event.attributes, out);
    put_varint(out, event.dropped_attributes_count);
    put_text(out, event.unknown_fields);
  }
}

std::uint32_t count32(ByteReader& in) {
  return static_cast<std::uint32_t>(in.varint_up_to(UINT32_MAX));
}

std::span<const model::Event> decode_events(ByteReader& in, Arena& arena) {
  const std::span<model::Event> made = arena.make<model::Event>(in.count(kLeastEvent));
  std::uint64_t before = 0;
  for (model::Event& event : made) {
    before += static_cast<std::uint64_t>(unzigzag(in.varint()));
    event.time.unix_nanos = before;
    event.name = in.text();
    event.attributes = decode_attributes(in, arena);
    event.dropped_attributes_count = count32(in);
    event.unknown_fields = in.text();
    if (in.failed()) return {};
  }
  return made;
}

void encode_links(std::span<const model::Link> links, Bytes& out) {
  put_varint(out, links.size());
  for (const model::Link& link : links) {
    put_raw(out, link.trace_id.bytes);
    put_raw(out, link.span_id.bytes);
    put_text(out, link.trace_state);
    encode_attributes(link.attributes, out);
    put_varint(out, link.dropped_attributes_count);
    put_varint(out, link.flags);
    put_text(out, link.unknown_fields);
  }
}

std::span<const model::Link> decode_links(ByteReader& in, Arena& arena) {
  const std::span<model::Link> made = arena.make<model::Link>(in.count(kLeastLink));
  for (model::Link& link : made) {
    link.trace_id = in.fixed<model::TraceId>();
    link.span_id = in.fixed<model::SpanId>();
    link.trace_state = in.text();
    link.attributes = decode_attributes(in, arena);
    link.dropped_attributes_count = count32(in);
    link.flags = count32(in);
    link.unknown_fields = in.text();
    if (in.failed()) return {};
  }
  return made;
}

}  // namespace

// Recursion: as deep as the value is, which model::kMaxValueDepth bounds.
void encode_value(const AnyValue& value, Bytes& out) {
  out.push_back(static_cast<std::byte>(value.kind()));
  switch (value.kind()) {
    case AnyValue::Kind::kEmpty:
      return;
    case AnyValue::Kind::kBool:
      return out.push_back(static_cast<std::byte>(value.as_bool()));
    case AnyValue::Kind::kInt:
      return put_varint(out, zigzag(value.as_int()));
    case AnyValue::Kind::kDouble:
      return put_fixed(out, value.as_double());
    case AnyValue::Kind::kString:
      return put_text(out, value.as_string());
    case AnyValue::Kind::kBytes:
      return put_sized(out, value.as_bytes());
    case AnyValue::Kind::kArray:
      put_varint(out, value.as_array().size());
      for (const AnyValue& element : value.as_array()) encode_value(element, out);
      return;
    case AnyValue::Kind::kKeyValueList:
      return encode_attributes(value.as_key_value_list(), out);
  }
}

AnyValue decode_value(ByteReader& in, Arena& arena) {
  return decode_value_at(in, arena, 1);
}

void encode_attributes(std::span<const Attribute> attributes, Bytes& out) {
  put_varint(out, attributes.size());
  for (const Attribute& attribute : attributes) {
    put_text(out, attribute.key);
    encode_value(attribute.value, out);
  }
}

std::span<const Attribute> decode_attributes(ByteReader& in, Arena& arena) {
  return decode_attributes_at(in, arena, 1);
}

void encode_resource(const model::Resource& resource, Bytes& out) {
  encode_attributes(resource.attributes, out);
  put_varint(out, resource.dropped_attributes_count);
  put_text(out, resource.schema_url);
  put_text(out, resource.unknown_fields);
  put_text(out, resource.group_unknown_fields);
}

model::Resource decode_resource(ByteReader& in, Arena& arena) {
  model::Resource made;
  made.attributes = decode_attributes(in, arena);
  made.dropped_attributes_count = count32(in);
  made.schema_url = in.text();
  made.unknown_fields = in.text();
  made.group_unknown_fields = in.text();
  return made;
}

void encode_scope(const model::InstrumentationScope& scope, Bytes& out) {
  put_text(out, scope.name);
  put_text(out, scope.version);
  encode_attributes(scope.attributes, out);
  put_varint(out, scope.dropped_attributes_count);
  put_text(out, scope.schema_url);
  put_text(out, scope.unknown_fields);
  put_text(out, scope.group_unknown_fields);
}

model::InstrumentationScope decode_scope(ByteReader& in, Arena& arena) {
  model::InstrumentationScope made;
  made.name = in.text();
  made.version = in.text();
  made.attributes = decode_attributes(in, arena);
  made.dropped_attributes_count = count32(in);
  made.schema_url = in.text();
  made.unknown_fields = in.text();
  made.group_unknown_fields = in.text();
  return made;
}

void encode_extra(const model::Span& span, bool with_attributes, Bytes& out) {
  const std::uint64_t parts = parts_of(span, with_attributes);
  if (parts == 0) return;
  put_varint(out, parts);
  if (parts & kStatusMessage) put_text(out, span.status.message);
  if (parts & kStatusUnknownFields) put_text(out, span.status.unknown_fields);
  if (parts & kTraceState) put_text(out, span.trace_state);
  if (parts & kDroppedAttributes) put_varint(out, span.dropped_attributes_count);
  if (parts & kDroppedEvents) put_varint(out, span.dropped_events_count);
  if (parts & kDroppedLinks) put_varint(out, span.dropped_links_count);
  if (parts & kEvents) encode_events(span.events, out);
  if (parts & kLinks) encode_links(span.links, out);
  if (parts & kUnknownFields) put_text(out, span.unknown_fields);
  if (parts & kAttributes) encode_attributes(span.attributes, out);
}

Result<void> decode_extra(ByteView bytes, Arena& arena, model::Span& span) {
  span.status.message = {};
  span.status.unknown_fields = {};
  span.trace_state = span.unknown_fields = {};
  span.dropped_attributes_count = span.dropped_events_count = span.dropped_links_count = 0;
  span.events = {};
  span.links = {};
  if (bytes.empty()) return {};
  ByteReader in(bytes);
  const std::uint64_t parts = in.varint_up_to(kAllParts);
  if (parts & kStatusMessage) span.status.message = in.text();
  if (parts & kStatusUnknownFields) span.status.unknown_fields = in.text();
  if (parts & kTraceState) span.trace_state = in.text();
  if (parts & kDroppedAttributes) span.dropped_attributes_count = count32(in);
  if (parts & kDroppedEvents) span.dropped_events_count = count32(in);
  if (parts & kDroppedLinks) span.dropped_links_count = count32(in);
  if (parts & kEvents) span.events = decode_events(in, arena);
  if (parts & kLinks) span.links = decode_links(in, arena);
  if (parts & kUnknownFields) span.unknown_fields = in.text();
  if (parts & kAttributes) span.attributes = decode_attributes(in, arena);
  return in.finish("extra");
}

}  // namespace cairn::storage::columnar
