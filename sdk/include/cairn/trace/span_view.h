// SPDX-License-Identifier: Apache-2.0
//
// SpanView: reads a span's encoded bytes, without copying them.
//
// Made for exporters that speak other formats and for processors; a batch is walked with
// for_each_span(). Views live as long as the bytes. Malformed bytes (they are our own, so a bug)
// end the walk; nothing reads outside. Source: opentelemetry-proto, trace/v1, "Span".
#pragma once

#include <cairn/trace/exporter.h>

namespace cairn::trace {

// One value as it is encoded: `AnyValue`.
class AnyValueView {
 public:
  AnyValueView() noexcept = default;
  CAIRN_API explicit AnyValueView(SpanBytes message) noexcept;

  enum class Type : std::uint8_t { kEmpty, kString, kBool, kInt, kDouble, kArray, kMap, kBytes };
  Type type = Type::kEmpty;
  bool bool_value = false;
  std::int64_t int_value = 0;
  double double_value = 0;
  std::string_view text;  // kString and kBytes
  SpanBytes elements;     // kArray: an ArrayValue message; kMap: a KeyValueList message

  // The next element of an array; starts with `rest` = elements. False at the end.
  CAIRN_API static bool next(SpanBytes& rest, AnyValueView& element) noexcept;
};

struct AttributeView {
  std::string_view key;
  AnyValueView value;
};

// Attributes, events and links lie scattered in the message: a cursor finds the next of one field.
class AttributeCursor {
 public:
  AttributeCursor(SpanBytes message, std::uint32_t field) noexcept
      : rest_(message), field_(field) {}
  CAIRN_API bool next(AttributeView& attribute) noexcept;

 private:
  SpanBytes rest_;
  std::uint32_t field_;
};

struct EventView {
  std::uint64_t time_unix_nanos = 0;
  std::string_view name;
  std::uint32_t dropped_attributes = 0;
  SpanBytes message;
  AttributeCursor attributes() const noexcept { return {message, 3}; }
};

struct LinkView {
  SpanContext context;
  std::uint32_t dropped_attributes = 0;
  SpanBytes message;
  AttributeCursor attributes() const noexcept { return {message, 4}; }
};

class SpanView {
 public:
  SpanView() noexcept = default;
  // `message` is one Span message, without tag and length.
  CAIRN_API explicit SpanView(SpanBytes message) noexcept;

  TraceId trace_id;
  SpanId span_id;
  SpanId parent_span_id;  // zeros: root
  std::string_view trace_state;
  std::uint32_t flags = 0;  // OTLP's: W3C flags, bit 8 "is remote is known", bit 9 "is remote"
  std::string_view name;
  SpanKind kind = SpanKind::kInternal;
  std::uint64_t start_unix_nanos = 0;
  std::uint64_t end_unix_nanos = 0;
  StatusCode status = StatusCode::kUnset;
  std::string_view status_message;
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;
  std::uint32_t dropped_links = 0;
  SpanBytes message;

  AttributeCursor attributes() const noexcept { return {message, 9}; }
  // Starts with `rest` = message; false at the end.
  CAIRN_API static bool next_event(SpanBytes& rest, EventView& event) noexcept;
  CAIRN_API static bool next_link(SpanBytes& rest, LinkView& link) noexcept;
  // False when there is no such attribute.
  CAIRN_API bool find(std::string_view key, AnyValueView& value) const noexcept;
};

// The next span of repeated `spans` entries; false at the end.
CAIRN_API bool next_span(SpanBytes& rest, SpanView& span) noexcept;

// Calls visit(const ScopeSpans&, const SpanView&) for every span of a batch, in order.
template <class Visit>
void for_each_span(const SpanBatch& batch, Visit&& visit) {
  for (const ScopeSpans& scope : batch.scopes) {
    for (SpanBytes rest : scope.spans) {
      SpanView span;
      while (next_span(rest, span)) visit(scope, static_cast<const SpanView&>(span));
    }
  }
}

// Walks the attributes of SpanBatch::resource.
inline AttributeCursor resource_attributes(const SpanBatch& batch) noexcept {
  return {batch.resource, 1};
}

}  // namespace cairn::trace
