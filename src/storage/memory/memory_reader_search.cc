// SPDX-License-Identifier: Apache-2.0
//
// Search: traces in the order of the answer, each evaluated until the page is full.
#include <algorithm>

#include "storage/api/trace_summary.h"
#include "storage/memory/memory_reader.h"

namespace cairn::storage::memory {
namespace {

// The listed traces that come after the cursor, in the order of the answer.
std::vector<SearchCursor> candidates(const std::vector<TraceOutline>& outlines,
                                     const SearchRequest& request) {
  std::vector<SearchCursor> found;
  found.reserve(outlines.size());
  for (const TraceOutline& outline : outlines) {
    const SearchCursor place{order_value(request.order, outline.start, outline.duration),
                             outline.id};
    if (!request.after || comes_before(*request.after, place)) found.push_back(place);
  }
  std::ranges::sort(found, comes_before);
  return found;
}

TraceSummary summarize_match(const PinnedTrace& trace, const SearchRequest& request,
                             const ConditionMatcher& matcher) {
  TraceSummary summary = summarize(trace.spans);
  summary.matched = matcher.matched_spans(trace.spans, request.range, request.matched_spans);
  return summary;
}

}  // namespace

Result<SearchPage> MemoryTraceReader::search(const ReadContext& context,
                                             const SearchRequest& request) {
  if (request.limit == 0) return invalid_argument("search: limit 0");
  ASSIGN_OR_RETURN(const ConditionMatcher matcher, ConditionMatcher::for_traces(request.condition));
  SearchPage page;
  const auto place_of = [&](const TraceSummary& summary) {
    return SearchCursor{order_value(request.order, summary), summary.id};
  };
  for (const SearchCursor& candidate :
       candidates(state_.list(context.tenant, request.range), request)) {
    if (context.deadline.passed()) {
      page.completeness = out_of_time(context.deadline);
      break;
    }
    const PinnedTrace trace = state_.pin(context.tenant, candidate.trace_id);
    if (!matcher.matches_trace(trace.spans, request.range)) continue;
    if (page.traces.size() == request.limit) {
      page.next = place_of(page.traces.back());
      break;
    }
    page.traces.push_back(summarize_match(trace, request, matcher));
  }
  return page;
}

}  // namespace cairn::storage::memory
