// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "storage/columnar/store_maintenance.h"

namespace cairn::storage::columnar {

// Thread rule: as StoreAdmin. Ownership: borrows all.
class ColumnarAdmin final : public StoreAdmin {
 public:
  ColumnarAdmin(StoreCore& core, HeadFlusher& flusher, StoreMaintenance& maintenance)
      : core_(core), flusher_(flusher), maintenance_(maintenance) {}

  Result<std::uint64_t> erase(const model::TenantId& tenant, const EraseTarget& target,
                              const Deadline& deadline) override;
  Result<void> flush(const Deadline& deadline) override;
  Result<void> compact(const Deadline& deadline) override;
  // `traces` counts a trace once for each segment that holds a part of it.
  StoreStatistics statistics() const override;
  std::vector<ColumnStatistics> columns() const override;
  Result<void> health() const override;

 private:
  // What a segment says of its columns; a segment never changes, so it is asked once.
  const std::vector<ColumnBytes>& columns_of(const Segment& segment) const REQUIRES(mutex_);

  StoreCore& core_;
  HeadFlusher& flusher_;
  StoreMaintenance& maintenance_;
  mutable Mutex mutex_;
  mutable std::map<std::uint64_t, std::vector<ColumnBytes>> columns_ GUARDED_BY(mutex_);
};

}  // namespace cairn::storage::columnar
