// SPDX-License-Identifier: Apache-2.0
//
// TraceIndex: from trace ids to ordinals, and from a trace to its rows, newest first.
//
// Thread rule: one writer (add, add_row, the plain find). Others use find_shared, which takes the
// index's lock unless it is complete, and rows_below, which takes none.
#pragma once

#include <atomic>
#include <vector>

#include "base/mutex.h"
#include "storage/columnar/head/row/hash_index.h"
#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

class TraceIndex {
 public:
  TraceIndex(StableVector<model::TraceId>& ids, std::uint64_t seed) : ids_(ids), seed_(seed) {}

  // ---- the writer ----
  std::uint64_t hash(const model::TraceId& id) const;
  // HashIndex::kNone when it is not here.
  TraceOrdinal find(const model::TraceId& id, std::uint64_t hash) const;
  void prefetch(std::uint64_t hash) const { index_.prefetch(hash); }
  // REQUIRES: it is not here. Appends to `ids`.
  TraceOrdinal add(const model::TraceId& id, std::uint64_t hash);
  // The next row belongs to `trace`.
  void add_row(TraceOrdinal trace);
  // Nothing will be added any more.
  void complete() { complete_.store(true, std::memory_order_release); }
  std::size_t memory_bytes() const;

  // ---- readers ----
  TraceOrdinal find_shared(const model::TraceId& id) const;
  // Rows of a published trace below `limit`, ascending, appended to `out`.
  void rows_below(TraceOrdinal trace, RowIndex limit, std::vector<RowIndex>& out) const;

 private:
  StableVector<model::TraceId>& ids_;
  const std::uint64_t seed_;
  // Changed under the lock, by the writer only: which may look without it.
  HashIndex index_;
  mutable Mutex mutex_;
  std::atomic<bool> complete_{false};
  StableVector<std::uint32_t> last_row_;      // by trace, plus 1; atomic access
  StableVector<std::uint32_t> previous_row_;  // by row, plus 1: the row of the trace before it
};

}  // namespace cairn::storage::columnar
