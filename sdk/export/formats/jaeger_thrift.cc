// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/jaeger_thrift.h"

#include <cairn/trace/span_view.h>

#include "sdk/export/formats/json/value_text.h"
#include "sdk/export/formats/span_words.h"
#include "sdk/export/formats/thrift_writer.h"

namespace cairn::trace::formats {
namespace {

using Type = AnyValueView::Type;

// jaeger.thrift's TagType and SpanRefType.
enum TagType : std::int32_t { kString = 0, kDouble = 1, kBool = 2, kLong = 3, kBinary = 4 };
constexpr std::int32_t kFollowsFrom = 1;
// Span.flags.
constexpr std::int32_t kSampled = 1;
constexpr std::int32_t kDebugged = 2;

// Eight bytes of an id, big-endian, as Thrift's signed number.
std::int64_t to_signed(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return static_cast<std::int64_t>(value);
}

// Turns spans into structs; its lists are kept for their memory.
template <class Wire>
class JaegerWriter {
 public:
  using Struct = ThriftStruct<Wire>;
  using List = ThriftList<Wire>;

  void write_process(const SpanBatch& batch, std::string& out);
  void write_span(const ScopeSpans& scope, const SpanView& span, std::string& out);

 private:
  void text_tag(std::string_view key, std::string_view text, List& to);
  void number_tag(std::string_view key, std::int64_t number, List& to);
  void count_tag(std::string_view key, std::uint32_t count, List& to) {
    if (count != 0) number_tag(key, count, to);
  }
  void true_tag(std::string_view key, List& to);
  void value_tag(const AttributeView& attribute, List& to);
  void span_tags(const ScopeSpans& scope, const SpanView& span);
  void attribute_tags(const SpanView& span);
  void references(const SpanView& span);
  void logs(const SpanView& span);
  void log(const EventView& event);

  List tags_;
  List fields_;
  List references_;
  List logs_;
  std::string text_;
};

template <class Wire>
void JaegerWriter<Wire>::text_tag(std::string_view key, std::string_view text, List& to) {
  Struct tag(to.add());
  tag.text(1, key);
  tag.number32(2, kString);
  tag.text(3, text);
  tag.end();
}

template <class Wire>
void JaegerWriter<Wire>::number_tag(std::string_view key, std::int64_t number, List& to) {
  Struct tag(to.add());
  tag.text(1, key);
  tag.number32(2, kLong);
  tag.number64(6, number);
  tag.end();
}

template <class Wire>
void JaegerWriter<Wire>::true_tag(std::string_view key, List& to) {
  Struct tag(to.add());
  tag.text(1, key);
  tag.number32(2, kBool);
  tag.boolean(5, true);
  tag.end();
}

// Lists and maps are JSON text, the empty value is empty text.
template <class Wire>
void JaegerWriter<Wire>::value_tag(const AttributeView& attribute, List& to) {
  const AnyValueView& value = attribute.value;
  if (value.type == Type::kString) return text_tag(attribute.key, value.text, to);
  if (value.type == Type::kInt) return number_tag(attribute.key, value.int_value, to);
  if (value.type != Type::kBool && value.type != Type::kDouble && value.type != Type::kBytes) {
    text_.clear();
    append_text(value, text_);
    return text_tag(attribute.key, text_, to);
  }
  Struct tag(to.add());
  tag.text(1, attribute.key);
  if (value.type == Type::kBool) {
    tag.number32(2, kBool);
    tag.boolean(5, value.bool_value);
  } else if (value.type == Type::kDouble) {
    tag.number32(2, kDouble);
    tag.real(4, value.double_value);
  } else {
    tag.number32(2, kBinary);
    tag.text(7, value.text);
  }
  tag.end();
}

template <class Wire>
void JaegerWriter<Wire>::write_process(const SpanBatch& batch, std::string& out) {
  tags_.clear();
  AttributeCursor cursor = resource_attributes(batch);
  for (AttributeView attribute; cursor.next(attribute);) {
    if (attribute.key != kServiceName) value_tag(attribute, tags_);
  }
  Struct process(out);
  process.text(1, service_name_of(batch));
  if (!tags_.empty()) process.list(2, tags_);
  process.end();
}

template <class Wire>
void JaegerWriter<Wire>::span_tags(const ScopeSpans& scope, const SpanView& span) {
  constexpr std::string_view kKinds[] = {"server", "client", "producer", "consumer"};
  tags_.clear();
  if (span.kind != SpanKind::kInternal) {
    const int kind = static_cast<int>(span.kind) - static_cast<int>(SpanKind::kServer);
    text_tag("span.kind", kKinds[kind], tags_);
  }
  if (span.status != StatusCode::kUnset) text_tag(kStatusCode, word_of(span.status), tags_);
  if (!span.status_message.empty()) text_tag(kStatusDescription, span.status_message, tags_);
  if (span.status == StatusCode::kError) true_tag(kError, tags_);
  if (!span.trace_state.empty()) text_tag(kTraceState, span.trace_state, tags_);
  if (!scope.name.empty()) text_tag(kScopeName, scope.name, tags_);
  if (!scope.version.empty()) text_tag(kScopeVersion, scope.version, tags_);
  attribute_tags(span);
  AttributeCursor of_scope(scope.scope, 3);
  for (AttributeView attribute; of_scope.next(attribute);) value_tag(attribute, tags_);
  count_tag(kDroppedAttributes, span.dropped_attributes, tags_);
  count_tag(kDroppedEvents, span.dropped_events, tags_);
  count_tag(kDroppedLinks, span.dropped_links, tags_);
}

template <class Wire>
void JaegerWriter<Wire>::attribute_tags(const SpanView& span) {
  AttributeCursor cursor = span.attributes();
  for (AttributeView attribute; cursor.next(attribute);) {
    if (attribute.key == kDebug) continue;
    if (attribute.key == kError && span.status == StatusCode::kError) continue;
    value_tag(attribute, tags_);
  }
}

template <class Wire>
void JaegerWriter<Wire>::references(const SpanView& span) {
  references_.clear();
  SpanBytes rest = span.message;
  for (LinkView link; SpanView::next_link(rest, link);) {
    Struct reference(references_.add());
    reference.number32(1, kFollowsFrom);
    reference.number64(2, to_signed(link.context.trace_id.bytes + 8));
    reference.number64(3, to_signed(link.context.trace_id.bytes));
    reference.number64(4, to_signed(link.context.span_id.bytes));
    reference.end();
  }
}

// An attribute `event` outranks the event's name.
template <class Wire>
void JaegerWriter<Wire>::log(const EventView& event) {
  fields_.clear();
  bool has_event = false;
  AttributeCursor cursor = event.attributes();
  for (AttributeView attribute; cursor.next(attribute);) {
    has_event = has_event || attribute.key == "event";
    value_tag(attribute, fields_);
  }
  if (!has_event) text_tag("event", event.name, fields_);
  count_tag(kDroppedAttributes, event.dropped_attributes, fields_);
  Struct log(logs_.add());
  log.number64(1, static_cast<std::int64_t>(to_micros(event.time_unix_nanos)));
  log.list(2, fields_);
  log.end();
}

template <class Wire>
void JaegerWriter<Wire>::logs(const SpanView& span) {
  logs_.clear();
  SpanBytes rest = span.message;
  for (EventView event; SpanView::next_event(rest, event);) log(event);
}

template <class Wire>
void JaegerWriter<Wire>::write_span(const ScopeSpans& scope, const SpanView& span,
                                    std::string& out) {
  span_tags(scope, span);
  references(span);
  logs(span);
  const bool is_sampled = (span.flags & TraceFlags::kSampled) != 0;
  Struct to(out);
  to.number64(1, to_signed(span.trace_id.bytes + 8));
  to.number64(2, to_signed(span.trace_id.bytes));
  to.number64(3, to_signed(span.span_id.bytes));
  to.number64(4, to_signed(span.parent_span_id.bytes));
  to.text(5, span.name);
  if (!references_.empty()) to.list(6, references_);
  to.number32(7, (is_sampled ? kSampled : 0) | (is_debugged(span) ? kDebugged : 0));
  to.number64(8, static_cast<std::int64_t>(to_micros(span.start_unix_nanos)));
  to.number64(9, static_cast<std::int64_t>(duration_micros(span)));
  if (!tags_.empty()) to.list(10, tags_);
  if (!logs_.empty()) to.list(11, logs_);
  to.end();
}

// Agent.emitBatch calls, filled one after the other.
class Datagrams {
 public:
  Datagrams(const SpanBatch& batch, std::size_t max) : max_(max) {
    writer_.write_process(batch, process_);
  }

