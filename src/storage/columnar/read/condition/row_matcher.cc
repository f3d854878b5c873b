// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/condition/row_matcher.h"

#include <algorithm>

namespace cairn::storage::columnar {

Result<RowMatcher> RowMatcher::make(const Condition& condition, const TimeRange& range) {
  ASSIGN_OR_RETURN(ConditionMatcher matcher, ConditionMatcher::for_spans(condition));
  return RowMatcher(std::move(matcher), ColumnFilter(condition, range));
}

std::vector<std::uint32_t> rows_with(const Verdicts& verdicts, Verdict verdict, std::size_t rows) {
  std::vector<std::uint32_t> found;
  if (verdicts.all && *verdicts.all != verdict) return found;
  for (std::uint32_t i = 0; i < rows; ++i) {
    if (verdicts[i] == verdict) found.push_back(i);
  }
  return found;
}

Result<void> visit_spans(const RowGroup& group, std::span<const RowIndex> rows,
                         ReadSession& session, const SpanVisitor& visit) {
  model::Batch batch;
  for (std::size_t at = 0; at < rows.size(); at += kMaterializedAtOnce) {
    if (session.late()) return {};
    const auto some = rows.subspan(at, std::min(kMaterializedAtOnce, rows.size() - at));
    batch.clear();
    RETURN_IF_ERROR(group.materialize(some, batch));
    if (batch.spans.size() != some.size()) return corruption("row group: rows are missing");
    for (std::size_t i = 0; i < some.size(); ++i) visit(at + i, SpanRef{&batch, &batch.spans[i]});
  }
  return {};
}

Result<void> visit_classes(GroupView& group, ReadSession& session, const ClassVisitor& visit) {
  ASSIGN_OR_RETURN(const auto classes, group.classes());
  for (const ClassRows& rows : classes) {
    if (session.late()) return {};
    ClassView view(group, rows);
    RETURN_IF_ERROR(visit(view));
  }
  return {};
}

}  // namespace cairn::storage::columnar
