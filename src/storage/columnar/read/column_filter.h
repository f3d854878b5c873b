// SPDX-License-Identifier: Apache-2.0
//
// ColumnFilter: a span condition evaluated on the columns of a row group. Three-valued: a row
// surely matches, surely does not, or is open (the condition asks something that columns do not
// hold, like events) and must be materialized.
#pragma once

#include <memory>
#include <vector>

#include "storage/api/condition_matcher.h"
#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

enum class Verdict : std::uint8_t { kNo = 0, kOpen = 1, kYes = 2 };

// Thread rule: one thread; keeps what it learned about a source's dictionaries for its next group.
class ColumnFilter {
 public:
  // REQUIRES: a condition that validates. Both must outlive the filter.
  ColumnFilter(const Condition& condition, const TimeRange& range);
  ~ColumnFilter();

  // The verdict for each class row, the time range included; empty when all rows are kNo (decided
  // without looking at rows whenever possible).
  Result<std::vector<Verdict>> evaluate(const RowGroup& group, ClassId span_class);
  // The rows of the group that match, ascending: evaluate() on all classes, open rows decided by
  // materializing them.
  Result<std::vector<RowIndex>> matching_rows(const RowGroup& group,
                                              const ConditionMatcher& matcher);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::storage::columnar
