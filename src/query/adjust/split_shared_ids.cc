// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "query/adjust/adjust.h"

namespace cairn::query::adjust {
namespace {

using model::SpanId;
using model::SpanKind;

// The smallest integers that are no span's id yet.
class FreshIds {
 public:
  explicit FreshIds(const model::Batch& batch) {
    for (const model::Span& span : batch.spans) used_.insert(span.span_id);
  }

  SpanId next() {
    SpanId id;
    do {
      id = id_of(++last_);
    } while (!used_.insert(id).second);
    return id;
  }

 private:
  static SpanId id_of(std::uint64_t number) {
    SpanId id;
    for (std::size_t i = id.bytes.size(); i-- > 0; number >>= 8) {
      id.bytes[i] = static_cast<std::byte>(number & 0xff);
    }
    return id;
  }

  std::unordered_set<SpanId> used_;
  std::uint64_t last_ = 0;
};

}  // namespace

void split_shared_ids(Trace& trace) {
  std::vector<model::Span>& spans = trace.batch.spans;
  std::unordered_set<SpanId> of_clients;
  for (const model::Span& span : spans) {
    if (span.kind == SpanKind::kClient) of_clients.insert(span.span_id);
  }
  const auto is_shared = [&](const model::Span& span) {
    return span.kind == SpanKind::kServer && of_clients.contains(span.span_id);
  };
  if (std::ranges::none_of(spans, is_shared)) return;
  FreshIds fresh(trace.batch);
  std::unordered_map<SpanId, SpanId> server_of;  // shared id → the first server span's new id
  std::unordered_set<SpanId> renamed;
  for (model::Span& span : spans) {
    if (!is_shared(span)) continue;
    const SpanId shared = span.span_id;
    span.span_id = fresh.next();
    span.parent_span_id = shared;
    server_of.try_emplace(shared, span.span_id);
    renamed.insert(span.span_id);
  }
  for (model::Span& span : spans) {
    const auto server = server_of.find(span.parent_span_id);
    if (server == server_of.end() || renamed.contains(span.span_id)) continue;
    span.parent_span_id = server->second;
  }
}

}  // namespace cairn::query::adjust
