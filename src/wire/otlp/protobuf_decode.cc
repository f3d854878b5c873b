// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "wire/otlp/fields.h"
#include "wire/otlp/protobuf.h"
#include "wire/otlp/protobuf_value.h"

namespace cairn::wire::otlp {
namespace {

using model::RejectionReason;
using protobuf::bytes_tag;
using protobuf::fixed32_tag;
using protobuf::fixed64_tag;
using protobuf::Reader;
using protobuf::varint_tag;

// The low 32 bits, as protobuf reads uint32 and enum.
std::uint32_t uint32(Reader& r) {
  return static_cast<std::uint32_t>(r.varint());
}

struct SpanIds {
  std::string_view trace;
  std::string_view span;
  std::string_view parent;
};

// One run of decode_traces. A member that returns false met bytes that do not parse, or a budget
// that refused; span() turns that into a rejected span, everything above into a failed request.
class TracesDecoder {
 public:
  TracesDecoder(std::string_view request, model::Batch& batch, Scratch& scratch)
      : request_(request),
        batch_(batch),
        scratch_(scratch),
        budget_(request.size()),
        values_(batch.arena, scratch, budget_) {}

  Result<model::Rejections> run();

 private:
  bool traces();
  bool resource_spans(std::string_view message);
  bool resource(std::string_view message, model::Resource& resource);
  bool scope_spans(std::string_view message, std::uint32_t resource);
  bool scope(std::string_view message, model::InstrumentationScope& scope);
  void span(std::string_view message, std::uint32_t scope);
  std::optional<RejectionReason> span_or_reason(std::string_view message, model::Span& span);
  bool span_fields(std::string_view message, model::Span& span, SpanIds& ids);
  bool event_or_link_or_status(std::uint32_t field, std::string_view message, model::Span& span);
  bool status(std::string_view message, model::Status& status);
  bool event(std::string_view message);
  bool link(std::string_view message);
  std::span<const model::Attribute> take_attributes(std::size_t mark) {
    return scratch_.attributes.take(mark, batch_.arena);
  }
  bool attribute(std::string_view message) {
    if (values_.attribute(message)) [[likely]]
      return true;
    if (!budget_.has_refused()) failed_at_ = values_.failed_at();
    return false;
  }
  // Ends `more`, the unknown fields of a message that may occur again and adds to `held`.
  bool add_unknown(UnknownFields& more, std::string_view& held);
  bool finished(const Reader& reader) {
    if (reader.ok()) [[likely]]
      return true;
    failed_at_ = reader.failed_at();
    return false;
  }
  Error error() const;

