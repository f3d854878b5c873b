// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/api/trace_writer.h"
#include "storage/columnar/store_core.h"

namespace cairn::storage::columnar {

// Splits a batch over the shards; `done` runs on the WAL's thread when all of them are durable.
// Thread rule: as TraceWriter. Ownership: `core` outlives it.
class ColumnarWriter final : public TraceWriter {
 public:
  explicit ColumnarWriter(StoreCore& core) : core_(core) {}

  void write(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch,
             WriteDone done) override;

 private:
  StoreCore& core_;
};

}  // namespace cairn::storage::columnar
