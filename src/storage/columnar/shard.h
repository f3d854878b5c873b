// SPDX-License-Identifier: Apache-2.0
//
// Shard: a single-writer slice of one tenant's new spans. All spans of a trace come to the same
// shard (shard_of), so that duplicates are found and a request's spans of one trace appear
// together.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "storage/columnar/known_spans.h"
#include "storage/columnar/tenant_sources.h"

namespace cairn::storage::columnar {

// When a head is full.
struct SealLimits {
  std::size_t rows = 65'536;
  std::size_t bytes = 0;
  Duration age{0};
};

// What a shard needs from its store. All of it outlives the shard.
struct ShardServices {
  const Clock& clock;
  WalWriter& wal;
  SealLimits limits;
  std::atomic<std::size_t>& head_bytes;  // memory of all heads
  std::function<std::uint64_t()> next_id;
  std::function<void(std::shared_ptr<TenantSources>, std::shared_ptr<HeadEntry>)> sealed;
};

std::uint32_t shard_of(const model::TraceId& id, std::uint32_t shards);

// Thread rule: any thread; one append at a time goes through.
class Shard {
 public:
  Shard(const ShardServices& services, std::shared_ptr<TenantSources> sources, std::uint32_t number)
      : services_(services), sources_(std::move(sources)), number_(number) {}

  // Adds the spans of `batch` at `indexes` that are new and queues them for the WAL; `done` once
  // they, and everything they duplicate, are durable. Returns how many of the indexes that was:
  // all, unless they are too different from each other for one head; one at least.
  std::size_t append(const model::Batch& batch, std::span<const std::uint32_t> indexes,
                     CommitDone done);
  // Closes the head in use, if it has rows; the next append begins a new one.
  void seal();
  // The same when it is older than SealLimits::age or its hour is over. Lets go of segments that
  // are no longer part of the store.
  void tick();

 private:
  void seal_locked() REQUIRES(mutex_);
  bool is_full() const REQUIRES(mutex_);
  bool is_old() const REQUIRES(mutex_);
  void begin_head() REQUIRES(mutex_);
  KnownSpans& known() REQUIRES(mutex_);
  // Looks at the head's memory now and then: the look costs more than an append of one span.
  void account(std::size_t record_bytes) REQUIRES(mutex_);

  const ShardServices& services_;
  const std::shared_ptr<TenantSources> sources_;
  const std::uint32_t number_;
  Mutex mutex_;
  std::shared_ptr<HeadEntry> active_ GUARDED_BY(mutex_);
  std::size_t unaccounted_ GUARDED_BY(mutex_) = 0;
  std::unique_ptr<KnownSpans> known_ GUARDED_BY(mutex_);
  std::uint64_t known_version_ GUARDED_BY(mutex_) = 0;
};

}  // namespace cairn::storage::columnar
