// SPDX-License-Identifier: Apache-2.0
//
// LazyGroup: a group of a segment of which only the facts are resident. Its directory is read when
// something is asked of it, and kept by the PageCache.
#pragma once

#include "storage/columnar/segment/segment_core.h"

namespace cairn::storage::columnar {

// Thread rule: any thread.
class LazyGroup final : public SegmentGroup {
 public:
  LazyGroup(std::shared_ptr<const SegmentCore> core, std::uint32_t index)
      : core_(std::move(core)), index_(index), footer_(core_->footer().groups[index]) {}

  const GroupFacts& facts() const override { return footer_.facts; }
  Result<std::shared_ptr<const Schema>> schema() const override { return core_->schema(); }
  Result<Pinned<std::string_view>> dictionary(ColumnId column) const override {
    return core_->dictionary(column);
  }

  Result<std::vector<ClassRows>> classes() const override;
  Result<Pinned<ColumnId>> columns(ClassId span_class) const override;
  Result<Pinned<RowIndex>> rows(ClassId span_class) const override;
  Result<Pinned<std::uint64_t>> starts(ClassId span_class) const override;
  Result<Pinned<std::uint64_t>> durations(ClassId span_class) const override;
  Result<Pinned<ResourceId>> resources(ClassId span_class) const override;
  Result<Pinned<ShapeId>> shapes(ClassId span_class) const override;
  Result<Pinned<std::uint8_t>> has_extra(ClassId span_class) const override;
  Result<Pinned<std::string_view>> extras(ClassId span_class) const override;
  Result<ColumnValues> column(ClassId span_class, ColumnId column) const override;
  Result<Pinned<model::SpanId>> span_ids() const override;
  Result<Pinned<model::SpanId>> parent_span_ids() const override;
  Result<Pinned<TraceOrdinal>> trace_of_rows() const override;
  Result<TraceTable> traces() const override;
  Result<void> rows_of_trace(TraceOrdinal trace, std::vector<RowIndex>& out) const override;
  Result<void> materialize(std::span<const RowIndex> rows, model::Batch& out) const override;
  Result<std::optional<TraceOrdinal>> find(const model::TraceId& id) const override;

  // The bytes that encode_group() gave.
  Result<Bytes> directory() const;

 private:
  Result<std::shared_ptr<const SegmentGroup>> open() const;

  std::shared_ptr<const SegmentCore> core_;
  std::uint32_t index_;
  const FooterGroup& footer_;
};

}  // namespace cairn::storage::columnar
