// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/compaction/compaction_plan.h"

#include <algorithm>
#include <tuple>

namespace cairn::storage::columnar {
namespace {

class Planner {
 public:
  Planner(const std::function<bool(const model::TraceId&)>& drop_trace, std::uint64_t unit_rows)
      : drop_trace_(drop_trace), unit_rows_(unit_rows) {}

  Result<void> add(const RowGroup& group, std::uint32_t source, std::uint32_t number) {
    ASSIGN_OR_RETURN(const TraceTable traces, group.traces());
    const std::size_t count = traces.ids.size();
    if (count != group.facts().traces || traces.starts.size() != count ||
        traces.spans.size() != count) {
      return corruption("the trace table's columns differ in length");
    }
    plan_.rows_in += group.facts().rows;
    for (std::size_t i = 0; i < count; ++i) {
      if (drop_trace_ && drop_trace_(traces.ids[i])) {
        plan_.rows_dropped += traces.spans[i];
        continue;
      }
      plan_.pieces.push_back({traces.ids[i], traces.starts[i], source, number,
                              static_cast<TraceOrdinal>(i), traces.spans[i]});
    }
    return {};
  }

  CompactionPlan finish() {
    std::ranges::sort(plan_.pieces, {}, [](const TracePiece& piece) {
      return std::tuple(piece.trace_id, piece.start, piece.source, piece.group);
    });
    for (std::size_t first = 0; first < plan_.pieces.size();) {
      std::size_t end = first + 1;
      while (end < plan_.pieces.size() &&
             plan_.pieces[end].trace_id == plan_.pieces[first].trace_id) {
        ++end;
      }
      add_units(first, end);
      first = end;
    }
    std::ranges::sort(plan_.units, {}, [](const TraceUnit& unit) {
      return std::tuple(unit.start, unit.first_piece);
    });
    return std::move(plan_);
  }

 private:
  // Pieces of one trace, by start.
  void add_units(std::size_t first, std::size_t end) {
    TraceUnit unit;
    const auto begin = [&](std::size_t piece) {
      unit = {plan_.pieces[piece].start, static_cast<std::uint32_t>(piece), 0, 0};
    };
    begin(first);
    for (std::size_t i = first; i < end; ++i) {
      if (unit.pieces > 0 && unit.rows + plan_.pieces[i].rows > unit_rows_) {
        plan_.units.push_back(unit);
        begin(i);
      }
      ++unit.pieces;
      unit.rows += plan_.pieces[i].rows;
    }
    plan_.units.push_back(unit);
  }

  const std::function<bool(const model::TraceId&)>& drop_trace_;
  std::uint64_t unit_rows_;
  CompactionPlan plan_;
};

}  // namespace

bool CompactionPlan::is_split(const TraceUnit& unit) const {
  const std::size_t first = unit.first_piece;
  const std::size_t end = first + unit.pieces;
  const model::TraceId& id = pieces[first].trace_id;
  return (first > 0 && pieces[first - 1].trace_id == id) ||
         (end < pieces.size() && pieces[end].trace_id == id);
}

std::uint64_t CompactionPlan::rows_from(std::size_t first) const {
  std::uint64_t rows = 0;
  for (std::size_t i = first; i < units.size(); ++i) rows += units[i].rows;
  return rows;
}

std::size_t CompactionPlan::output_end(std::size_t first, std::uint64_t rows) const {
  const std::uint64_t left = rows_from(first);
  // A little more than wanted is better than one more output for the rest.
  const std::uint64_t outputs = std::max<std::uint64_t>(1, (left + rows * 7 / 8) / rows);
  const std::uint64_t share = (left + outputs - 1) / outputs;
  std::uint64_t taken = 0;
  std::size_t end = first;
  while (end < units.size() && (end == first || taken < share)) taken += units[end++].rows;
  return end;
}

Result<CompactionPlan> plan_compaction(std::span<const std::shared_ptr<const SpanSource>> inputs,
                                       const std::function<bool(const model::TraceId&)>& drop_trace,
                                       std::uint64_t unit_rows,
                                       const std::function<Result<void>()>& between) {
  Planner planner(drop_trace, unit_rows);
  for (std::uint32_t source = 0; source < inputs.size(); ++source) {
    const auto groups = inputs[source]->groups();
    for (std::uint32_t group = 0; group < groups.size(); ++group) {
      auto added = planner.add(*groups[group], source, group);
      if (!added) return annotate(added.error(), inputs[source]->name());
      RETURN_IF_ERROR(between());
    }
  }
  return planner.finish();
}

}  // namespace cairn::storage::columnar
