// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/row/trace_index.h"

#include <algorithm>

#include "storage/columnar/head/row/hashing.h"

namespace cairn::storage::columnar {

std::uint64_t TraceIndex::hash(const model::TraceId& id) const {
  return hash_record(id, seed_);
}

TraceOrdinal TraceIndex::find(const model::TraceId& id, std::uint64_t hash) const {
  return index_.find(hash, [&](TraceOrdinal trace) { return same_record(ids_[trace], id); });
}

TraceOrdinal TraceIndex::add(const model::TraceId& id, std::uint64_t hash) {
  const auto trace = static_cast<TraceOrdinal>(ids_.size());
  last_row_.push_back(0);
  const MutexLock lock(mutex_);
  ids_.push_back(id);
  index_.insert(hash, trace);
  return trace;
}

void TraceIndex::add_row(TraceOrdinal trace) {
  const std::atomic_ref<std::uint32_t> last(last_row_[trace]);
  previous_row_.push_back(last.load(std::memory_order_relaxed));
  // Released: whoever finds the row finds where the row before it is noted.
  last.store(static_cast<std::uint32_t>(previous_row_.size()), std::memory_order_release);
}

TraceOrdinal TraceIndex::find_shared(const model::TraceId& id) const {
  const std::uint64_t hash_of_id = hash(id);
  if (complete_.load(std::memory_order_acquire)) return find(id, hash_of_id);
  const MutexLock lock(mutex_);
  return find(id, hash_of_id);
}

void TraceIndex::rows_below(TraceOrdinal trace, RowIndex limit, std::vector<RowIndex>& out) const {
  const std::size_t begin = out.size();
  auto& last = const_cast<std::uint32_t&>(last_row_[trace]);
  std::uint32_t row = std::atomic_ref<std::uint32_t>(last).load(std::memory_order_acquire);
  for (; row != 0; row = previous_row_[row - 1]) {
    if (row <= limit) out.push_back(row - 1);
  }
  std::reverse(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
}

std::size_t TraceIndex::memory_bytes() const {
  return index_.memory_bytes() + last_row_.reserved_bytes() + previous_row_.reserved_bytes();
}

}  // namespace cairn::storage::columnar
