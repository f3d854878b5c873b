// SPDX-License-Identifier: Apache-2.0
//
// A model::Batch's spans in Zipkin's words: what every writer is given. The inverse of
// BatchBuilder; of spans that came in another way it says what Zipkin has words for.
// Source: OpenTelemetry specification, "OpenTelemetry to Zipkin Transformation".
#pragma once

#include "base/arena.h"
#include "model/batch.h"
#include "wire/zipkin/endpoint_words.h"
#include "wire/zipkin/span.h"

namespace cairn::wire::zipkin {

// Thread rule: one thread at a time. Ownership: `batch` outlives it.
class SpanViews {
 public:
  explicit SpanViews(const model::Batch& batch) : batch_(batch) {}

  // `span`, of the batch. Valid until the next call. Cost: keeps its memory from call to call.
  const Span& of(const model::Span& span);

 private:
  // Which attributes of the span in hand are no tags.
  struct Endpoints {
    // The attribute that is the endpoint's word; null when there is none.
    std::array<const model::Attribute*, kEndpointWords.size()> words{};
    std::array<const model::Attribute*, kEndpointWords.size()> reserved{};
  };

  void read_times(const model::Span& span);
  Endpoints find_endpoints(const model::Span& span);
  void read_endpoints(const Endpoints& found);
  void read_flag(const model::Attribute& attribute);
  void add_resource_and_scope(const model::Span& span);
  void add_attributes(const model::Span& span, const Endpoints& found);
  void add_status(const model::Span& span);
  void add_counts(const model::Span& span);
  void add_annotations(const model::Span& span);
  void add_tag(std::string_view key, std::string_view value) {
    lists_.tags.push_back({key, model::AnyValue::string(value)});
  }
  std::string_view event_text(const model::Event& event);

  const model::Batch& batch_;
  Arena arena_;
  Lists lists_;
  Span made_;
};

}  // namespace cairn::wire::zipkin
