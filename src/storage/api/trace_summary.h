// SPDX-License-Identifier: Apache-2.0
//
// TraceSummary computed from spans: the one definition of root, start, duration and counts that
// engines and the query layer share. The words are those of TraceSummary (trace_reader.h).
#pragma once

#include <map>
#include <string>

#include "storage/api/span_ref.h"
#include "storage/api/trace_reader.h"

namespace cairn::storage {

// Collects one trace, span by span, in any order. Duplicates must have been removed.
// Thread rule: one thread. Ownership: keeps nothing of what it is given.
class TraceSummarizer {
 public:
  void add(const model::Batch& batch, const model::Span& span);

  // What was added so far. `matched` is empty. Without spans: a default TraceSummary.
  TraceSummary summary() const;

 private:
  bool comes_before_root(const model::Span& span, std::string_view service) const;

  TraceSummary summary_;
  std::map<std::string, ServiceSummary, std::less<>> services_;
  model::Timestamp last_end_;
  model::Timestamp root_start_;
  model::SpanId root_id_;
};

TraceSummary summarize(TraceView trace);

// The value that `order` sorts by: the start in unix nanoseconds, saturated at 2^63 - 1, or the
// duration in nanoseconds.
std::int64_t order_value(SearchOrder order, model::Timestamp start, Duration duration);
inline std::int64_t order_value(SearchOrder order, const TraceSummary& summary) {
  return order_value(order, summary.start, summary.duration);
}

// Whether `a` comes before `b` in an answer: the higher value, then the higher trace id.
inline bool comes_before(const SearchCursor& a, const SearchCursor& b) {
  return a.order_value != b.order_value ? a.order_value > b.order_value : a.trace_id > b.trace_id;
}

}  // namespace cairn::storage
