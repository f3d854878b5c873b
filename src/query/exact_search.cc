// SPDX-License-Identifier: Apache-2.0
#include "query/exact_search.h"

#include <algorithm>

#include "query/trace_loader.h"
#include "storage/api/condition_matcher.h"
#include "storage/api/trace_summary.h"

namespace cairn::query {
namespace {

using storage::SearchPage;
using storage::SearchRequest;
using storage::Support;
using storage::TraceSummary;

constexpr std::uint64_t kGroupSpans = 20'000;
// Pages of candidates looked at for one page of answers; beyond it the answer is partial.
constexpr int kMaxRounds = 100;

class Recheck {
 public:
  Recheck(storage::TraceReader& reader, const storage::ReadContext& context,
          const storage::ConditionMatcher& matcher, std::size_t max_trace_spans)
      : reader_(reader), context_(context), matcher_(matcher), max_trace_spans_(max_trace_spans) {}

  // Appends the candidates that hold to `page`, which takes `request.limit` at most.
  Result<void> append(SearchPage& page, std::vector<TraceSummary>& candidates,
                      const SearchRequest& request) const {
    for (std::size_t first = 0; first < candidates.size();) {
      storage::TracesRequest group{.ids = next_group(candidates, first), .hint = request.range};
      TraceLoader loader(max_trace_spans_);
      const storage::TraceSink sink = [&](const model::Batch& chunk) {
        return loader.add(chunk) || group.ids.size() > 1;
      };
      ASSIGN_OR_RETURN(const storage::Completeness read, reader_.traces(context_, group, sink));
      if (!read.complete) page.completeness = read;
      for (const model::TraceId& id : group.ids) {
        const std::optional<Trace> trace = loader.take(id);
        if (trace && holds(*trace, request.range)) page.traces.push_back(candidates[first]);
        ++first;
        if (page.traces.size() == request.limit) return stop_at(page, candidates, first, request);
      }
    }
    return {};
  }

 private:
  bool holds(const Trace& trace, const storage::TimeRange& range) const {
    if (!trace.warnings.empty()) return true;  // not whole: the engine's word stands
    std::vector<storage::SpanRef> spans;
    spans.reserve(trace.batch.spans.size());
    for (const model::Span& span : trace.batch.spans) spans.push_back({&trace.batch, &span});
    return matcher_.matches_trace(spans, range);
  }

  // The page is full: more follow when candidates are left, or the engine has more.
  static Result<void> stop_at(SearchPage& page, const std::vector<TraceSummary>& candidates,
                              std::size_t used, const SearchRequest& request) {
    if (used < candidates.size() || page.next) {
      const TraceSummary& last = page.traces.back();
      page.next = storage::SearchCursor{storage::order_value(request.order, last), last.id};
    }
    return {};
  }

  storage::TraceReader& reader_;
  const storage::ReadContext& context_;
  const storage::ConditionMatcher& matcher_;
  const std::size_t max_trace_spans_;
};

}  // namespace

std::vector<model::TraceId> next_group(const std::vector<TraceSummary>& traces, std::size_t first) {
  std::vector<model::TraceId> ids;
  std::uint64_t spans = 0;
  for (std::size_t i = first; i < traces.size(); ++i) {
    spans += traces[i].spans;
    if (!ids.empty() && spans > kGroupSpans) break;
    ids.push_back(traces[i].id);
  }
  return ids;
}

bool answers_exactly(const storage::Capabilities& capabilities,
                     const storage::Condition& condition) {
  if (condition.kind == storage::Condition::Kind::kTrue) return true;
  return capabilities.conditions != Support::kNarrowed &&
         capabilities.regex != Support::kNarrowed && capabilities.trace_level != Support::kNarrowed;
}

Result<SearchPage> search_exactly(storage::TraceReader& reader, const storage::ReadContext& context,
                                  const SearchRequest& request, std::size_t max_trace_spans) {
  const storage::Capabilities& capabilities = reader.capabilities();
  if (request.order == storage::SearchOrder::kLongestFirst && !capabilities.longest_first) {
    return unimplemented("this store cannot order by duration");
  }
  if (answers_exactly(capabilities, request.condition)) return reader.search(context, request);

  ASSIGN_OR_RETURN(const auto matcher, storage::ConditionMatcher::for_traces(request.condition));
  const Recheck recheck(reader, context, matcher, max_trace_spans);
  SearchPage page;
  SearchRequest round = request;
  for (int i = 0; i < kMaxRounds; ++i) {
    ASSIGN_OR_RETURN(SearchPage candidates, reader.search(context, round));
    page.next = candidates.next;
    if (!candidates.completeness.complete) page.completeness = candidates.completeness;
    RETURN_IF_ERROR(recheck.append(page, candidates.traces, request));
    if (page.traces.size() == request.limit || !page.next) return page;
    if (!page.completeness.complete) return page;
    round.after = page.next;
  }
  page.completeness = storage::Completeness::partial("too many candidates that do not match");
  return page;
}

}  // namespace cairn::query
