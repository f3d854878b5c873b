// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/batch.h"
#include "model/tenant.h"

namespace cairn::ingest {

// Sees every batch that is about to be written. Called on the I/O threads: cheap, never blocks.
class BatchObserver {
 public:
  virtual ~BatchObserver() = default;
  virtual void observe(const model::TenantId& tenant, const model::Batch& batch) = 0;
};

}  // namespace cairn::ingest
