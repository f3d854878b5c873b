// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <utility>

#include <cairn/testing.h>

namespace cairn::trace {
namespace {

using AttributeTexts = std::map<std::string, std::string>;

// Values within values deeper than this are shown as "...": recursion is bounded.
constexpr int kMaxDepth = 16;

template <class Number>
void append_number(Number number, std::string& out) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

void append_value(const AnyValueView& value, int depth, std::string& out);

void append_list(SpanBytes list, int depth, std::string& out) {
  const char* separator = "";
  out += '[';
  for (AnyValueView element; AnyValueView::next(list, element); separator = ", ") {
    out += separator;
    append_value(element, depth, out);
  }
  out += ']';
}

void append_map(SpanBytes map, int depth, std::string& out) {
  const char* separator = "";
  AttributeCursor cursor(map, 1);
  out += '{';
  for (AttributeView entry; cursor.next(entry); separator = ", ") {
    out += separator;
    out += entry.key;
    out += ": ";
    append_value(entry.value, depth, out);
  }
  out += '}';
}

void append_value(const AnyValueView& value, int depth, std::string& out) {
  using Type = AnyValueView::Type;
  switch (value.type) {
    case Type::kEmpty:
      return;
    case Type::kBool:
      out += value.bool_value ? "true" : "false";
      return;
    case Type::kInt:
      return append_number(value.int_value, out);
    case Type::kDouble:
      return append_number(value.double_value, out);
    case Type::kString:
    case Type::kBytes:
      out += value.text;
      return;
    case Type::kArray:
    case Type::kMap:
      if (depth == kMaxDepth) {
        out += "...";
      } else if (value.type == Type::kArray) {
        append_list(value.elements, depth + 1, out);
      } else {
        append_map(value.elements, depth + 1, out);
      }
      return;
  }
}

AttributeTexts to_texts(AttributeCursor cursor) {
  AttributeTexts texts;
  for (AttributeView attribute; cursor.next(attribute);) {
    std::string text;
    append_value(attribute.value, 0, text);
    texts.insert_or_assign(std::string(attribute.key), std::move(text));
  }
  return texts;
}

void add_events(const SpanView& span, FinishedSpan& out) {
  SpanBytes rest = span.message;
  for (EventView event; SpanView::next_event(rest, event);) {
    out.events.push_back(
        {std::string(event.name), to_texts(event.attributes()), event.time_unix_nanos});
  }
}

void add_links(const SpanView& span, FinishedSpan& out) {
  SpanBytes rest = span.message;
  for (LinkView link; SpanView::next_link(rest, link);) {
    out.links.push_back({link.context, to_texts(link.attributes())});
  }
}

}  // namespace

FinishedSpan to_finished_span(const ScopeSpans& scope, const SpanView& span) {
  FinishedSpan out;
  out.scope = scope.name;
  out.name = span.name;
  out.kind = span.kind;
  out.context.trace_id = span.trace_id;
  out.context.span_id = span.span_id;
  out.context.flags.bits = static_cast<std::uint8_t>(span.flags);
  out.context.trace_state = TraceState::from_header(span.trace_state);
  out.parent_span_id = span.parent_span_id;
  out.flags = span.flags;
  out.start_unix_nanos = span.start_unix_nanos;
  out.end_unix_nanos = span.end_unix_nanos;
  out.attributes = to_texts(span.attributes());
  add_events(span, out);
  add_links(span, out);
  out.status = span.status;
  out.status_message = span.status_message;
  out.dropped_attributes = span.dropped_attributes;
  out.dropped_events = span.dropped_events;
  out.dropped_links = span.dropped_links;
  return out;
}

ExportResult MemoryExporter::export_batch(const SpanBatch& batch,
                                          const ExportDeadline& /*deadline*/) noexcept {
  std::vector<FinishedSpan> arrived;
  arrived.reserve(batch.span_count);
  for_each_span(batch, [&](const ScopeSpans& scope, const SpanView& span) {
    arrived.push_back(to_finished_span(scope, span));
  });
  AttributeTexts resource = to_texts(resource_attributes(batch));
  const std::lock_guard lock(mutex_);
  for (FinishedSpan& span : arrived) spans_.push_back(std::move(span));
  resource_ = std::move(resource);
  ExportResult result;
  result.code = ExportResult::Code::kSent;
  return result;
}

std::vector<FinishedSpan> MemoryExporter::spans() const {
  const std::lock_guard lock(mutex_);
  return spans_;
}

FinishedSpan MemoryExporter::span(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (const FinishedSpan& span : spans_) {
    if (span.name == name) return span;
  }
  return {};
}

std::map<std::string, std::string> MemoryExporter::resource() const {
  const std::lock_guard lock(mutex_);
  return resource_;
}

void MemoryExporter::clear() {
  const std::lock_guard lock(mutex_);
  spans_.clear();
  resource_.clear();
}

}  // namespace cairn::trace
