// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/v1/span.h"

namespace cairn::wire::zipkin::v1 {
namespace {

// How a kind's begin, end and other side are called.
struct Words {
  std::string_view begin;
  std::string_view end;
  std::string_view address;
};

Words words_of(Kind kind, bool has_end) {
  switch (kind) {
    case Kind::kClient:
      return {"cs", "cr", "sa"};
    case Kind::kServer:
      return {"sr", "ss", "ca"};
    case Kind::kProducer:
      return {"ms", "ws", "ma"};
    case Kind::kConsumer:
      return has_end ? Words{"wr", "mr", "ma"} : Words{"mr", {}, "ma"};
    case Kind::kNone:
      break;
  }
  return {{}, {}, "sa"};
}

}  // namespace

void to_v1(const zipkin::Span& span, Span& to) {
  to.clear();
  to.trace_id = span.trace_id;
  to.id = span.id;
  to.parent_id = span.parent_id;
  to.name = span.name;
  to.debug = span.debug;
  if (!span.shared) {  // else the times are the client's
    to.timestamp = span.timestamp;
    to.duration = span.duration;
  }
  const bool has_begin = span.timestamp > 0;
  const bool has_end = has_begin && span.duration > 0;
  const Words words = words_of(span.kind, has_end);
  const auto start = static_cast<std::uint64_t>(span.timestamp);
  if (has_begin && !words.begin.empty()) {
    to.annotations.push_back({start, words.begin, span.local});
  }
  for (const zipkin::Annotation& annotation : span.annotations) {
    to.annotations.push_back({annotation.timestamp, annotation.value, span.local});
  }
  if (has_end && !words.end.empty()) {
    const auto lasts = static_cast<std::uint64_t>(span.duration);
    to.annotations.push_back({start + lasts, words.end, span.local});
  }
  for (const Tag& tag : span.tags) {
    to.binary_annotations.push_back({tag.key, tag.value, span.local});
  }
  if (to.annotations.empty() && to.binary_annotations.empty() && !span.local.empty()) {
    to.binary_annotations.push_back({"lc", model::AnyValue::string(""), span.local});
  }
  if (!span.remote.empty()) {
    to.binary_annotations.push_back({words.address, model::AnyValue::boolean(true), span.remote});
  }
}

}  // namespace cairn::wire::zipkin::v1