  std::string_view request_;
  model::Batch& batch_;
  Scratch& scratch_;
  MemoryBudget budget_;
  ValueDecoder values_;
  model::Rejections rejections_;
  const char* failed_at_ = nullptr;
  RejectionReason reason_ = RejectionReason::kMalformedSpan;  // of the span being read
};

// Handles a field that no case of a switch took: one we do not know is kept, one we know has the
// wrong wire type. Inlined so that the reader stays in registers.
[[gnu::always_inline]] inline void other_field(Reader& r, std::uint32_t last_known,
                                               UnknownFields& unknown) {
  if (r.field_number() <= last_known) return r.fail();
  if (const std::string_view field = r.skip(); !field.empty()) unknown.add(field);
}

Result<model::Rejections> TracesDecoder::run() {
  const std::size_t resources = batch_.resources.size();
  const std::size_t scopes = batch_.scopes.size();
  const std::size_t spans = batch_.spans.size();
  const bool parsed = traces();
  scratch_.reset();
  if (parsed) return rejections_;
  batch_.resources.resize(resources);
  batch_.scopes.resize(scopes);
  batch_.spans.resize(spans);
  return error();
}

Error TracesDecoder::error() const {
  if (failed_at_ == nullptr) {
    return invalid_argument("OTLP protobuf: too many empty elements for the size of the request");
  }
  return invalid_argument(fmt::format("OTLP protobuf: malformed or truncated field at byte {}",
                                      failed_at_ - request_.data()));
}

bool TracesDecoder::traces() {
  Reader r(request_);
  while (r.next()) {
    if (r.tag() == bytes_tag(field::traces_data::kResourceSpans)) {
      if (!resource_spans(r.bytes())) return false;
    } else {
      r.field_number() == field::traces_data::kResourceSpans ? r.fail() : void(r.skip());
    }
  }
  return finished(r);
}

// A second Resource message adds to the first, as protobuf merges.
bool TracesDecoder::resource_spans(std::string_view message) {
  const auto index = static_cast<std::uint32_t>(batch_.resources.size());
  const std::size_t scopes = batch_.scopes.size();
  const std::size_t attributes = scratch_.attributes.mark();
  batch_.resources.emplace_back();
  model::Resource made;
  UnknownFields group_unknown(scratch_.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::resource_spans::kResource):
        if (!resource(r.bytes(), made)) return false;
        break;
      case bytes_tag(field::resource_spans::kScopeSpans):
        if (!scope_spans(r.bytes(), index)) return false;
        break;
      case bytes_tag(field::resource_spans::kSchemaUrl):
        made.schema_url = r.bytes();
        break;
      default:
        other_field(r, field::resource_spans::kLast, group_unknown);
    }
  }
  if (!finished(r)) return false;
  made.attributes = take_attributes(attributes);
  made.group_unknown_fields = group_unknown.take(batch_.arena);
  if (batch_.scopes.size() == scopes) {
    batch_.resources.pop_back();
  } else {
    batch_.resources[index] = made;
  }
  return true;
}

bool TracesDecoder::resource(std::string_view message, model::Resource& resource) {
  UnknownFields unknown(scratch_.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::resource::kAttributes):
        if (!attribute(r.bytes())) return false;
        break;
      case varint_tag(field::resource::kDroppedAttributesCount):
        resource.dropped_attributes_count = uint32(r);
        break;
      default:
        other_field(r, field::resource::kLast, unknown);
    }
  }
  return finished(r) && add_unknown(unknown, resource.unknown_fields);
}

bool TracesDecoder::scope_spans(std::string_view message, std::uint32_t resource) {
  const auto index = static_cast<std::uint32_t>(batch_.scopes.size());
  const std::size_t spans = batch_.spans.size();
  const std::size_t attributes = scratch_.attributes.mark();
  batch_.scopes.emplace_back();
  model::InstrumentationScope made;
  made.resource = resource;
  UnknownFields group_unknown(scratch_.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::scope_spans::kScope):
        if (!scope(r.bytes(), made)) return false;
        break;
      case bytes_tag(field::scope_spans::kSpans):
        span(r.bytes(), index);
        break;
      case bytes_tag(field::scope_spans::kSchemaUrl):
        made.schema_url = r.bytes();
        break;
      default:
        other_field(r, field::scope_spans::kLast, group_unknown);
    }
  }
  if (!finished(r)) return false;
  made.attributes = take_attributes(attributes);
  made.group_unknown_fields = group_unknown.take(batch_.arena);
  if (batch_.spans.size() == spans) {
    batch_.scopes.pop_back();
  } else {
    batch_.scopes[index] = made;
  }
  return true;
}

bool TracesDecoder::scope(std::string_view message, model::InstrumentationScope& scope) {
  UnknownFields unknown(scratch_.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::scope::kName):
        scope.name = r.bytes();
        break;
      case bytes_tag(field::scope::kVersion):
        scope.version = r.bytes();
        break;
      case bytes_tag(field::scope::kAttributes):
        if (!attribute(r.bytes())) return false;
        break;
      case varint_tag(field::scope::kDroppedAttributesCount):
        scope.dropped_attributes_count = uint32(r);
        break;
      default:
        other_field(r, field::scope::kLast, unknown);
    }
  }
  return finished(r) && add_unknown(unknown, scope.unknown_fields);
}

