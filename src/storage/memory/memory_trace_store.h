// SPDX-License-Identifier: Apache-2.0
//
// MemoryTraceStore: the simplest engine that keeps the whole contract. Batches stay as they came,
// an index says which spans belong to which trace, every question is answered by looking at spans.
// It is the oracle of the other engines' tests and a choice for throw-away runs.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "storage/api/trace_store.h"

namespace cairn::storage {

// When a limit is passed, whole traces go, over all tenants: the one whose first span arrived
// longest ago first. 0 means no limit.
struct MemoryStoreOptions {
  std::size_t max_spans = 1'000'000;
  std::size_t max_traces = 0;
  // Of batches, the request bodies that they pin, and the index. A batch is freed when its last
  // span goes: one span that stays keeps a whole request.
  std::size_t max_bytes = 512_MiB;
};

// Thread rule: as TraceStore; every call may come from any thread. Writes complete inside the call.
// A batch that alone passes a limit is rejected whole, as kStorageFull.
class MemoryTraceStore final : public TraceStore {
 public:
  explicit MemoryTraceStore(const MemoryStoreOptions& options = {});
  ~MemoryTraceStore() override;

  TraceWriter& writer() override;
  TraceReader& reader() override;
  StoreAdmin& admin() override;

 private:
  struct Faces;

  std::unique_ptr<Faces> faces_;
};

}  // namespace cairn::storage
