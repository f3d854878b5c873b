// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/memory_state.h"

#include <algorithm>

namespace cairn::storage::memory {
namespace {

// What a trace costs besides its places: the record, its hash node, and small change.
constexpr std::size_t kTraceBytes = sizeof(Trace) + 64;
// Most traces have a handful of spans: one allocation for them instead of four.
constexpr std::size_t kFirstPlaces = 8;

bool exceeds(std::size_t value, std::size_t limit) {
  return limit != 0 && value > limit;
}

Duration duration_of(const Trace& trace) {
  if (trace.last_end <= trace.first_start) return Duration(0);
  return model::Timestamp::between(trace.first_start, trace.last_end);
}

}  // namespace

bool MemoryState::insert(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch) {
  auto stored = std::make_unique<StoredBatch>();
  stored->bytes = batch->memory_bytes();
  stored->batch = std::move(batch);
  const std::size_t count = stored->batch->spans.size();
  if (exceeds(count, options_.max_spans) ||
      exceeds(stored->bytes + count * (sizeof(Place) + kTraceBytes), options_.max_bytes)) {
    return false;
  }
  if (count == 0) return true;
  Freed freed;  // before the lock, so that it goes after
  const MutexLock lock(mutex_);
  const auto found = tenants_.try_emplace(tenant).first;
  found->second.id = tenant;
  insert_spans(found->second, *stored);
  if (stored->live == 0) {
    freed.push_back(std::move(stored));
    return true;
  }
  batch_bytes_ += stored->bytes;
  const StoredBatch* key = stored.get();
  batches_.emplace(key, std::move(stored));
  evict(freed);
  return true;
}

void MemoryState::insert_spans(Tenant& tenant, StoredBatch& stored) {
  const model::Batch& batch = *stored.batch;
  Trace* trace = nullptr;
  for (std::uint32_t i = 0; i < batch.spans.size(); ++i) {
    const model::Span& span = batch.spans[i];
    if (!trace || trace->id != span.trace_id) trace = &trace_of(tenant, span.trace_id);
    if (trace->holds(batch, span)) continue;
    trace->add({span.span_id, &stored, i}, span);
    ++stored.live;
    ++spans_;
  }
}

Trace& MemoryState::trace_of(Tenant& tenant, const model::TraceId& id) {
  const auto [found, is_new] = tenant.traces.try_emplace(id);
  Trace& trace = found->second;
  if (!is_new) return trace;
  trace.id = id;
  trace.tenant = &tenant;
  trace.places.reserve(kFirstPlaces);
  trace.older = newest_;
  (newest_ ? newest_->newer : oldest_) = &trace;
  newest_ = &trace;
  ++traces_;
  return trace;
}

void MemoryState::release(const Place& place, Freed& freed) {
  --spans_;
  if (--place.stored->live > 0) return;
  const auto found = batches_.find(place.stored);
  batch_bytes_ -= found->second->bytes;
  freed.push_back(std::move(found->second));
  batches_.erase(found);
}

void MemoryState::remove(Trace& trace, Freed& freed) {
  for (const Place& place : trace.places) release(place, freed);
  (trace.older ? trace.older->newer : oldest_) = trace.newer;
  (trace.newer ? trace.newer->older : newest_) = trace.older;
  --traces_;
  Tenant& tenant = *trace.tenant;
  const model::TraceId id = trace.id;
  tenant.traces.erase(id);
  if (!tenant.traces.empty()) return;
  const model::TenantId name = tenant.id;
  tenants_.erase(name);
}

bool MemoryState::over_limit() const {
  return exceeds(spans_, options_.max_spans) || exceeds(traces_, options_.max_traces) ||
         exceeds(memory_bytes(), options_.max_bytes);
}

void MemoryState::evict(Freed& freed) {
  while (oldest_ && over_limit()) {
    evicted_spans_ += oldest_->places.size();
    remove(*oldest_, freed);
  }
}

std::size_t MemoryState::memory_bytes() const {
  return batch_bytes_ + spans_ * sizeof(Place) + traces_ * kTraceBytes;
}

Trace* MemoryState::find(const model::TenantId& tenant, const model::TraceId& id) {
  const auto whose = tenants_.find(tenant);
  if (whose == tenants_.end()) return nullptr;
  const auto found = whose->second.traces.find(id);
  return found == whose->second.traces.end() ? nullptr : &found->second;
}

std::vector<TraceOutline> MemoryState::list(const model::TenantId& tenant, const TimeRange& range) {
  std::vector<TraceOutline> outlines;
  const MutexLock lock(mutex_);
  const auto whose = tenants_.find(tenant);
  if (whose == tenants_.end()) return outlines;
  outlines.reserve(whose->second.traces.size());
  for (const auto& [id, trace] : whose->second.traces) {
    const bool before = trace.last_start < range.begin;
    const bool after = trace.first_start > range.begin && !range.contains(trace.first_start);
    if (!before && !after) outlines.push_back({id, trace.first_start, duration_of(trace)});
  }
  return outlines;
}

PinnedTrace MemoryState::pin(const model::TenantId& tenant, const model::TraceId& id) {
  PinnedTrace pinned;
  const MutexLock lock(mutex_);
  const Trace* trace = find(tenant, id);
  if (!trace) return pinned;
  pinned.spans.reserve(trace->places.size());
  const StoredBatch* last = nullptr;
  for (const Place& place : trace->places) {
    pinned.spans.push_back(place.ref());
    if (place.stored != last) pinned.pins.push_back(place.stored->batch);
    last = place.stored;
  }
  return pinned;
}

std::uint64_t MemoryState::erase(const model::TenantId& tenant, const model::TraceId& id,
                                 const std::function<bool(const SpanRef&)>& doomed) {
  Freed freed;
  const MutexLock lock(mutex_);
  Trace* trace = find(tenant, id);
  if (!trace) return 0;
  std::vector<Place> kept;
  std::vector<Place> gone;
  for (const Place& place : trace->places) (doomed(place.ref()) ? gone : kept).push_back(place);
  if (gone.empty()) return 0;
  if (kept.empty()) {
    remove(*trace, freed);
  } else {
    trace->places = std::move(kept);
    trace->rebuild();
    for (const Place& place : gone) release(place, freed);
  }
  return gone.size();
}

StoreStatistics MemoryState::statistics() const {
  StoreStatistics statistics;
  const MutexLock lock(mutex_);
  statistics.spans = spans_;
  statistics.traces = traces_;
  statistics.memory_bytes = memory_bytes();
  statistics.evicted_spans = evicted_spans_;
  statistics.details["batches"] = batches_.size();
  statistics.details["tenants"] = tenants_.size();
  if (oldest_) statistics.oldest_start = model::Timestamp::max();
  for (const Trace* trace = oldest_; trace; trace = trace->newer) {
    statistics.oldest_start = std::min(statistics.oldest_start, trace->first_start);
    statistics.newest_start = std::max(statistics.newest_start, trace->last_start);
  }
  return statistics;
}

}  // namespace cairn::storage::memory
