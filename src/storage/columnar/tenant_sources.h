// SPDX-License-Identifier: Apache-2.0
//
// TenantSources: the heads and segments that hold one tenant's spans, as one list that changes
// atomically: a head is replaced by the segment it became in one step, so that no reader sees its
// spans twice or not at all.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "model/tenant.h"
#include "storage/columnar/head/head.h"
#include "storage/columnar/read/snapshot.h"
#include "storage/columnar/segment/segment.h"
#include "storage/columnar/wal/wal_writer.h"

namespace cairn::storage::columnar {

// A head, its WAL file and what the store remembers of both.
// Thread rule: the head's own; the rest is set before it is shared, or atomic.
struct HeadEntry {
  // `total` counts the memory of all heads and outlives every entry.
  explicit HeadEntry(std::atomic<std::size_t>& total) : total_bytes(total) {}
  ~HeadEntry() { total_bytes.fetch_sub(bytes); }
  HeadEntry(const HeadEntry&) = delete;
  HeadEntry& operator=(const HeadEntry&) = delete;

  std::unique_ptr<Head> head;
  std::uint32_t shard = 0;
  std::uint64_t created_unix_nanos = 0;
  std::shared_ptr<WalFile> wal;  // null when it was replayed
  std::string replayed_path;     // the file it was replayed from
  std::string damage;            // what of that file could not be read; empty: nothing
  std::atomic<bool> sealed{false};
  std::atomic<std::size_t> bytes{0};  // memory, as of the last look
  std::atomic<std::size_t>& total_bytes;

  // Looks at the head's memory; as append, by one thread at a time.
  void account() {
    const std::size_t now = head->memory_bytes();
    total_bytes.fetch_add(now - bytes.exchange(now));
  }

  std::uint64_t partition() const;  // the unix hour of its creation
};

inline constexpr std::uint64_t kPartitionNanos = 3'600'000'000'000;

using SegmentPointers = std::vector<std::shared_ptr<const Segment>>;

// Thread rule: any thread.
class TenantSources {
 public:
  explicit TenantSources(model::TenantId tenant) : tenant_(std::move(tenant)) {}

  const model::TenantId& tenant() const { return tenant_; }

  void add_head(std::shared_ptr<HeadEntry> head);
  // `segment`: the id of the one that is missing, 0 for other files.
  void add_missing(std::string what, std::uint64_t segment);
  // In one step: these go, those come. `head` may be null. A missing segment that goes is no longer
  // missed.
  void replace(const HeadEntry* head, const std::vector<std::uint64_t>& segments,
               SegmentPointers added);

  std::shared_ptr<const Snapshot> snapshot() const;
  SegmentPointers segments() const;
  // Heads and segments of one moment: no span is in both.
  struct Contents {
    std::vector<std::shared_ptr<HeadEntry>> heads;
    SegmentPointers segments;
  };
  Contents contents() const;
  // All segments and the sealed heads of `shard`: where a head of that shard may find duplicates.
  std::vector<std::shared_ptr<const SpanSource>> settled(std::uint32_t shard) const;
  // Changes whenever settled() may.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  // A head was sealed.
  void changed() { version_.fetch_add(1, std::memory_order_acq_rel); }

 private:
  const model::TenantId tenant_;
  std::atomic<std::uint64_t> version_{1};
  mutable Mutex mutex_;
  std::vector<std::shared_ptr<HeadEntry>> heads_ GUARDED_BY(mutex_);
  SegmentPointers segments_ GUARDED_BY(mutex_);
  struct Missing {
    std::string what;
    std::uint64_t segment = 0;
  };
  std::vector<Missing> missing_ GUARDED_BY(mutex_);
};

}  // namespace cairn::storage::columnar