void TracesDecoder::span(std::string_view message, std::uint32_t scope) {
  const Scratch::Marks marks = scratch_.mark();
  model::Span& made = batch_.spans.emplace_back();
  made.scope = scope;
  if (const auto reason = span_or_reason(message, made)) [[unlikely]] {
    rejections_.add(*reason);
    batch_.spans.pop_back();
    scratch_.drop(marks);
    budget_.forget_refusal();
    failed_at_ = nullptr;
  }
}

// Nothing when the span is good.
std::optional<RejectionReason> TracesDecoder::span_or_reason(std::string_view message,
                                                             model::Span& span) {
  reason_ = RejectionReason::kMalformedSpan;
  SpanIds ids;
  if (!span_fields(message, span, ids)) {
    return budget_.has_refused() ? RejectionReason::kTooLarge : reason_;
  }
  if (!span.trace_id.assign(as_bytes(ids.trace)) || !span.trace_id.is_valid()) {
    return RejectionReason::kInvalidTraceId;
  }
  if (!span.span_id.assign(as_bytes(ids.span)) || !span.span_id.is_valid()) {
    return RejectionReason::kInvalidSpanId;
  }
  if (!ids.parent.empty() && !span.parent_span_id.assign(as_bytes(ids.parent))) {
    return RejectionReason::kInvalidParentSpanId;
  }
  return std::nullopt;
}

bool TracesDecoder::span_fields(std::string_view message, model::Span& span, SpanIds& ids) {
  const Scratch::Marks marks = scratch_.mark();
  UnknownFields unknown(scratch_.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::span::kTraceId):
        ids.trace = r.bytes();
        break;
      case bytes_tag(field::span::kSpanId):
        ids.span = r.bytes();
        break;
      case bytes_tag(field::span::kTraceState):
        span.trace_state = r.bytes();
        break;
      case bytes_tag(field::span::kParentSpanId):
        ids.parent = r.bytes();
        break;
      case bytes_tag(field::span::kName):
        span.name = r.bytes();
        break;
      case varint_tag(field::span::kKind):
        span.kind = static_cast<model::SpanKind>(r.varint());
        break;
      case fixed64_tag(field::span::kStartTime):
        span.start.unix_nanos = r.fixed64();
        break;
      case fixed64_tag(field::span::kEndTime):
        span.end.unix_nanos = r.fixed64();
        break;
      case bytes_tag(field::span::kAttributes):
        if (!attribute(r.bytes())) return false;
        break;
      case varint_tag(field::span::kDroppedAttributesCount):
        span.dropped_attributes_count = uint32(r);
        break;
      case varint_tag(field::span::kDroppedEventsCount):
        span.dropped_events_count = uint32(r);
        break;
      case varint_tag(field::span::kDroppedLinksCount):
        span.dropped_links_count = uint32(r);
        break;
      case bytes_tag(field::span::kEvents):
      case bytes_tag(field::span::kLinks):
      case bytes_tag(field::span::kStatus):
        if (!event_or_link_or_status(r.field_number(), r.bytes(), span)) return false;
        break;
      case fixed32_tag(field::span::kFlags):
        span.flags = r.fixed32();
        break;
      default:
        other_field(r, field::span::kLast, unknown);
    }
  }
  if (!finished(r)) return false;
  span.attributes = take_attributes(marks.attributes);
  span.events = scratch_.events.take(marks.events, batch_.arena);
  span.links = scratch_.links.take(marks.links, batch_.arena);
  span.unknown_fields = unknown.take(batch_.arena);
  return true;
}

bool TracesDecoder::event_or_link_or_status(std::uint32_t field, std::string_view message,
                                            model::Span& span) {
  switch (field) {
    case field::span::kEvents:
      return event(message);
    case field::span::kLinks:
      return link(message);
    default:
      return status(message, span.status);
  }
}

