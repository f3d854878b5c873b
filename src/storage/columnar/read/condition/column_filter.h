// SPDX-License-Identifier: Apache-2.0
//
// ColumnFilter: a span condition evaluated on the columns of a row group. Three-valued at first: a
// row surely matches, surely does not, or is open, when the condition asks something that only the
// row's extra holds, like events. Then the extras of open rows, and no others, are decoded.
#pragma once

#include <memory>
#include <vector>

#include "storage/columnar/read/condition/verdict.h"
#include "storage/columnar/read/group_view.h"

namespace cairn::storage::columnar {

// Thread rule: one thread; keeps what it learned about a source's dictionaries for its next group.
class ColumnFilter {
 public:
  // REQUIRES: a condition that validates as one on spans; it may hold kRootName and kRootService as
  // well, which mean name and service of the span itself. Outlives the filter, as do all groups.
  ColumnFilter(const Condition& condition, const TimeRange& range);
  ~ColumnFilter();
  ColumnFilter(ColumnFilter&&) noexcept;

  // The verdict for each row of a class, the time range included, never kOpen. Decided without
  // looking at rows wherever possible.
  Result<Verdicts> evaluate(ClassView& view);

 private:
  struct Node;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::storage::columnar
