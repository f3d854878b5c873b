// SPDX-License-Identifier: Apache-2.0
//
// MemoryState: what the memory engine holds, behind one lock. Writers insert under it; readers take
// short looks: a list of traces, then the spans of a few traces at a time, pinned, and evaluate
// them outside.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "model/tenant.h"
#include "storage/api/store_admin.h"
#include "storage/memory/memory_trace_store.h"
#include "storage/memory/trace_table.h"

namespace cairn::storage::memory {

// A trace's outline when it was listed.
struct TraceOutline {
  model::TraceId id;
  model::Timestamp start;  // the earliest span start
  Duration duration{0};    // as in TraceSummary
};

// The spans of one trace at one moment. Owns what they point into.
struct PinnedTrace {
  std::vector<SpanRef> spans;
  std::vector<std::shared_ptr<const model::Batch>> pins;
};

// Thread rule: every method may be called from any thread.
class MemoryState {
 public:
  explicit MemoryState(const MemoryStoreOptions& options) : options_(options) {}

  // Adds what is new of the batch, then drops old traces until the limits hold. False: the batch
  // alone exceeds them and nothing was taken.
  bool insert(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch);

  // The traces with a span that may start in `range`, in no particular order.
  std::vector<TraceOutline> list(const model::TenantId& tenant, const TimeRange& range);
  // The trace now; without spans when there is none.
  PinnedTrace pin(const model::TenantId& tenant, const model::TraceId& id);

  // Takes the spans that `doomed` names out of one trace; returns how many. It runs under the lock.
  std::uint64_t erase(const model::TenantId& tenant, const model::TraceId& id,
                      const std::function<bool(const SpanRef&)>& doomed);

  StoreStatistics statistics() const;

 private:
  // Batches that lost their last span; freed after the lock is released.
  using Freed = std::vector<std::unique_ptr<StoredBatch>>;

  Trace& trace_of(Tenant& tenant, const model::TraceId& id) REQUIRES(mutex_);
  void insert_spans(Tenant& tenant, StoredBatch& stored) REQUIRES(mutex_);
  void evict(Freed& freed) REQUIRES(mutex_);
  bool over_limit() const REQUIRES(mutex_);
  // Drops one place's hold on its batch.
  void release(const Place& place, Freed& freed) REQUIRES(mutex_);
  // Forgets the trace with all its places, and its tenant when it was the last.
  void remove(Trace& trace, Freed& freed) REQUIRES(mutex_);
  Trace* find(const model::TenantId& tenant, const model::TraceId& id) REQUIRES(mutex_);
  std::size_t memory_bytes() const REQUIRES(mutex_);

  const MemoryStoreOptions options_;
  mutable Mutex mutex_;
  std::unordered_map<model::TenantId, Tenant> tenants_ GUARDED_BY(mutex_);
  std::unordered_map<const StoredBatch*, std::unique_ptr<StoredBatch>> batches_ GUARDED_BY(mutex_);
  Trace* oldest_ GUARDED_BY(mutex_) = nullptr;
  Trace* newest_ GUARDED_BY(mutex_) = nullptr;
  std::size_t spans_ GUARDED_BY(mutex_) = 0;
  std::size_t traces_ GUARDED_BY(mutex_) = 0;
  std::size_t batch_bytes_ GUARDED_BY(mutex_) = 0;
  std::uint64_t evicted_spans_ GUARDED_BY(mutex_) = 0;
};

}  // namespace cairn::storage::memory
