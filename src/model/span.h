// SPDX-License-Identifier: Apache-2.0
//
// The records of a trace: Resource, InstrumentationScope, Span, Event, Link, Status.
// Plain views: everything they point at lives in the Batch that holds them (model/batch.h).
// Field names and meaning are OpenTelemetry's. `unknown_fields` are protobuf fields that we do not
// know, verbatim with their tags, in the order they came; an OTLP encoder writes them back.
// Source: OTLP trace.proto, resource.proto, common.proto.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/attribute.h"
#include "model/ids.h"
#include "model/timestamp.h"

namespace cairn::model {

// The numbers are OTLP's. A number that OTLP may define later is carried through unchanged.
enum class SpanKind : std::int32_t {
  kUnspecified = 0,
  kInternal = 1,
  kServer = 2,
  kClient = 3,
  kProducer = 4,
  kConsumer = 5,
};

enum class StatusCode : std::int32_t { kUnset = 0, kOk = 1, kError = 2 };

// "server"; "unspecified" for 0 and for numbers without a name.
std::string_view to_text(SpanKind kind);
// "unset", "ok", "error".
std::string_view to_text(StatusCode code);

struct Status {
  StatusCode code = StatusCode::kUnset;
  std::string_view message;
  std::string_view unknown_fields;

  bool operator==(const Status&) const = default;
};

struct Event {
  Timestamp time;
  std::string_view name;
  std::span<const Attribute> attributes;
  std::uint32_t dropped_attributes_count = 0;
  std::string_view unknown_fields;
};

struct Link {
  TraceId trace_id;
  SpanId span_id;
  std::string_view trace_state;
  std::span<const Attribute> attributes;
  std::uint32_t dropped_attributes_count = 0;
  std::uint32_t flags = 0;  // W3C trace flags in bits 0–7, "has/is remote" in 8–9
  std::string_view unknown_fields;
};

// Who sent the spans. A Batch may hold equal resources more than once, as the sender wrote them.
struct Resource {
  std::span<const Attribute> attributes;
  std::uint32_t dropped_attributes_count = 0;
  std::string_view schema_url;            // of ResourceSpans
  std::string_view unknown_fields;        // of Resource
  std::string_view group_unknown_fields;  // of ResourceSpans

  // `service.name` when it is a non-empty string; empty text otherwise.
  std::string_view service_name() const;
};

// The library that made the spans.
struct InstrumentationScope {
  std::uint32_t resource = 0;  // index into Batch::resources
  std::string_view name;
  std::string_view version;
  std::span<const Attribute> attributes;
  std::uint32_t dropped_attributes_count = 0;
  std::string_view schema_url;            // of ScopeSpans
  std::string_view unknown_fields;        // of InstrumentationScope
  std::string_view group_unknown_fields;  // of ScopeSpans
};

struct Span {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_span_id;  // invalid for a root
  Timestamp start;
  Timestamp end;  // may lie before start: kept as sent
  std::string_view name;
  std::string_view trace_state;
  SpanKind kind = SpanKind::kUnspecified;
  std::uint32_t flags = 0;  // W3C trace flags in bits 0–7, "has/is remote parent" in 8–9
  Status status;
  std::span<const Attribute> attributes;
  std::span<const Event> events;
  std::span<const Link> links;
  std::uint32_t dropped_attributes_count = 0;
  std::uint32_t dropped_events_count = 0;
  std::uint32_t dropped_links_count = 0;
  std::uint32_t scope = 0;  // index into Batch::scopes, which names the resource
  std::string_view unknown_fields;

  // End minus start; 0 when the end lies before the start or is absent.
  Duration duration() const { return end < start ? Duration(0) : Timestamp::between(start, end); }
  bool is_root() const { return !parent_span_id.is_valid(); }
};

// Equal in every field, in order; `scope` and `resource` indices are not compared.
bool same_content(const Event& a, const Event& b);
bool same_content(const Link& a, const Link& b);
bool same_content(const Resource& a, const Resource& b);
bool same_content(const InstrumentationScope& a, const InstrumentationScope& b);
bool same_content(const Span& a, const Span& b);

}  // namespace cairn::model
