// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/zipkin_json.h"

#include <algorithm>
#include <vector>

#include <cairn/trace/span_view.h>

#include "sdk/export/formats/json/json_appender.h"
#include "sdk/export/formats/json/value_text.h"
#include "sdk/export/formats/span_words.h"
#include "sdk/export/formats/zipkin_endpoint.h"

namespace cairn::trace::formats {
namespace {

class ZipkinWriter {
 public:
  ZipkinWriter(const SpanBatch& batch, std::string& out)
      : batch_(batch), service_name_(service_name_of(batch)), json_(out) {}

  void write_batch() {
    json_.begin_array();
    for_each_span(
        batch_, [this](const ScopeSpans& scope, const SpanView& span) { write_span(scope, span); });
    json_.end_array();
  }

 private:
  void write_span(const ScopeSpans& scope, const SpanView& span);
  void write_kind(SpanKind kind);
  void write_times(const SpanView& span);
  void write_remote(const SpanView& span);
  void write_annotations(const SpanView& span);
  void write_annotation(const EventView& event);
  void write_tags(const ScopeSpans& scope, const SpanView& span);
  void write_attributes(AttributeCursor cursor);

  // The first tag of a key counts.
  bool is_new(std::string_view key) {
    if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) return false;
    keys_.push_back(key);
    return true;
  }
  void tag(std::string_view key, std::string_view text) {
    if (is_new(key)) json_.key(key).string(text);
  }
  void count_tag(std::string_view key, std::uint32_t count) {
    if (count == 0) return;
    text_.clear();
    append_number(std::uint64_t{count}, text_);
    tag(key, text_);
  }

  const SpanBatch& batch_;
  const std::string_view service_name_;
  JsonAppender json_;
  std::vector<std::string_view> keys_;  // of the tags of this span
  std::string text_;                    // kept for its memory
};

void ZipkinWriter::write_span(const ScopeSpans& scope, const SpanView& span) {
  json_.begin_object();
  json_.key("traceId").hex(span.trace_id.bytes, sizeof span.trace_id.bytes);
  if (span.parent_span_id.is_valid()) {
    json_.key("parentId").hex(span.parent_span_id.bytes, sizeof span.parent_span_id.bytes);
  }
  json_.key("id").hex(span.span_id.bytes, sizeof span.span_id.bytes);
  write_kind(span.kind);
  if (!span.name.empty()) json_.key("name").string(span.name);
  write_times(span);
  json_.key("localEndpoint").begin_object();
  json_.key("serviceName").string(service_name_);
  json_.end_object();
  write_remote(span);
  write_annotations(span);
  write_tags(scope, span);
  if (is_debugged(span)) json_.key("debug").boolean(true);
  json_.end_object();
}

// Internal is no kind.
void ZipkinWriter::write_kind(SpanKind kind) {
  constexpr std::string_view kNames[] = {"SERVER", "CLIENT", "PRODUCER", "CONSUMER"};
  if (kind == SpanKind::kInternal) return;
  json_.key("kind").string(kNames[static_cast<int>(kind) - static_cast<int>(SpanKind::kServer)]);
}

// Zipkin takes a zero for "not known".
void ZipkinWriter::write_times(const SpanView& span) {
  json_.key("timestamp").number(std::max(to_micros(span.start_unix_nanos), std::uint64_t{1}));
  json_.key("duration").number(std::max(duration_micros(span), std::uint64_t{1}));
}

void ZipkinWriter::write_remote(const SpanView& span) {
  const ZipkinEndpoint remote = remote_endpoint(span);
  if (remote.empty()) return;
  json_.key("remoteEndpoint").begin_object();
  if (!remote.service_name.empty()) json_.key("serviceName").string(remote.service_name);
  if (!remote.address.empty()) json_.key(remote.is_ipv6 ? "ipv6" : "ipv4").string(remote.address);
  if (remote.port != 0) json_.key("port").number(std::uint32_t{remote.port});
  json_.end_object();
}

void ZipkinWriter::write_annotations(const SpanView& span) {
  SpanBytes rest = span.message;
  EventView event;
  if (!SpanView::next_event(rest, event)) return;
  json_.key("annotations").begin_array();
  do {
    write_annotation(event);
  } while (SpanView::next_event(rest, event));
  json_.end_array();
}

void ZipkinWriter::write_annotation(const EventView& event) {
  json_.begin_object();
  json_.key("timestamp").number(to_micros(event.time_unix_nanos));
  json_.key("value");
  AttributeView first;
  AttributeCursor cursor = event.attributes();
  if (event.dropped_attributes == 0 && !cursor.next(first)) {
    json_.string(event.name);
  } else {
    text_.clear();
    JsonAppender value(text_);
    value.key(event.name).begin_object();
    append_members(event.attributes(), value);
    if (event.dropped_attributes != 0) {
      value.key(kDroppedAttributes).number(event.dropped_attributes);
    }
    value.end_object();
    json_.string(text_);
  }
  json_.end_object();
}

void ZipkinWriter::write_tags(const ScopeSpans& scope, const SpanView& span) {
  keys_.clear();
  keys_.push_back(kServiceName);  // said elsewhere
  keys_.push_back(kDebug);
  json_.key("tags").begin_object();
  if (span.status != StatusCode::kUnset) tag(kStatusCode, word_of(span.status));
  if (span.status == StatusCode::kError) tag(kError, span.status_message);
  if (!span.trace_state.empty()) tag(kTraceState, span.trace_state);
  for (const std::string_view key : {kScopeName, kLibraryName}) {
    if (!scope.name.empty()) tag(key, scope.name);
  }
  for (const std::string_view key : {kScopeVersion, kLibraryVersion}) {
    if (!scope.version.empty()) tag(key, scope.version);
  }
  count_tag(kDroppedAttributes, span.dropped_attributes);
  count_tag(kDroppedEvents, span.dropped_events);
  count_tag(kDroppedLinks, span.dropped_links);
  write_attributes(span.attributes());
  write_attributes(AttributeCursor(scope.scope, 3));
  write_attributes(resource_attributes(batch_));
  json_.end_object();
}

// To Zipkin the tag `error` says that the span failed, whatever its value.
void ZipkinWriter::write_attributes(AttributeCursor cursor) {
  for (AttributeView attribute; cursor.next(attribute);) {
    text_.clear();
    append_text(attribute.value, text_);
    if (attribute.key == kError && text_ == "false") continue;
    tag(attribute.key, text_);
  }
}

}  // namespace

std::string to_zipkin_json(const SpanBatch& batch) {
  std::string out;
  out.reserve(batch.byte_count * 3);
  ZipkinWriter(batch, out).write_batch();
  return out;
}

}  // namespace cairn::trace::formats
