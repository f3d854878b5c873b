// SPDX-License-Identifier: Apache-2.0
//
// TraceMaterializer: rows of a PagedGroup as whole spans. What they need of their traces is
// decoded, trace by trace in the order of rows; what comes out is in the order asked for. Cost: the
// traces of the rows, not the group, once the group's topology is in the cache. Thread rule: one
// thread, one call.
#pragma once

#include <memory>
#include <vector>

#include "storage/columnar/segment/column/class_values.h"
#include "storage/columnar/segment/paged/paged_group.h"

namespace cairn::storage::columnar {

class TraceMaterializer {
 public:
  static Result<void> run(const PagedGroup& group, std::span<const RowIndex> rows,
                          model::Batch& out);

 private:
  // A row of the trace at hand.
  struct TraceRow {
    std::uint32_t number = 0;  // of its class
    std::uint32_t class_row = 0;
    std::uint64_t start = 0;
    std::uint64_t duration = 0;
    ResourceId resource = 0;
  };
  // The rows of one class in the trace at hand, and its columns.
  struct ClassState {
    std::unique_ptr<ClassValues> values;
    std::uint32_t rows = 0;
    std::vector<std::uint64_t> starts;
    std::vector<std::uint64_t> durations;
    std::vector<std::uint64_t> resources;
    std::vector<WantedRow> wanted;
  };
  // A row asked for and its place in the answer.
  struct Request {
    RowIndex row = 0;
    std::uint32_t span = 0;
  };

  TraceMaterializer(const PagedGroup& group, const Schema& schema, model::Batch& out,
                    std::size_t rows);
  Result<void> open();
  Result<void> add_trace(TraceOrdinal trace, std::span<const Request> requests);
  Result<void> find_rows(TraceOrdinal trace);
  Result<std::shared_ptr<const ClassPages>> pages_of(const ClassEntry& entry);
  Result<void> load_class(std::uint32_t number);
  Result<void> set_times(TraceOrdinal trace);
  Result<void> set_identities(TraceOrdinal trace, std::span<const Request> requests);
  Result<model::SpanId> span_id(RowIndex row);
  Result<model::SpanId> parent_id(RowIndex row);

  const PagedGroup& group_;
  const Schema& schema_;
  model::Batch& out_;
  SchemaCopier copier_;
  const bool whole_;  // decodes all of a class at once
  ValueContext context_;
  std::shared_ptr<const GroupDirectory> directory_;
  std::shared_ptr<const Topology> topology_;
  std::shared_ptr<const PagedGroup::Externals> externals_;
  Pinned<std::uint64_t> trace_starts_;
  std::vector<ClassState> classes_;
  std::vector<std::uint32_t> touched_;  // classes in the trace at hand
  std::vector<TraceRow> rows_;          // of the trace at hand
  std::vector<std::uint32_t> ranks_;    // of all classes at `ranked_`
  RowIndex ranked_ = 0;
  SpanClock clock_;
  Pinned<model::SpanId> ids_;  // the page of span ids read last
  std::uint32_t ids_page_ = 0;
};

}  // namespace cairn::storage::columnar
