// SPDX-License-Identifier: Apache-2.0
//
// Aggregates: from what segments counted beforehand where that is enough, from columns otherwise.
#include "storage/columnar/read/aggregate/aggregate_cells.h"
#include "storage/columnar/read/aggregate/aggregate_rows.h"
#include "storage/columnar/read/columnar_reader.h"

namespace cairn::storage::columnar {
namespace {

Result<void> check(const AggregateRequest& request) {
  if (request.limit == 0) return invalid_argument("aggregate: limit 0");
  if (request.step < Duration(0)) return invalid_argument("aggregate: negative step");
  for (const Field& field : request.group_by) RETURN_IF_ERROR(validate_span_field(field));
  for (const Aggregation& function : request.functions) {
    if (function.function == Aggregation::Function::kCount) continue;
    RETURN_IF_ERROR(validate_span_field(function.field));
    if (function.function == Aggregation::Function::kQuantile &&
        !(function.quantile >= 0 && function.quantile <= 1)) {
      return invalid_argument("aggregate: a quantile outside 0 to 1");
    }
  }
  return {};
}

}  // namespace

Result<AggregateResult> ColumnarReader::aggregate(const ReadContext& context,
                                                  const AggregateRequest& request) {
  RETURN_IF_ERROR(check(request));
  ASSIGN_OR_RETURN(RowMatcher matcher, RowMatcher::make(request.condition, request.range));
  ReadSession session(snapshots_, context);
  AggregateTable table(request);
  AggregateCells cells(request, table);
  AggregateRows rows(request, matcher, table, session);
  for (std::uint32_t s = 0; s < session.snapshot().sources.size(); ++s) {
    if (session.late() || !table.fits(session)) break;
    const Result<bool> counted = cells.add(session.source(s));
    if (!counted) session.lose(s, counted.error());
    if (!counted || *counted) continue;
    for (const auto& group : session.source(s).groups()) {
      if (session.late() || !table.fits(session)) break;
      const Result<void> outcome = rows.add(*group);
      if (!outcome) session.lose(s, outcome.error());
      if (!outcome) break;
    }
  }
  return table.result(session);
}

}  // namespace cairn::storage::columnar
