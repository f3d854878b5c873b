// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/compaction/table_merger.h"

#include <algorithm>

namespace cairn::storage::columnar {

void TableMerger::begin_source(std::shared_ptr<const Schema> schema) {
  source_ = std::make_unique<MergeSource>(std::move(schema));
  drops_resource_.assign(source_->mapping.resources.size(), 0);
}

Result<void> TableMerger::append(const RowGroup& group, std::span<const std::uint32_t> wanted,
                                 const std::function<Result<void>()>& between) {
  wanted_ = wanted;
  ASSIGN_OR_RETURN(const TraceTable traces, group.traces());
  trace_ids_ = traces.ids;
  ASSIGN_OR_RETURN(trace_of_rows_, group.trace_of_rows());
  ASSIGN_OR_RETURN(span_ids_, group.span_ids());
  ASSIGN_OR_RETURN(parent_span_ids_, group.parent_span_ids());
  const std::size_t rows = group.facts().rows;
  if (trace_ids_.size() != wanted.size() || trace_of_rows_.size() != rows ||
      span_ids_.size() != rows || parent_span_ids_.size() != rows) {
    return corruption("arrays of a group differ in length");
  }
  ASSIGN_OR_RETURN(const std::vector<ClassRows> classes, group.classes());
  for (const ClassRows& class_rows : classes) {
    RETURN_IF_ERROR(append_class(group, class_rows));
    RETURN_IF_ERROR(between());
  }
  return {};
}

Result<void> TableMerger::select(const Pinned<RowIndex>& rows) {
  selected_.clear();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowIndex row = rows[i];
    if (row >= trace_of_rows_.size()) return corruption("a class names a row that is not there");
    const TraceOrdinal trace = trace_of_rows_[row];
    if (trace >= wanted_.size()) return corruption("a row names a trace that is not there");
    if (wanted_[trace] == kUnmapped) continue;
    selected_.push_back({static_cast<std::uint32_t>(i), row, trace});
  }
  return {};
}

Result<void> TableMerger::append_class(const RowGroup& group, const ClassRows& class_rows) {
  ASSIGN_OR_RETURN(const Pinned<RowIndex> rows, group.rows(class_rows.span_class));
  if (rows.size() != class_rows.rows) return corruption("a class has not the rows it should have");
  RETURN_IF_ERROR(select(rows));
  if (selected_.empty()) return {};
  ClassReader reader(*source_, vocabulary_, cells_);
  RETURN_IF_ERROR(reader.open(group, class_rows, selected_.size()));
  for (const Selected& selected : selected_) RETURN_IF_ERROR(append_row(selected, reader));
  return {};
}

Result<void> TableMerger::append_row(const Selected& selected, ClassReader& reader) {
  const std::size_t i = selected.class_row;
  const ResourceId resource = reader.source_resource(i);
  if (drops(resource, reader.start(i))) {
    ++dropped_;
    return {};
  }
  SpanRow row;
  row_cells_.clear();
  if (!reader.shape_and_cells(i, row.shape, row_cells_)) {
    return corruption("a row has a shape or a code that is not there");
  }
  const TraceOrdinal trace = table_trace(selected.trace);
  row.trace_id = trace_ids_[selected.trace];
  row.span_id = span_ids_[selected.row];
  row.parent_span_id = parent_span_ids_[selected.row];
  row.start = reader.start(i);
  row.duration = reader.duration(i);
  row.resource = vocabulary_.resource(source_->mapping, resource);
  row.first_cell = static_cast<std::uint32_t>(table_.cells.size());
  row.extra = cells_.extra(reader.extra(i));
  table_.cells.append(row_cells_);
  table_.rows.push_back(row);
  table_.trace_of_row.push_back(trace);
  return {};
}

bool TableMerger::drops(ResourceId resource, std::uint64_t start) {
  if (filter_.drop_start && filter_.drop_start(model::Timestamp{start})) return true;
  if (!filter_.drop_service) return false;
  std::uint8_t& known = drops_resource_[resource];
  if (known == 0) {
    known = filter_.drop_service(source_->schema->resources[resource].service_name()) ? 2 : 1;
  }
  return known == 2;
}

TraceOrdinal TableMerger::table_trace(TraceOrdinal in_group) {
  const std::uint32_t number = wanted_[in_group];
  if (number >= traces_.size()) traces_.resize(number + 1, kUnmapped);
  TraceOrdinal& trace = traces_[number];
  if (trace == kUnmapped) {
    trace = static_cast<TraceOrdinal>(table_.traces.size());
    table_.traces.push_back(trace_ids_[in_group]);
  }
  return trace;
}

}  // namespace cairn::storage::columnar
