// SPDX-License-Identifier: Apache-2.0
//
// MemoryTraceReader: every question answered by brute force over pinned traces.
// A call lists the traces first and looks at each one later: a trace that changes meanwhile is seen
// as it is when its turn comes, one that goes is not seen.
#pragma once

#include <functional>

#include "storage/api/condition_matcher.h"
#include "storage/api/trace_reader.h"
#include "storage/memory/memory_state.h"

namespace cairn::storage::memory {

// Thread rule: as TraceReader; holds no state of its own. Ownership: `state` outlives it.
class MemoryTraceReader final : public TraceReader {
 public:
  explicit MemoryTraceReader(MemoryState& state) : state_(state) {}

  const Capabilities& capabilities() const override;
  Result<Completeness> traces(const ReadContext& context, const TracesRequest& request,
                              const TraceSink& sink) override;
  Result<SearchPage> search(const ReadContext& context, const SearchRequest& request) override;
  Result<Completeness> scan(const ReadContext& context, const ScanRequest& request,
                            const ScanSink& sink) override;
  Result<AggregateResult> aggregate(const ReadContext& context,
                                    const AggregateRequest& request) override;
  Result<NamesResult> names(const ReadContext& context, const NamesRequest& request) override;
  Result<ValuesResult> values(const ReadContext& context, const ValuesRequest& request) override;

 private:
  // Receives the matching spans of one trace, at least one; false stops.
  using MatchVisitor =
      std::function<bool(const PinnedTrace& trace, std::span<const SpanRef> matching)>;

  // Shows the spans that start in `range` and match; a null matcher matches all. What was found is
  // shown before a deadline ends the walk.
  Completeness visit_matches(const ReadContext& context, const TimeRange& range,
                             const ConditionMatcher* matcher, const MatchVisitor& visit);

  MemoryState& state_;
};

// How much of the work is done between two looks at the clock.
inline constexpr std::size_t kSpansPerDeadlineCheck = 1024;

inline Completeness out_of_time(const Deadline& deadline) {
  return Completeness::partial(deadline.cancelled.stop_requested() ? "cancelled" : "deadline");
}

}  // namespace cairn::storage::memory
