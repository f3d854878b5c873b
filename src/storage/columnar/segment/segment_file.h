// SPDX-License-Identifier: Apache-2.0
//
// SegmentFile: the Segment that lies in one file of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/columnar/segment/segment.h"
#include "storage/columnar/segment/segment_core.h"

namespace cairn::storage::columnar {

// Thread rule: any thread.
class SegmentFile final : public Segment {
 public:
  explicit SegmentFile(std::shared_ptr<const SegmentCore> core);

  const std::string& name() const override { return core_->pages().name(); }
  std::span<const std::shared_ptr<const RowGroup>> groups() const override { return groups_; }
  Result<std::vector<TracePlace>> find(const model::TraceId& id) const override;
  Result<std::shared_ptr<const PreAggregates>> pre_aggregates() const override;

  const SegmentInfo& info() const override { return core_->footer().info; }
  std::size_t memory_bytes() const override;
  bool may_contain(const model::TraceId& id) const override {
    return core_->filter().may_contain(id);
  }
  Result<void> check() const override;                             // segment_check.cc
  Result<std::vector<ColumnBytes>> column_bytes() const override;  // segment_describe.cc
  Result<std::string> describe() const override;                   // segment_describe.cc

 private:
  std::shared_ptr<const SegmentCore> core_;
  std::vector<std::shared_ptr<const SegmentGroup>> segment_groups_;
  std::vector<std::shared_ptr<const RowGroup>> groups_;  // the same
};

}  // namespace cairn::storage::columnar
