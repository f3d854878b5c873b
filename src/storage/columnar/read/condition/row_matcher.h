// SPDX-License-Identifier: Apache-2.0
//
// RowMatcher: which rows satisfy a span condition, by their columns (ColumnFilter); and the same
// condition for spans that were made whole. The walks over a group that readers share.
#pragma once

#include <functional>

#include "storage/api/condition_matcher.h"
#include "storage/columnar/read/condition/column_filter.h"
#include "storage/columnar/read/read_session.h"

namespace cairn::storage::columnar {

// Thread rule: one thread.
class RowMatcher {
 public:
  // `condition` outlives it. Errors: those of validate_span_condition.
  static Result<RowMatcher> make(const Condition& condition, const TimeRange& range);

  // The verdict of each row, never kOpen.
  Result<Verdicts> match(ClassView& view) { return filter_.evaluate(view); }

  const ConditionMatcher& matcher() const { return matcher_; }

 private:
  RowMatcher(ConditionMatcher matcher, ColumnFilter filter)
      : matcher_(std::move(matcher)), filter_(std::move(filter)) {}

  ConditionMatcher matcher_;
  ColumnFilter filter_;
};

// The class rows with that verdict.
std::vector<std::uint32_t> rows_with(const Verdicts& verdicts, Verdict verdict, std::size_t rows);

// Makes whole spans of rows of a group, kMaterializedAtOnce at a time, and shows each with its
// position in `rows`, until time runs out.
using SpanVisitor = std::function<void(std::size_t position, const SpanRef& ref)>;
Result<void> visit_spans(const RowGroup& group, std::span<const RowIndex> rows,
                         ReadSession& session, const SpanVisitor& visit);

// Opens each class of a group in turn, until time runs out or `visit` fails.
using ClassVisitor = std::function<Result<void>(ClassView& view)>;
Result<void> visit_classes(GroupView& group, ReadSession& session, const ClassVisitor& visit);

}  // namespace cairn::storage::columnar
