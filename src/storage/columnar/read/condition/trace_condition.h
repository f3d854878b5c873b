// SPDX-License-Identifier: Apache-2.0
//
// TraceCondition: a condition on traces, asked of all traces of a row group at once by their
// columns (GroupTraces), and of one trace exactly, span by span (TraceEvaluation).
//
// Of a trace that lies in one group alone columns often know the answer. Of one that is scattered
// they know less: a "seed" that every trace that matches must have in at least one of its parts,
//   seed(some_span(x)) = a span of x      seed(or) = any of its seeds
//   seed(and) = the seed of its most selective part      else: a span in the range
// It is chosen once for all groups: the parts of an `and` may lie in different ones.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "storage/api/condition_matcher.h"
#include "storage/api/trace_summary.h"
#include "storage/columnar/read/condition/column_filter.h"
#include "storage/columnar/read/read_session.h"

namespace cairn::storage::columnar {

// What columns say of each trace of a group; by TraceOrdinal.
struct GroupTraces {
  std::vector<Verdict> alone;       // whether it matches, were this all of it
  std::vector<std::uint8_t> seeds;  // whether it may match as one part of several
};

class TraceEvaluation;

// Thread rule: one thread. Ownership: `condition` outlives it.
class TraceCondition {
 public:
  // Errors: those of validate_trace_condition.
  static Result<TraceCondition> make(const Condition& condition, const TimeRange& range);
  ~TraceCondition();
  TraceCondition(TraceCondition&&) noexcept;

  Result<GroupTraces> ask(GroupView& group, ReadSession& session);

  struct Node;   // trace_condition_parts.h
  struct Parts;  // likewise
  const Parts& parts() const { return *parts_; }

 private:
  explicit TraceCondition(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// One trace, span by span in any order, in memory that does not grow with the trace. Means what
// ConditionMatcher::matches_trace and TraceSummarizer mean.
class TraceEvaluation {
 public:
  TraceEvaluation(const TraceCondition& condition, std::size_t matched_spans);

  void add(const SpanRef& ref);
  bool matches() const;
  TraceSummary summary() const;  // `matched` included

 private:
  bool holds(const TraceCondition::Node& node, const TraceSummary& summary) const;

  using Matched = std::pair<model::Timestamp, model::SpanId>;

  const TraceCondition& condition_;
  std::size_t matched_limit_;
  bool touched_ = false;
  std::vector<bool> some_span_;   // by filter
  std::vector<Matched> matched_;  // a heap, the last one on top
  TraceSummarizer summarizer_;
};

}  // namespace cairn::storage::columnar
