// SPDX-License-Identifier: Apache-2.0
//
// Traces and ids of a PagedGroup.
#include <algorithm>

#include "base/check.h"
#include "storage/columnar/segment/paged/paged_group_internal.h"

namespace cairn::storage::columnar {
Result<Pinned<model::TraceId>> PagedGroup::trace_id_page(const GroupDirectory& all,
                                                         std::uint32_t page) const {
  const PageRef& ref = all.pages[all.trace_ids.first + page];
  return cached_array<model::TraceId>(
      Kind::kTraceIdPage, key(page), [&]() -> Result<std::vector<model::TraceId>> {
        ASSIGN_OR_RETURN(const Bytes bytes, pages_.read(ref, "trace ids"));
        std::vector<model::TraceId> made;
        ColumnPages::append_ids(bytes, made);
        return made;
      });
}

Result<Pinned<model::SpanId>> PagedGroup::span_id_page(const GroupDirectory& all,
                                                       std::uint32_t page) const {
  const PageRef& ref = all.pages[all.span_ids.first + page];
  return cached_array<model::SpanId>(
      Kind::kSpanIdPage, key(page), [&]() -> Result<std::vector<model::SpanId>> {
        ASSIGN_OR_RETURN(const Bytes bytes, pages_.read(ref, "span ids"));
        std::vector<model::SpanId> made;
        ColumnPages::append_ids(bytes, made);
        return made;
      });
}

Result<std::optional<TraceOrdinal>> PagedGroup::find(const model::TraceId& id) const {
  ASSIGN_OR_RETURN(const auto all, directory());
  const auto after = std::ranges::upper_bound(all->page_starts, id);
  const auto page = static_cast<std::uint32_t>(after - all->page_starts.begin());
  ASSIGN_OR_RETURN(const auto ids, trace_id_page(*all, page));
  const auto at = std::ranges::lower_bound(ids.view, id);
  if (at == ids.view.end() || *at != id) return std::optional<TraceOrdinal>();
  const auto place = static_cast<TraceOrdinal>(at - ids.view.begin());
  return std::optional(page * kTraceIdsPerPage + place);
}

Result<Pinned<std::uint64_t>> PagedGroup::trace_starts() const {
  return cached_array<std::uint64_t>(
      Kind::kTraceStarts, key(), [this]() -> Result<std::vector<std::uint64_t>> {
        ASSIGN_OR_RETURN(const auto all, directory());
        return ColumnPages(*all, pages_)
            .numbers<std::uint64_t>(all->trace_starts, facts_.traces, "trace starts");
      });
}

Result<TraceTable> PagedGroup::traces() const {
  using Loaded = std::pair<TraceTable, std::size_t>;
  const auto load = [this]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(const auto all, directory());
    const ColumnPages columns(*all, pages_);
    TraceTable made;
    ASSIGN_OR_RETURN(auto ids, columns.ids<model::TraceId>(all->trace_ids, "trace ids"));
    ASSIGN_OR_RETURN(auto lengths, columns.numbers<std::uint64_t>(all->trace_durations,
                                                                  facts_.traces, "durations"));
    ASSIGN_OR_RETURN(auto failed, columns.numbers<std::uint32_t>(all->trace_errors, facts_.traces,
                                                                 "trace errors"));
    ASSIGN_OR_RETURN(made.starts, trace_starts());
    Result<std::vector<std::uint32_t>> counts = Topology::spans_of_traces(*all, pages_);
    if (!counts) return damaged(counts.error().message);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (i > 0 && !(ids[i - 1] < ids[i])) return damaged("trace ids out of order");
      if (failed[i] > (*counts)[i]) return damaged("more errors than spans");
    }
    const std::size_t bytes = ids.size() * (sizeof(model::TraceId) + 2 * 8 + 2 * 4);
    made.ids = Pinned<model::TraceId>::own(std::move(ids));
    made.durations = Pinned<std::uint64_t>::own(std::move(lengths));
    made.spans = Pinned<std::uint32_t>::own(*std::move(counts));
    made.errors = Pinned<std::uint32_t>::own(std::move(failed));
    return Loaded{std::move(made), bytes};
  };
  ASSIGN_OR_RETURN(const auto table, cached<TraceTable>(Kind::kTraceTable, key(), load));
  return *table;
}

Result<void> PagedGroup::rows_of_trace(TraceOrdinal trace, std::vector<RowIndex>& out) const {
  CAIRN_CHECK(trace < facts_.traces);
  ASSIGN_OR_RETURN(const auto structure, topology());
  const RowIndex end = structure->end_row(trace);
  for (RowIndex row = structure->first_row(trace); row < end; ++row) out.push_back(row);
  return {};
}

Result<Pinned<TraceOrdinal>> PagedGroup::trace_of_rows() const {
  return cached_array<TraceOrdinal>(Kind::kTraceOfRows, key(),
                                    [this]() -> Result<std::vector<TraceOrdinal>> {
                                      ASSIGN_OR_RETURN(const auto structure, topology());
                                      std::vector<TraceOrdinal> made;
                                      made.reserve(facts_.rows);
                                      for (TraceOrdinal trace = 0; trace < facts_.traces; ++trace) {
                                        made.resize(structure->end_row(trace), trace);
                                      }
                                      return made;
                                    });
}

Result<Pinned<model::SpanId>> PagedGroup::span_ids() const {
  return cached_array<model::SpanId>(
      Kind::kSpanIds, key(), [this]() -> Result<std::vector<model::SpanId>> {
        ASSIGN_OR_RETURN(const auto all, directory());
        return ColumnPages(*all, pages_).ids<model::SpanId>(all->span_ids, "span ids");
      });
}

Result<std::shared_ptr<const PagedGroup::Externals>> PagedGroup::externals() const {
  using Loaded = std::pair<Externals, std::size_t>;
  return cached<Externals>(Kind::kExternals, key(), [this]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(const auto all, directory());
    Externals made;
    if (all->externals == 0) return Loaded{made, sizeof made};
    const ColumnPages columns(*all, pages_);
    ASSIGN_OR_RETURN(const auto gaps, columns.numbers<std::uint32_t>(
                                          all->external_rows, all->externals, "rows of externals"));
    Result<std::vector<RowIndex>> with = rows_from_gaps(gaps, facts_.rows);
    if (!with) return damaged(with.error().message);
    made.rows = *std::move(with);
    ASSIGN_OR_RETURN(made.ids,
                     columns.ids<model::SpanId>({all->external_ids, 1}, "external parents"));
    const std::size_t bytes = sizeof made + 12 * made.rows.size();
    return Loaded{std::move(made), bytes};
  });
}

Result<Pinned<model::SpanId>> PagedGroup::parent_span_ids() const {
  return cached_array<model::SpanId>(Kind::kParentIds, key(),
                                     [this]() -> Result<std::vector<model::SpanId>> {
                                       ASSIGN_OR_RETURN(const auto structure, topology());
                                       ASSIGN_OR_RETURN(const auto ids, span_ids());
                                       ASSIGN_OR_RETURN(const auto outside, externals());
                                       std::vector<model::SpanId> made(facts_.rows);
                                       for (RowIndex row = 0; row < facts_.rows; ++row) {
                                         const std::uint32_t distance = structure->distance(row);
                                         if (distance != 0) made[row] = ids[row - distance];
                                       }
                                       for (std::size_t i = 0; i < outside->rows.size(); ++i) {
                                         if (structure->distance(outside->rows[i]) != 0)
                                           return damaged("a row with two parents");
                                         made[outside->rows[i]] = outside->ids[i];
                                       }
                                       return made;
                                     });
}

}  // namespace cairn::storage::columnar
