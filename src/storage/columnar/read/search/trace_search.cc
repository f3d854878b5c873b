// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/search/trace_search.h"

#include <algorithm>

#include "storage/api/field_values.h"
#include "storage/columnar/read/condition/column_value.h"
#include "storage/columnar/read/search/fragment_reader.h"

namespace cairn::storage::columnar {
namespace {

model::TraceId highest_id() {
  model::TraceId id;
  id.bytes.fill(std::byte{0xff});
  return id;
}

std::int64_t saturated(std::uint64_t number) {
  return saturated_nanos(model::Timestamp{number});
}

constexpr std::size_t kMostAsked = 4096;  // groups whose answers are kept
constexpr Duration kTimeForSummaries = std::chrono::milliseconds(50);

}  // namespace

TraceSearch::TraceSearch(const SearchRequest& request, TraceCondition condition,
                         ReadSession& session)
    : request_(request), condition_(std::move(condition)), session_(session), places_(session) {
}

SearchPage TraceSearch::run() {
  list_groups();
  if (longest()) add_scattered();
  std::size_t next = 0;
  while (!session_.late()) {
    const bool has_group = next < groups_.size();
    const bool has_candidate = !candidates_.empty();
    if (!has_group && !has_candidate) break;
    const bool open_now =
        has_group && (!has_candidate || groups_[next].bound >= candidates_.top().bound.order_value);
    if (open_now) {
      const Opening& opening = groups_[next++];
      if (may_be_page({opening.bound, highest_id()})) open(opening.place);
      continue;
    }
    const Candidate candidate = candidates_.top();
    candidates_.pop();
    if (!may_be_page(candidate.bound)) {
      if (!has_group || !may_be_page({groups_[next].bound, highest_id()})) break;
      continue;
    }
    resolve(candidate);
  }
  return page();
}

void TraceSearch::list_groups() {
  for (const GroupPlace& place : session_.newest_groups()) {
    const GroupFacts& facts = session_.group(place).facts();
    if (overlap(facts, request_.range) == Overlap::kNone) continue;
    const std::uint64_t bound = longest() ? facts.max_trace_duration : facts.max_start.unix_nanos;
    groups_.push_back({saturated(bound), place});
  }
  std::ranges::stable_sort(groups_, std::greater(), &Opening::bound);
}

bool TraceSearch::may_be_page(const SearchCursor& bound) const {
  return found_.size() <= request_.limit || comes_before(bound, std::prev(found_.end())->first);
}

bool TraceSearch::after_cursor(const SearchCursor& place) const {
  return !request_.after || comes_before(*request_.after, place);
}

void TraceSearch::open(const GroupPlace& place) {
  if (session_.lost(place.source)) return;
  const Result<void> outcome = open_group(place);
  if (!outcome) session_.lose(place.source, outcome.error());
}

Result<const GroupTraces*> TraceSearch::ask(const GroupPlace& place, GroupView& view) {
  const auto found = asked_.find(place);
  if (found != asked_.end()) return &found->second;
  ASSIGN_OR_RETURN(GroupTraces answer, condition_.ask(view, session_));
  if (asked_.size() >= kMostAsked) asked_.clear();
  return &asked_.emplace(place, std::move(answer)).first->second;
}

Result<void> TraceSearch::open_group(const GroupPlace& place) {
  GroupView view(session_.group(place));
  ASSIGN_OR_RETURN(const GroupTraces* answer, ask(place, view));
  if (std::ranges::find(answer->seeds, 1) == answer->seeds.end()) return {};
  ASSIGN_OR_RETURN(const TraceTable* traces, view.traces());
  for (TraceOrdinal i = 0; i < traces->ids.size(); ++i) {
    if (answer->seeds[i] == 0) continue;
    Candidate candidate;
    candidate.start = {traces->starts[i]};
    candidate.duration = traces->durations[i];
    candidate.bound = {saturated(longest() ? candidate.duration : traces->starts[i]),
                       traces->ids[i]};
    candidate.where = {place, i};
    candidate.alone = answer->alone[i];
    // The scattered ones were there from the beginning.
    if (longest() && places_.shared().contains(traces->ids[i])) continue;
    if (longest() && candidate.alone == Verdict::kNo) continue;
    if (may_be_page(candidate.bound)) candidates_.push(candidate);
  }
  // Newest first, nothing asks a second time.
  if (!longest()) asked_.erase(place);
  return {};
}

void TraceSearch::add_scattered() {
  places_.read_all();
  for (const auto& [id, fragments] : places_.shared()) {
    if (session_.late()) return;
    Candidate candidate;
    candidate.bound = bound_of(id, fragments);
    candidate.where = fragments.front();
    candidate.alone = Verdict::kOpen;
    candidates_.push(candidate);
  }
}

SearchCursor TraceSearch::bound_of(const model::TraceId& id,
                                   const std::vector<Fragment>& fragments) {
  std::uint64_t first = model::Timestamp::max().unix_nanos;
  std::uint64_t last = 0;
  for (const Fragment& fragment : fragments) {
    if (session_.lost(fragment.place.source)) continue;
    const auto traces = session_.group(fragment.place).traces();
    if (!traces || fragment.trace >= traces->starts.size() ||
        fragment.trace >= traces->durations.size()) {
      session_.lose(fragment.place.source,
                    traces ? corruption("row group: a trace beyond its table") : traces.error());
      continue;
    }
    const model::Timestamp start{traces->starts[fragment.trace]};
    const auto duration = static_cast<std::int64_t>(
        std::min<std::uint64_t>(traces->durations[fragment.trace], INT64_MAX));
    first = std::min(first, start.unix_nanos);
    // A duration that is saturated may stand for any longer one.
    last = std::max(last, duration == INT64_MAX ? model::Timestamp::max().unix_nanos
                                                : start.plus(Duration(duration)).unix_nanos);
  }
  if (!longest()) return {saturated(first), id};
  return {last > first ? saturated(last - first) : 0, id};
}

void TraceSearch::resolve(const Candidate& candidate) {
  const model::TraceId& id = candidate.bound.trace_id;
  if (!seen_.insert(id).second) return;
  // A bound that is after the cursor may still belong to a trace that is before it, and the other
  // way round: only the place of the whole trace counts.
  std::vector<Fragment> fragments = places_.find(id, candidate.where);
  if (fragments.empty()) return;
  if (fragments.size() > 1) {
    const SearchCursor bound = bound_of(id, fragments);
    if (!may_be_page(bound)) return;
    if (!longest() && !after_cursor(bound)) return;
    if (longest() && !has_seed(fragments)) return;
    evaluate(id, std::move(fragments));
    return;
  }
  if (candidate.alone == Verdict::kNo || !after_cursor(candidate.bound)) return;
  if (candidate.alone == Verdict::kYes) {
    keep(candidate.bound, {std::move(fragments), std::nullopt});
  } else {
    evaluate(id, std::move(fragments));
  }
}

bool TraceSearch::has_seed(const std::vector<Fragment>& fragments) {
  for (const Fragment& fragment : fragments) {
    if (session_.lost(fragment.place.source)) continue;
    GroupView view(session_.group(fragment.place));
    const auto answer = ask(fragment.place, view);
    if (!answer) {
      session_.lose(fragment.place.source, answer.error());
    } else if (fragment.trace < (*answer)->seeds.size() && (*answer)->seeds[fragment.trace] != 0) {
      return true;
    }
  }
  return false;
}

void TraceSearch::evaluate(const model::TraceId& id, std::vector<Fragment> fragments) {
  TraceEvaluation evaluation(condition_, request_.matched_spans);
  visit_chunks(fragments, session_, [&](const model::Batch& chunk) {
    for (const model::Span& span : chunk.spans) evaluation.add(SpanRef{&chunk, &span});
    return true;
  });
  if (session_.late() || !evaluation.matches()) return;
  TraceSummary summary = evaluation.summary();
  const SearchCursor place{order_value(request_.order, summary), id};
  if (!after_cursor(place)) return;
  keep(place, {std::move(fragments), std::move(summary)});
}

void TraceSearch::keep(const SearchCursor& place, Found found) {
  if (!may_be_page(place)) return;
  found_.emplace(place, std::move(found));
  if (found_.size() - 1 > request_.limit) found_.erase(std::prev(found_.end()));
}

SearchPage TraceSearch::page() {
  // What was found is shown even when time is over, unless nobody wants it.
  session_.grant(kTimeForSummaries);
  SearchPage made;
  std::optional<SearchCursor> last;
  for (auto& [place, found] : found_) {
    if (made.traces.size() == request_.limit) {
      made.next = last;
      break;
    }
    if (!found.summary) {
      TraceEvaluation evaluation(condition_, request_.matched_spans);
      visit_chunks(found.fragments, session_, [&](const model::Batch& chunk) {
        for (const model::Span& span : chunk.spans) evaluation.add(SpanRef{&chunk, &span});
        return true;
      });
      if (session_.late()) break;
      found.summary = evaluation.summary();
      if (found.summary->spans == 0) continue;  // its source was lost
    }
    last = place;
    made.traces.push_back(*std::move(found.summary));
  }
  made.completeness = session_.completeness();
  return made;
}

}  // namespace cairn::storage::columnar