// A second Status message adds to the first, as protobuf merges.
bool TracesDecoder::status(std::string_view message, model::Status& status) {
  UnknownFields unknown(scratch_.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::status::kMessage):
        status.message = r.bytes();
        break;
      case varint_tag(field::status::kCode):
        status.code = static_cast<model::StatusCode>(r.varint());
        break;
      default: {
        const bool known =
            r.field_number() == field::status::kMessage || r.field_number() == field::status::kCode;
        other_field(r, known ? r.field_number() : 0, unknown);
      }
    }
  }
  return finished(r) && add_unknown(unknown, status.unknown_fields);
}

bool TracesDecoder::event(std::string_view message) {
  if (!budget_.spend(sizeof(model::Event))) return false;
  const std::size_t attributes = scratch_.attributes.mark();
  model::Event made;
  UnknownFields unknown(scratch_.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case fixed64_tag(field::event::kTime):
        made.time.unix_nanos = r.fixed64();
        break;
      case bytes_tag(field::event::kName):
        made.name = r.bytes();
        break;
      case bytes_tag(field::event::kAttributes):
        if (!attribute(r.bytes())) return false;
        break;
      case varint_tag(field::event::kDroppedAttributesCount):
        made.dropped_attributes_count = uint32(r);
        break;
      default:
        other_field(r, field::event::kLast, unknown);
    }
  }
  if (!finished(r)) return false;
  made.attributes = take_attributes(attributes);
  made.unknown_fields = unknown.take(batch_.arena);
  scratch_.events.add() = made;
  return true;
}

bool TracesDecoder::link(std::string_view message) {
  if (!budget_.spend(sizeof(model::Link))) return false;
  const std::size_t attributes = scratch_.attributes.mark();
  model::Link made;
  SpanIds ids;
  UnknownFields unknown(scratch_.unknown);
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::link::kTraceId):
        ids.trace = r.bytes();
        break;
      case bytes_tag(field::link::kSpanId):
        ids.span = r.bytes();
        break;
      case bytes_tag(field::link::kTraceState):
        made.trace_state = r.bytes();
        break;
      case bytes_tag(field::link::kAttributes):
        if (!attribute(r.bytes())) return false;
        break;
      case varint_tag(field::link::kDroppedAttributesCount):
        made.dropped_attributes_count = uint32(r);
        break;
      case fixed32_tag(field::link::kFlags):
        made.flags = r.fixed32();
        break;
      default:
        other_field(r, field::link::kLast, unknown);
    }
  }
  if (!finished(r)) return false;
  if (!made.trace_id.assign(as_bytes(ids.trace)) || !made.span_id.assign(as_bytes(ids.span))) {
    reason_ = RejectionReason::kInvalidLink;
    return false;
  }
  made.attributes = take_attributes(attributes);
  made.unknown_fields = unknown.take(batch_.arena);
  scratch_.links.add() = made;
  return true;
}

bool TracesDecoder::add_unknown(UnknownFields& more, std::string_view& held) {
  const std::string_view added = more.take(batch_.arena);
  if (held.empty() || added.empty()) {
    if (!added.empty()) held = added;
    return true;
  }
  if (!budget_.spend(held.size() + added.size())) return false;
  const std::span<char> joined = batch_.arena.make<char>(held.size() + added.size());
  std::ranges::copy(added, std::ranges::copy(held, joined.begin()).out);
  held = {joined.data(), joined.size()};
  return true;
}

}  // namespace

Result<model::Rejections> decode_traces(ByteView request, model::Batch& batch) {
  if (request.size() > UINT32_MAX) {
    return invalid_argument("OTLP protobuf: more than 4 GiB in one request");
  }
  return TracesDecoder(as_text(request), batch, this_thread_scratch()).run();
}

}  // namespace cairn::wire::otlp
