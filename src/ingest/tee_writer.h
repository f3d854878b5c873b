// SPDX-License-Identifier: Apache-2.0
//
// Writes every batch to two places, and acknowledges what both have.
#pragma once

#include "storage/api/trace_writer.h"

namespace cairn::ingest {

// A batch counts as written when both took it; an Error of either is the answer, of both the
// first's. A retry doubles nothing in stores; a queue may get it twice. Thread rule: any thread.
class TeeWriter final : public storage::TraceWriter {
 public:
  // Ownership: both outlive it.
  TeeWriter(storage::TraceWriter& first, storage::TraceWriter& second)
      : first_(first), second_(second) {}

  void write(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch,
             storage::WriteDone done) override;

 private:
  storage::TraceWriter& first_;
  storage::TraceWriter& second_;
};

}  // namespace cairn::ingest
