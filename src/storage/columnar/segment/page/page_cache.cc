// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <list>
#include <unordered_map>

#include "storage/columnar/segment/page/page.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kMostShards = 8;
constexpr std::size_t kShardBytes = 8_MiB;  // so that even the largest values find room

// Segment ids and offsets are ours or hidden behind checksums; a plain mix is enough.
std::size_t mix(const PageCache::Key& key) {
  std::uint64_t hash = (key.segment * 0x9e3779b97f4a7c15) ^ key.what;
  hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93;
  hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93;
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

struct KeyHash {
  std::size_t operator()(const PageCache::Key& key) const { return mix(key); }
};

// What an entry costs besides its value: list node, table node, bucket.
constexpr std::size_t kEntryBytes = 128;

// Thread rule: any thread.
class Shard {
 public:
  std::shared_ptr<const void> find(const PageCache::Key& key) {
    const MutexLock lock(mutex_);
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->entry.value;
  }

  // Values that go are freed after the lock: a large one takes its time.
  void insert(const PageCache::Key& key, PageCache::Entry entry, std::size_t max_bytes) {
    entry.bytes += kEntryBytes;
    if (entry.bytes > max_bytes) return;
    std::list<Item> gone;
    const MutexLock lock(mutex_);
    if (const auto found = places_.find(key); found != places_.end()) remove(found->second, gone);
    while (bytes_ + entry.bytes > max_bytes) remove(std::prev(recent_.end()), gone);
    bytes_ += entry.bytes;
    recent_.push_front({key, std::move(entry)});
    places_.emplace(key, recent_.begin());
  }

  void drop(std::uint64_t segment) {
    std::list<Item> gone;
    const MutexLock lock(mutex_);
    for (auto item = recent_.begin(); item != recent_.end();) {
      const auto here = item++;
      if (here->key.segment == segment) remove(here, gone);
    }
  }

  std::size_t bytes() {
    const MutexLock lock(mutex_);
    return bytes_;
  }

 private:
  struct Item {
    PageCache::Key key;
    PageCache::Entry entry;
  };

  void remove(std::list<Item>::iterator item, std::list<Item>& gone) REQUIRES(mutex_) {
    bytes_ -= item->entry.bytes;
    places_.erase(item->key);
    gone.splice(gone.begin(), recent_, item);
  }

  Mutex mutex_;
  std::list<Item> recent_ GUARDED_BY(mutex_);  // the latest first
  std::unordered_map<PageCache::Key, std::list<Item>::iterator, KeyHash> places_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

struct PageCache::State {
  std::size_t shard_count = 1;
  std::size_t shard_bytes = 0;
  std::atomic<std::uint64_t> readers = 0;
  std::array<Shard, kMostShards> shards;

  // High bits: the tables inside the shards use the low ones.
  Shard& of(const Key& key) { return shards[(mix(key) >> 48) % shard_count]; }
};

PageCache::PageCache(std::size_t max_bytes) : state_(std::make_unique<State>()) {
  state_->shard_count = std::clamp<std::size_t>(max_bytes / kShardBytes, 1, kMostShards);
  state_->shard_bytes = max_bytes / state_->shard_count;
}

PageCache::~PageCache() = default;

std::shared_ptr<const void> PageCache::find(const Key& key) {
  return state_->of(key).find(key);
}

void PageCache::insert(const Key& key, Entry entry) {
  state_->of(key).insert(key, std::move(entry), state_->shard_bytes);
}

std::uint64_t PageCache::new_reader() {
  return state_->readers.fetch_add(1, std::memory_order_relaxed);
}

void PageCache::drop(std::uint64_t segment) {
  for (Shard& shard : state_->shards) shard.drop(segment);
}

std::size_t PageCache::bytes() const {
  std::size_t bytes = 0;
  for (Shard& shard : state_->shards) bytes += shard.bytes();
  return bytes;
}

}  // namespace cairn::storage::columnar
