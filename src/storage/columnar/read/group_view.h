// SPDX-License-Identifier: Apache-2.0
//
// GroupView and ClassView: a row group while a question looks at it. Each array is fetched when
// first asked for and kept until the view goes; its size and the indexes in it are checked then, so
// that users may index without fear.
// Thread rule: one thread. Ownership: the group outlives its view, a GroupView its ClassViews.
// Errors: those of RowGroup; kCorruption for arrays that do not fit together.
#pragma once

#include <optional>

#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

class GroupView {
 public:
  explicit GroupView(const RowGroup& group) : group_(group) {}
  GroupView(const GroupView&) = delete;
  GroupView& operator=(const GroupView&) = delete;

  const RowGroup& group() const { return group_; }
  const GroupFacts& facts() const { return group_.facts(); }

  Result<std::shared_ptr<const Schema>> schema();
  Result<std::span<const ClassRows>> classes();
  Result<std::span<const model::SpanId>> span_ids();
  Result<std::span<const model::SpanId>> parent_span_ids();
  Result<std::span<const TraceOrdinal>> trace_of_rows();
  Result<const TraceTable*> traces();

 private:
  const RowGroup& group_;
  std::shared_ptr<const Schema> schema_;
  std::optional<std::vector<ClassRows>> classes_;
  std::optional<Pinned<model::SpanId>> span_ids_;
  std::optional<Pinned<model::SpanId>> parent_span_ids_;
  std::optional<Pinned<TraceOrdinal>> trace_of_rows_;
  std::optional<TraceTable> traces_;
};

class ClassView {
 public:
  // REQUIRES: `what` is one of group.classes().
  ClassView(GroupView& group, const ClassRows& what) : group_(group), what_(what) {}
  ClassView(const ClassView&) = delete;
  ClassView& operator=(const ClassView&) = delete;

  GroupView& group() { return group_; }
  ClassId id() const { return what_.span_class; }
  std::size_t size() const { return what_.rows; }

  // Copies, for the schema may grow while it is read.
  Result<SpanClass> span_class();
  Result<std::span<const ColumnId>> columns();
  Result<std::span<const RowIndex>> rows();
  Result<std::span<const std::uint64_t>> starts();
  Result<std::span<const std::uint64_t>> durations();
  Result<std::span<const ResourceId>> resources();
  Result<std::span<const ShapeId>> shapes();
  // Empty: no row has any.
  Result<std::span<const std::uint8_t>> has_extra();
  // encode_extra() of each row. Empty: no row has any.
  Result<std::span<const std::string_view>> extras();
  Result<bool> has_column(ColumnId column);
  // REQUIRES: has_column(column). Not kept.
  Result<ColumnValues> column(ColumnId column, ColumnType type);

 private:
  GroupView& group_;
  ClassRows what_;
  std::optional<Pinned<ColumnId>> columns_;
  std::optional<Pinned<RowIndex>> rows_;
  std::optional<Pinned<std::uint64_t>> starts_;
  std::optional<Pinned<std::uint64_t>> durations_;
  std::optional<Pinned<ResourceId>> resources_;
  std::optional<Pinned<ShapeId>> shapes_;
  std::optional<Pinned<std::uint8_t>> has_extra_;
  std::optional<Pinned<std::string_view>> extras_;
};

}  // namespace cairn::storage::columnar
