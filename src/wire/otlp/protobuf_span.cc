// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp/protobuf_span.h"

#include "wire/otlp/fields.h"

namespace cairn::wire::otlp {
namespace {

using model::RejectionReason;
using protobuf::bytes_tag;
using protobuf::fixed32_tag;
using protobuf::fixed64_tag;
using protobuf::Reader;
using protobuf::varint_tag;

struct Ids {
  std::string_view trace;
  std::string_view span;
  std::string_view parent;
};

class SpanDecoder {
 public:
  explicit SpanDecoder(Decoding& decoding) : decoding_(decoding) {}
  std::optional<RejectionReason> run(std::string_view message, model::Span& span);

 private:
  bool fields(std::string_view message, model::Span& span, Ids& ids);
  bool event_or_link_or_status(std::uint32_t field, std::string_view message, model::Span& span);
  bool status(std::string_view message, model::Status& status);
  bool event(std::string_view message);
  bool link(std::string_view message);

  Decoding& decoding_;
  RejectionReason reason_ = RejectionReason::kMalformedSpan;  // if reading fails
};

std::optional<RejectionReason> SpanDecoder::run(std::string_view message, model::Span& span) {
  Ids ids;
  if (!fields(message, span, ids)) {
    return decoding_.budget.has_refused() ? RejectionReason::kTooLarge : reason_;
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

// The fields that nearly every span begins with, in the order of their numbers, as encoders write
// them. A guess that holds is cheaper than a switch; one that fails costs little.
[[gnu::always_inline]] inline void usual_fields(Reader& r, model::Span& span, Ids& ids) {
  if (r.next_if(bytes_tag(field::span::kTraceId))) ids.trace = r.bytes();
  if (r.next_if(bytes_tag(field::span::kSpanId))) ids.span = r.bytes();
  if (r.next_if(bytes_tag(field::span::kParentSpanId))) ids.parent = r.bytes();
  if (r.next_if(bytes_tag(field::span::kName))) span.name = r.bytes();
  if (r.next_if(varint_tag(field::span::kKind))) {
    span.kind = static_cast<model::SpanKind>(r.varint());
  }
  if (r.next_if(fixed64_tag(field::span::kStartTime))) span.start.unix_nanos = r.fixed64();
  if (r.next_if(fixed64_tag(field::span::kEndTime))) span.end.unix_nanos = r.fixed64();
}

bool SpanDecoder::fields(std::string_view message, model::Span& span, Ids& ids) {
  bool lists = false;
  UnknownFields unknown(decoding_.scratch.unknown);
  Reader r(message);
  usual_fields(r, span, ids);
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
        do {
          if (!decoding_.span_attribute(r.bytes())) return false;
        } while (r.next_if(bytes_tag(field::span::kAttributes)));
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
        lists = true;
        if (!event_or_link_or_status(r.field_number(), r.bytes(), span)) return false;
        break;
      case fixed32_tag(field::span::kFlags):
        span.flags = r.fixed32();
        break;
      default:
        other_field(r, field::span::kLast, unknown);
    }
  }
  if (!decoding_.finished(r)) return false;
  span.attributes = decoding_.span_attributes.take();
  if (lists) {  // of this span alone: spans do not nest
    span.events = decoding_.scratch.events.take(0, decoding_.batch.arena);
    span.links = decoding_.scratch.links.take(0, decoding_.batch.arena);
  }
  span.unknown_fields = unknown.take(decoding_.batch.arena);
  return true;
}

bool SpanDecoder::event_or_link_or_status(std::uint32_t field, std::string_view message,
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
bool SpanDecoder::status(std::string_view message, model::Status& status) {
  UnknownFields unknown(decoding_.scratch.unknown);
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
  return decoding_.finished(r) && decoding_.add_unknown(unknown, status.unknown_fields);
}

bool SpanDecoder::event(std::string_view message) {
  if (!decoding_.budget.spend(sizeof(model::Event))) return false;
  const std::size_t attributes = decoding_.scratch.attributes.mark();
  model::Event made;
  UnknownFields unknown(decoding_.scratch.unknown);
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
        if (!decoding_.attribute(r.bytes())) return false;
        break;
      case varint_tag(field::event::kDroppedAttributesCount):
        made.dropped_attributes_count = uint32(r);
        break;
      default:
        other_field(r, field::event::kLast, unknown);
    }
  }
  if (!decoding_.finished(r)) return false;
  made.attributes = decoding_.take_attributes(attributes);
  made.unknown_fields = unknown.take(decoding_.batch.arena);
  decoding_.scratch.events.add() = made;
  return true;
}

bool SpanDecoder::link(std::string_view message) {
  if (!decoding_.budget.spend(sizeof(model::Link))) return false;
  const std::size_t attributes = decoding_.scratch.attributes.mark();
  model::Link made;
  Ids ids;
  UnknownFields unknown(decoding_.scratch.unknown);
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
        if (!decoding_.attribute(r.bytes())) return false;
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
  if (!decoding_.finished(r)) return false;
  if (!made.trace_id.assign(as_bytes(ids.trace)) || !made.span_id.assign(as_bytes(ids.span))) {
    reason_ = RejectionReason::kInvalidLink;
    return false;
  }
  made.attributes = decoding_.take_attributes(attributes);
  made.unknown_fields = unknown.take(decoding_.batch.arena);
  decoding_.scratch.links.add() = made;
  return true;
}

}  // namespace

std::optional<RejectionReason> decode_span(Decoding& decoding, std::string_view message,
                                           model::Span& span) {
  return SpanDecoder(decoding).run(message, span);
}

}  // namespace cairn::wire::otlp
