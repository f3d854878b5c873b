// SPDX-License-Identifier: Apache-2.0
//
// Every function here writes its fields from the last to the first, because BackwardWriter does.
#include <bit>
#include <iterator>
#include <ranges>

#include "wire/otlp/fields.h"
#include "wire/otlp/protobuf.h"
#include "wire/protobuf/backward_writer.h"

namespace cairn::wire::otlp {
namespace {

using model::AnyValue;
using model::Attribute;
using protobuf::BackwardWriter;

// proto3 leaves out scalars that have their default.
void optional_varint(BackwardWriter& w, std::uint32_t field, std::uint64_t value) {
  if (value != 0) w.varint_field(field, value);
}
void optional_bytes(BackwardWriter& w, std::uint32_t field, std::string_view value) {
  if (!value.empty()) w.bytes_field(field, value);
}
void optional_fixed32(BackwardWriter& w, std::uint32_t field, std::uint32_t value) {
  if (value != 0) w.fixed32_field(field, value);
}
void optional_fixed64(BackwardWriter& w, std::uint32_t field, std::uint64_t value) {
  if (value != 0) w.fixed64_field(field, value);
}

// An enum on the wire is its number as a signed 64-bit varint.
template <typename Enum>
std::uint64_t number_of(Enum value) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
}

void write_attribute(BackwardWriter& w, std::uint32_t field, const Attribute& attribute);

// The fields of an AnyValue: one, or none when it is empty; a default is written too, since its
// presence is what tells 0 from nothing. Recursion: bounded by kMaxValueDepth, which decoders
// enforce.
void write_value(BackwardWriter& w, const AnyValue& value) {
  const std::size_t end = w.size();
  switch (value.kind()) {
    case AnyValue::Kind::kEmpty:
      return;
    case AnyValue::Kind::kBool:
      return w.varint_field(field::any_value::kBool, value.as_bool() ? 1 : 0);
    case AnyValue::Kind::kInt:
      return w.varint_field(field::any_value::kInt, static_cast<std::uint64_t>(value.as_int()));
    case AnyValue::Kind::kDouble:
      return w.fixed64_field(field::any_value::kDouble,
                             std::bit_cast<std::uint64_t>(value.as_double()));
    case AnyValue::Kind::kString:
      return w.bytes_field(field::any_value::kString, value.as_string());
    case AnyValue::Kind::kBytes:
      return w.bytes_field(field::any_value::kBytes, as_text(value.as_bytes()));
    case AnyValue::Kind::kArray:
      for (const AnyValue& element : std::ranges::reverse_view(value.as_array())) {
        const std::size_t element_end = w.size();
        write_value(w, element);
        w.close_message(field::list::kValues, element_end);
      }
      return w.close_message(field::any_value::kArray, end);
    case AnyValue::Kind::kKeyValueList:
      for (const Attribute& attribute : std::ranges::reverse_view(value.as_key_value_list())) {
        write_attribute(w, field::list::kValues, attribute);
      }
      return w.close_message(field::any_value::kKeyValueList, end);
  }
}

void write_attribute(BackwardWriter& w, std::uint32_t field, const Attribute& attribute) {
  const std::size_t end = w.size();
  write_value(w, attribute.value);
  w.close_message(field::key_value::kValue, end);
  optional_bytes(w, field::key_value::kKey, attribute.key);
  w.close_message(field, end);
}

void write_attributes(BackwardWriter& w, std::uint32_t field,
                      std::span<const Attribute> attributes) {
  for (const Attribute& attribute : std::ranges::reverse_view(attributes)) {
    write_attribute(w, field, attribute);
  }
}

void write_event(BackwardWriter& w, const model::Event& event) {
  const std::size_t end = w.size();
  w.raw(event.unknown_fields);
  optional_varint(w, field::event::kDroppedAttributesCount, event.dropped_attributes_count);
  write_attributes(w, field::event::kAttributes, event.attributes);
  optional_bytes(w, field::event::kName, event.name);
  optional_fixed64(w, field::event::kTime, event.time.unix_nanos);
  w.close_message(field::span::kEvents, end);
}

void write_link(BackwardWriter& w, const model::Link& link) {
  const std::size_t end = w.size();
  w.raw(link.unknown_fields);
  optional_fixed32(w, field::link::kFlags, link.flags);
  optional_varint(w, field::link::kDroppedAttributesCount, link.dropped_attributes_count);
  write_attributes(w, field::link::kAttributes, link.attributes);
  optional_bytes(w, field::link::kTraceState, link.trace_state);
  w.bytes_field(field::link::kSpanId, as_text(link.span_id.bytes));
  w.bytes_field(field::link::kTraceId, as_text(link.trace_id.bytes));
  w.close_message(field::span::kLinks, end);
}

void write_status(BackwardWriter& w, const model::Status& status) {
  const std::size_t end = w.size();
  w.raw(status.unknown_fields);
  optional_varint(w, field::status::kCode, number_of(status.code));
  optional_bytes(w, field::status::kMessage, status.message);
  if (w.size() != end) w.close_message(field::span::kStatus, end);
}

void write_span(BackwardWriter& w, const model::Span& span) {
  const std::size_t end = w.size();
  w.raw(span.unknown_fields);
  optional_fixed32(w, field::span::kFlags, span.flags);
  write_status(w, span.status);
  optional_varint(w, field::span::kDroppedLinksCount, span.dropped_links_count);
  for (const model::Link& link : std::ranges::reverse_view(span.links)) write_link(w, link);
  optional_varint(w, field::span::kDroppedEventsCount, span.dropped_events_count);
  for (const model::Event& event : std::ranges::reverse_view(span.events)) write_event(w, event);
  optional_varint(w, field::span::kDroppedAttributesCount, span.dropped_attributes_count);
  write_attributes(w, field::span::kAttributes, span.attributes);
  optional_fixed64(w, field::span::kEndTime, span.end.unix_nanos);
  optional_fixed64(w, field::span::kStartTime, span.start.unix_nanos);
  optional_varint(w, field::span::kKind, number_of(span.kind));
  optional_bytes(w, field::span::kName, span.name);
  if (!span.is_root()) {
    w.bytes_field(field::span::kParentSpanId, as_text(span.parent_span_id.bytes));
  }
  optional_bytes(w, field::span::kTraceState, span.trace_state);
  w.bytes_field(field::span::kSpanId, as_text(span.span_id.bytes));
  w.bytes_field(field::span::kTraceId, as_text(span.trace_id.bytes));
  w.close_message(field::scope_spans::kSpans, end);
}

// What stands before the spans, and after them, in ScopeSpans and in ResourceSpans.
void write_scope_tail(BackwardWriter& w, const model::InstrumentationScope& scope) {
  w.raw(scope.group_unknown_fields);
  optional_bytes(w, field::scope_spans::kSchemaUrl, scope.schema_url);
}

void write_scope_head(BackwardWriter& w, const model::InstrumentationScope& scope) {
  const std::size_t end = w.size();
  w.raw(scope.unknown_fields);
  optional_varint(w, field::scope::kDroppedAttributesCount, scope.dropped_attributes_count);
  write_attributes(w, field::scope::kAttributes, scope.attributes);
  optional_bytes(w, field::scope::kVersion, scope.version);
  optional_bytes(w, field::scope::kName, scope.name);
  w.close_message(field::scope_spans::kScope, end);
}

void write_resource_tail(BackwardWriter& w, const model::Resource& resource) {
  w.raw(resource.group_unknown_fields);
  optional_bytes(w, field::resource_spans::kSchemaUrl, resource.schema_url);
}

void write_resource_head(BackwardWriter& w, const model::Resource& resource) {
  const std::size_t end = w.size();
  w.raw(resource.unknown_fields);
  optional_varint(w, field::resource::kDroppedAttributesCount, resource.dropped_attributes_count);
  write_attributes(w, field::resource::kAttributes, resource.attributes);
  w.close_message(field::resource_spans::kResource, end);
}

// One ScopeSpans per run of spans of a scope, one ResourceSpans per run of a resource.
void write_traces(BackwardWriter& w, const model::Batch& batch) {
  auto span = batch.spans.rbegin();
  while (span != batch.spans.rend()) {
    const std::size_t resource_end = w.size();
    const std::uint32_t resource = batch.scope_of(*span).resource;
    write_resource_tail(w, batch.resources[resource]);
    while (span != batch.spans.rend() && batch.scope_of(*span).resource == resource) {
      const std::size_t scope_end = w.size();
      const std::uint32_t scope = span->scope;
      write_scope_tail(w, batch.scopes[scope]);
      for (; span != batch.spans.rend() && span->scope == scope; ++span) write_span(w, *span);
      write_scope_head(w, batch.scopes[scope]);
      w.close_message(field::resource_spans::kScopeSpans, scope_end);
    }
    write_resource_head(w, batch.resources[resource]);
    w.close_message(field::traces_data::kResourceSpans, resource_end);
  }
}

}  // namespace

void encode_traces(const model::Batch& batch, std::string& out) {
  constexpr std::size_t kKept = 4_MiB;
  thread_local BackwardWriter writer;
  write_traces(writer, batch);
  out += writer.written();
  if (writer.capacity() > kKept) {
    writer = BackwardWriter();
  } else {
    writer.clear();
  }
}

}  // namespace cairn::wire::otlp
