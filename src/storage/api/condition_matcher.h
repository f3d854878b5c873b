// SPDX-License-Identifier: Apache-2.0
//
// ConditionMatcher: a Condition made ready to be evaluated many times. It is the meaning of
// condition.h as code: the memory engine answers with it, and the query layer re-checks with it
// what other engines only narrow.
#pragma once

#include <memory>
#include <vector>

#include "storage/api/condition.h"
#include "storage/api/span_ref.h"
#include "storage/api/time_range.h"
#include "storage/api/trace_reader.h"

namespace cairn::storage {

// Thread rule: immutable; any thread may match. Movable, not copyable.
class ConditionMatcher {
 public:
  // Validate and compile; the errors are those of validate_span_condition and
  // validate_trace_condition.
  static Result<ConditionMatcher> for_spans(const Condition& condition);
  static Result<ConditionMatcher> for_traces(const Condition& condition);

  ConditionMatcher(ConditionMatcher&&) noexcept;
  ConditionMatcher& operator=(ConditionMatcher&&) noexcept;
  ~ConditionMatcher();

  // REQUIRES: made by for_spans.
  bool matches_span(const SpanRef& ref) const;
  bool matches_span(const model::Batch& batch, const model::Span& span) const {
    return matches_span(SpanRef{&batch, &span});
  }

  // Whether the whole trace is an answer of a search in `range`: some span starts inside, and the
  // condition holds, where some_span(...) ranges over the spans that start inside.
  // REQUIRES: made by for_traces; `trace` holds all spans of one trace.
  bool matches_trace(TraceView trace, const TimeRange& range) const;

  // What TraceSummary::matched holds. REQUIRES: as above.
  std::vector<model::SpanId> matched_spans(TraceView trace, const TimeRange& range,
                                           std::size_t limit) const;

 private:
  struct Node;

  explicit ConditionMatcher(std::unique_ptr<const Node> root);

  std::unique_ptr<const Node> root_;
};

// Whether `op` holds between a present value and the constants, as condition.h says; `pattern` is
// the compiled first constant of kMatches and kNotMatches.
class Pattern;
bool holds(const model::AnyValue& value, Operator op, const std::vector<Constant>& constants,
           const Pattern* pattern);

}  // namespace cairn::storage
