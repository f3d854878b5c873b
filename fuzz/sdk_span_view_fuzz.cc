// SPDX-License-Identifier: Apache-2.0
//
// Any bytes, taken for a TracesData, for repeated spans, for one span and for one value: SpanView
// shows nothing that lies outside of them, and every format is written from them, of a size that
// the input bounds; what claims to be JSON is.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <cairn/trace/span_view.h>
#include <nlohmann/json.hpp>

#include "sdk/export/formats/jaeger_thrift.h"
#include "sdk/export/formats/otlp_json.h"
#include "sdk/export/formats/zipkin_json.h"
#include "sdk/trace/protobuf_reader.h"

using namespace cairn::trace;

namespace {

constexpr std::size_t kMostInput = 16 * 1024;
constexpr std::size_t kMostDatagram = 1024;
constexpr int kMostDepth = 100;
// Characters for each byte of input: an empty Span of two bytes becomes two ids and some names.
constexpr std::size_t kGrowth = 200;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Walks all that a view shows, and looks whether it lies within `whole`.
class Walker {
 public:
  explicit Walker(SpanBytes whole) : whole_(whole) {}

  void span(const SpanView& span) {
    inside(span.message.data, span.message.size);
    text(span.trace_state);
    text(span.name);
    text(span.status_message);
    attributes(span.attributes(), 0);
    SpanBytes rest = span.message;
    for (EventView event; SpanView::next_event(rest, event);) {
      inside(event.message.data, event.message.size);
      text(event.name);
      attributes(event.attributes(), 0);
    }
    rest = span.message;
    for (LinkView link; SpanView::next_link(rest, link);) {
      inside(link.message.data, link.message.size);
      attributes(link.attributes(), 0);
    }
    AnyValueView value;
    if (span.find("error", value)) any(value, 0);
  }

  void any(const AnyValueView& value, int depth) {
    text(value.text);
    inside(value.elements.data, value.elements.size);
    if (depth == kMostDepth) return;
    if (value.type == AnyValueView::Type::kMap) {
      return attributes(AttributeCursor(value.elements, 1), depth + 1);
    }
    SpanBytes rest = value.elements;
    for (AnyValueView element; AnyValueView::next(rest, element);) any(element, depth + 1);
  }

 private:
  void attributes(AttributeCursor cursor, int depth) {
    for (AttributeView attribute; cursor.next(attribute);) {
      text(attribute.key);
      any(attribute.value, depth);
    }
  }
  void text(std::string_view view) {
    inside(reinterpret_cast<const std::uint8_t*>(view.data()), view.size());
  }
  void inside(const std::uint8_t* data, std::size_t size) const {
    if (data == nullptr) return require(size == 0, "nothing has no size");
    require(data >= whole_.data && data + size <= whole_.data + whole_.size, "views lie inside");
  }

  SpanBytes whole_;
};

// As lenient as SpanView: the last resource, all scopes. A ScopeSpans serves as its spans, since
// readers skip the fields that are no spans.
SpanBatch batch_of(SpanBytes traces) {
  SpanBatch batch;
  ProtobufReader reader(traces);
  for (ProtobufReader::Field resource_spans; reader.next(resource_spans);) {
    if (resource_spans.tag != bytes_tag(1)) continue;
    ProtobufReader inner(resource_spans.bytes);
    for (ProtobufReader::Field field; inner.next(field);) {
      if (field.tag == bytes_tag(1)) batch.resource = field.bytes;
      if (field.tag == bytes_tag(3)) batch.resource_schema_url = field.text();
      if (field.tag != bytes_tag(2)) continue;
      ScopeSpans& scope = batch.scopes.emplace_back();
      scope.spans.push_back(field.bytes);
      ProtobufReader fields(field.bytes);
      for (ProtobufReader::Field part; fields.next(part);) {
        if (part.tag == bytes_tag(1)) scope.scope = part.bytes;
        if (part.tag == bytes_tag(3)) scope.schema_url = part.text();
      }
      ProtobufReader names(scope.scope);
      for (ProtobufReader::Field part; names.next(part);) {
        if (part.tag == bytes_tag(1)) scope.name = part.text();
        if (part.tag == bytes_tag(2)) scope.version = part.text();
      }
    }
  }
  return batch;
}

// Each span brings its scope and the resource.
void write_all(const SpanBatch& batch, std::size_t input) {
  std::size_t spans = 0, told = 0;
  for_each_span(batch, [&](const ScopeSpans& scope, const SpanView&) {
    ++spans;
    told += scope.scope.size + batch.resource.size;
  });
  const std::size_t most = kGrowth * (input + told + 10);
  const std::string otlp = formats::to_otlp_json(batch);
  require(otlp.size() <= most, "OTLP JSON is bounded");
  require(nlohmann::json::accept(otlp), "OTLP JSON is JSON");
  const std::string zipkin = formats::to_zipkin_json(batch);
  require(zipkin.size() <= most, "Zipkin JSON is bounded");
  require(nlohmann::json::accept(zipkin), "Zipkin JSON is JSON");
  require(formats::to_jaeger_binary(batch).size() <= most, "Jaeger Thrift is bounded");
  std::size_t dropped = 0;
  const auto datagrams = formats::to_jaeger_datagrams(batch, kMostDatagram, dropped);
  require(datagrams.size() + dropped <= spans, "a datagram holds a span");
  for (const std::string& datagram : datagrams) {
    require(datagram.size() <= kMostDatagram, "a datagram fits");
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMostInput) return 0;
  const SpanBytes input{data, size};
  Walker walker(input);
  walker.span(SpanView(input));
  walker.any(AnyValueView(input), 0);
  SpanBytes rest = input;
  for (SpanView span; next_span(rest, span);) walker.span(span);

  write_all(batch_of(input), size);
  SpanBatch plain;
  plain.resource = input;
  plain.scopes.push_back({"scope", "1", {}, input, {input}, 0});
  write_all(plain, size);
  return 0;
}
