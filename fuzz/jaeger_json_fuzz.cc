// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's JSON: any text decodes or is refused, as traces of the UI and as one span. What decodes
// survives protobuf, and the UI's JSON of it is a fixed point.
#include <algorithm>

#include "otlp_property.h"
#include "wire/jaeger/json.h"
#include "wire/jaeger/json_decode.h"
#include "wire/jaeger/protobuf.h"

using namespace cairn;

namespace {

std::string trace_of(const model::Batch& batch) {
  std::string json;
  wire::jaeger::append_trace(json, batch, {}, {});
  return json;
}

// What a sender calls a trace may hold spans of several.
bool is_one_trace(const model::Batch& batch) {
  return !batch.empty() && std::ranges::all_of(batch.spans, [&batch](const model::Span& span) {
    return span.trace_id == batch.spans.front().trace_id;
  });
}

void check(const model::Batch& batch) {
  const std::string encoded = wire::jaeger::encode_post_spans(batch);
  model::Batch again;
  const auto rejected = wire::jaeger::decode_post_spans(as_bytes(encoded), again);
  fuzz::require(rejected && !rejected->any(), "the protobuf decodes whole");
  fuzz::require_equal(batch, again, "the protobuf is the same");
  if (!is_one_trace(batch)) return;
  // The first time, placeholders may take the place of missing names, and negative durations end.
  const std::string json = trace_of(batch);
  model::Batch first;
  const auto json_rejected = wire::jaeger::decode_ui_json(as_bytes(json), first);
  fuzz::require(json_rejected && !json_rejected->any(), "the JSON decodes whole");
  fuzz::require(trace_of(first) == json, "the JSON is a fixed point");
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostInput) return 0;
  const ByteView input(reinterpret_cast<const std::byte*>(data), size);
  model::Batch batch;
  if (wire::jaeger::decode_ui_json(input, batch)) {
    check(batch);
  } else {
    fuzz::require(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty(),
                  "a failed decode leaves nothing");
  }
  model::Batch lone;
  if (wire::jaeger::decode_span_json(input, lone)) {
    check(lone);
  } else {
    fuzz::require(lone.spans.empty() && lone.scopes.empty() && lone.resources.empty(),
                  "a failed decode leaves nothing");
  }
  return 0;
}
