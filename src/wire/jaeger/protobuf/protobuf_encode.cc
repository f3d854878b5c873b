// SPDX-License-Identifier: Apache-2.0
//
// Every function here writes its fields from the last to the first, because BackwardWriter does.
#include <bit>
#include <ranges>

#include "model/reserved.h"
#include "wire/jaeger/mapping/span_mapping.h"
#include "wire/jaeger/protobuf.h"
#include "wire/jaeger/protobuf/protobuf_fields.h"
#include "wire/jaeger/protobuf/protobuf_time.h"
#include "wire/protobuf/backward_writer.h"

namespace cairn::wire::jaeger {
namespace {

using model::AnyValue;
using protobuf::BackwardWriter;

// proto3 leaves out scalars that have their default.
void optional_varint(BackwardWriter& w, std::uint32_t field, std::uint64_t value) {
  if (value != 0) w.varint_field(field, value);
}
void optional_bytes(BackwardWriter& w, std::uint32_t field, std::string_view value) {
  if (!value.empty()) w.bytes_field(field, value);
}

void write_value(BackwardWriter& w, const AnyValue& value) {
  switch (value.kind()) {
    case AnyValue::Kind::kBool:
      optional_varint(w, field::key_value::kBool, value.as_bool() ? 1 : 0);
      return w.varint_field(field::key_value::kType, 1);
    case AnyValue::Kind::kInt:
      optional_varint(w, field::key_value::kInt64, static_cast<std::uint64_t>(value.as_int()));
      return w.varint_field(field::key_value::kType, 2);
    case AnyValue::Kind::kDouble:
      w.fixed64_field(field::key_value::kFloat64, std::bit_cast<std::uint64_t>(value.as_double()));
      return w.varint_field(field::key_value::kType, 3);
    case AnyValue::Kind::kBytes:
      optional_bytes(w, field::key_value::kBinary, as_text(value.as_bytes()));
      return w.varint_field(field::key_value::kType, 4);
    case AnyValue::Kind::kString:
      return optional_bytes(w, field::key_value::kString, value.as_string());
    default:
      return optional_bytes(w, field::key_value::kString, tag_text(value));
  }
}

class Encoder {
 public:
  // The fields of a Span message.
  void span(BackwardWriter& w, const model::Batch& batch, const model::Span& span);

 private:
  void key_values(BackwardWriter& w, std::uint32_t field);
  void process(BackwardWriter& w, const model::Resource& resource);
  void log(BackwardWriter& w, const model::Event& event);
  void references(BackwardWriter& w, const model::Span& span);

  std::vector<model::Attribute> tags_;
  std::vector<Reference> references_;
};

void write_time(BackwardWriter& w, std::uint32_t field, const SecondsAndNanos& time) {
  const std::size_t end = w.size();
  // Negative numbers are written as 64 bits, also those of 32.
  optional_varint(w, field::time::kNanos,
                  static_cast<std::uint64_t>(static_cast<std::int64_t>(time.nanos)));
  optional_varint(w, field::time::kSeconds, static_cast<std::uint64_t>(time.seconds));
  w.close_message(field, end);
}

void write_warnings(BackwardWriter& w, const model::Span& span) {
  const model::Attribute* warnings =
      model::find_attribute(span.attributes, model::reserved::kJaegerWarnings);
  if (warnings == nullptr || !warnings->value.is(AnyValue::Kind::kArray)) return;
  for (const AnyValue& warning : std::ranges::reverse_view(warnings->value.as_array())) {
    if (!warning.is(AnyValue::Kind::kString)) continue;
    w.bytes_field(field::span::kWarnings, warning.as_string());
  }
}

// Writes tags_.
void Encoder::key_values(BackwardWriter& w, std::uint32_t field) {
  for (const model::Attribute& tag : std::ranges::reverse_view(tags_)) {
    const std::size_t end = w.size();
    write_value(w, tag.value);
    optional_bytes(w, field::key_value::kKey, tag.key);
    w.close_message(field, end);
  }
}

// A resource without attributes is written as no process at all.
void Encoder::process(BackwardWriter& w, const model::Resource& resource) {
  if (resource.attributes.empty()) return;
  const std::size_t end = w.size();
  list_process_tags(resource, tags_);
  key_values(w, field::process::kTags);
  optional_bytes(w, field::process::kServiceName, service_name_to_write(resource));
  w.close_message(field::span::kProcess, end);
}

void Encoder::log(BackwardWriter& w, const model::Event& event) {
  const std::size_t end = w.size();
  list_log_fields(event, tags_);
  key_values(w, field::log::kFields);
  write_time(w, field::log::kTimestamp, from_timestamp(event.time));
  w.close_message(field::span::kLogs, end);
}

void Encoder::references(BackwardWriter& w, const model::Span& span) {
  list_references(span, references_);
  for (const Reference& reference : std::ranges::reverse_view(references_)) {
    const std::size_t end = w.size();
    optional_varint(w, field::reference::kType, static_cast<std::uint64_t>(reference.type));
    w.bytes_field(field::reference::kSpanId, as_text(reference.span_id.bytes));
    w.bytes_field(field::reference::kTraceId, as_text(reference.trace_id.bytes));
    w.close_message(field::span::kReferences, end);
  }
}

void Encoder::span(BackwardWriter& w, const model::Batch& batch, const model::Span& span) {
  write_warnings(w, span);
  process(w, batch.resource_of(span));
  for (const model::Event& event : std::ranges::reverse_view(span.events)) log(w, event);
  list_tags(span, batch.scope_of(span), tags_);
  key_values(w, field::span::kTags);
  write_time(w, field::span::kDuration, duration_between(span.start, span.end));
  write_time(w, field::span::kStartTime, from_timestamp(span.start));
  optional_varint(w, field::span::kFlags, flags_to_write(span));
  references(w, span);
  optional_bytes(w, field::span::kOperationName, span.name);
  w.bytes_field(field::span::kSpanId, as_text(span.span_id.bytes));
  w.bytes_field(field::span::kTraceId, as_text(span.trace_id.bytes));
}

}  // namespace

std::string encode_post_spans(const model::Batch& batch) {
  BackwardWriter w;
  Encoder encoder;
  for (const model::Span& span : std::ranges::reverse_view(batch.spans)) {
    const std::size_t end = w.size();
    encoder.span(w, batch, span);
    w.close_message(field::batch::kSpans, end);
  }
  w.close_message(field::post_spans::kBatch, 0);
  return std::string(w.written());
}

std::string encode_span(const model::Batch& batch, const model::Span& span) {
  BackwardWriter w;
  Encoder().span(w, batch, span);
  return std::string(w.written());
}

}  // namespace cairn::wire::jaeger