  // False when the span does not fit into any datagram.
  bool add(const ScopeSpans& scope, const SpanView& span) {
    span_.clear();
    writer_.write_span(scope, span, span_);
    if (kFrame + process_.size() + span_.size() > max_) return false;
    if (kFrame + process_.size() + spans_.bytes().size() + span_.size() > max_) finish();
    spans_.add() += span_;
    return true;
  }

  std::vector<std::string> take() {
    finish();
    return std::move(done_);
  }

 private:
  // The message's head (13), three field heads, the list's (6) and two ends, rounded up.
  static constexpr std::size_t kFrame = 32;

  void finish() {
    if (spans_.empty()) return;
    std::string& out = done_.emplace_back();
    out.reserve(kFrame + process_.size() + spans_.bytes().size());
    out += "\x82\x81";  // compact, version 1, oneway
    out += '\0';        // sequence number
    CompactWire::text("emitBatch", out);
    ThriftStruct<CompactWire> arguments(out);
    ThriftStruct<CompactWire> batch(arguments.nested(1));
    batch.nested(1) += process_;
    batch.list(2, spans_);
    batch.end();
    arguments.end();
    spans_.clear();
  }

  const std::size_t max_;
  JaegerWriter<CompactWire> writer_;
  std::string process_;
  std::string span_;
  ThriftList<CompactWire> spans_;
  std::vector<std::string> done_;
};

}  // namespace

std::string to_jaeger_binary(const SpanBatch& batch) {
  JaegerWriter<BinaryWire> writer;
  ThriftList<BinaryWire> spans;
  for_each_span(batch, [&](const ScopeSpans& scope, const SpanView& span) {
    writer.write_span(scope, span, spans.add());
  });
  std::string out;
  ThriftStruct<BinaryWire> message(out);
  writer.write_process(batch, message.nested(1));
  message.list(2, spans);
  message.end();
  return out;
}

std::vector<std::string> to_jaeger_datagrams(const SpanBatch& batch, std::size_t max,
                                             std::size_t& dropped) {
  Datagrams datagrams(batch, max);
  for_each_span(batch, [&](const ScopeSpans& scope, const SpanView& span) {
    if (!datagrams.add(scope, span)) ++dropped;
  });
  return datagrams.take();
}

}  // namespace cairn::trace::formats
