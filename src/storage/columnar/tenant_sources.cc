// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/tenant_sources.h"

#include <algorithm>

namespace cairn::storage::columnar {

std::uint64_t HeadEntry::partition() const {
  return created_unix_nanos / kPartitionNanos;
}

void TenantSources::add_head(std::shared_ptr<HeadEntry> head) {
  const MutexLock lock(mutex_);
  heads_.push_back(std::move(head));
  changed();
}

void TenantSources::add_missing(std::string what, std::uint64_t segment) {
  const MutexLock lock(mutex_);
  missing_.push_back({std::move(what), segment});
}

void TenantSources::replace(const HeadEntry* head, const std::vector<std::uint64_t>& segments,
                            SegmentPointers added) {
  const MutexLock lock(mutex_);
  std::erase_if(heads_, [&](const auto& entry) { return entry.get() == head; });
  const auto goes = [&](std::uint64_t id) {
    return std::ranges::find(segments, id) != segments.end();
  };
  std::erase_if(segments_, [&](const auto& segment) { return goes(segment->info().id); });
  std::erase_if(missing_, [&](const Missing& missing) { return goes(missing.segment); });
  for (auto& segment : added) segments_.push_back(std::move(segment));
  changed();
}

std::shared_ptr<const Snapshot> TenantSources::snapshot() const {
  auto made = std::make_shared<Snapshot>();
  const MutexLock lock(mutex_);
  made->sources.reserve(heads_.size() + segments_.size());
  // Heads first: they are the newest.
  for (const auto& entry : heads_) {
    auto view = entry->head->view();
    if (!view->groups().empty()) made->sources.push_back(std::move(view));
  }
  made->sources.insert(made->sources.end(), segments_.begin(), segments_.end());
  for (const Missing& missing : missing_) made->missing.push_back(missing.what);
  return made;
}

SegmentPointers TenantSources::segments() const {
  const MutexLock lock(mutex_);
  return segments_;
}

TenantSources::Contents TenantSources::contents() const {
  const MutexLock lock(mutex_);
  return {heads_, segments_};
}

std::vector<std::shared_ptr<const SpanSource>> TenantSources::settled(std::uint32_t shard) const {
  std::vector<std::shared_ptr<const SpanSource>> sources;
  const MutexLock lock(mutex_);
  for (const auto& entry : heads_) {
    // A replayed head may come from a run with another number of shards.
    const bool here = entry->shard == shard || !entry->wal;
    if (here && entry->sealed.load(std::memory_order_acquire)) {
      sources.push_back(entry->head->view());
    }
  }
  sources.insert(sources.end(), segments_.begin(), segments_.end());
  return sources;
}

}  // namespace cairn::storage::columnar
