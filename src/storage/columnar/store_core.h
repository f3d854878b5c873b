// SPDX-License-Identifier: Apache-2.0
//
// StoreCore: what all parts of the columnar store share: the disk, the manifest, the WAL, the page
// cache and the tenants with their sources and shards. It knows how to change the set of segments
// atomically; what to change and when is for flusher, maintenance and recovery.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/columnar/columnar_trace_store.h"
#include "storage/columnar/manifest/manifest.h"
#include "storage/columnar/shard.h"

namespace cairn::storage::columnar {

struct TenantState {
  std::shared_ptr<TenantSources> sources;
  std::vector<std::unique_ptr<Shard>> shards;
};

// Tenants are made by writes, and each costs memory.
inline constexpr std::size_t kMaxTenants = 4096;

// Thread rule: any thread, after recovery.
class StoreCore final : public SnapshotProvider {
 public:
  // `sealed` receives each head that a shard closed.
  using Sealed = std::function<void(std::shared_ptr<TenantSources>, std::shared_ptr<HeadEntry>)>;

  StoreCore(const ColumnarStoreOptions& options, FileSystem& fs, const Clock& clock,
            std::unique_ptr<DirectoryLock> lock, std::unique_ptr<Manifest> manifest, Sealed sealed);

  const ColumnarStoreOptions& options() const { return options_; }
  FileSystem& fs() { return fs_; }
  const Clock& clock() const { return clock_; }
  PageCache& cache() { return cache_; }
  WalWriter& wal() { return wal_; }
  std::atomic<std::size_t>& head_bytes() { return head_bytes_; }

  std::string wal_directory() const { return options_.path + "/wal"; }
  std::string segment_directory() const { return options_.path + "/segments"; }
  std::string segment_path(std::uint64_t id) const {
    return segment_directory() + "/" + segment_file_name(id);
  }
  std::uint64_t next_id() { return next_id_.fetch_add(1); }
  // No id below `id` will be given out.
  void skip_ids(std::uint64_t id);

  // kResourceExhausted when there are too many tenants.
  Result<TenantState*> tenant(const model::TenantId& id);
  std::vector<TenantState*> tenants() const;
  std::shared_ptr<const Snapshot> snapshot(const model::TenantId& tenant) const override;

  ManifestState manifest_state() const;
  // Makes the edit durable, then changes the sources: `head` and the segments that the edit removes
  // go, `added` come. Readers see the change at once. After an error the edit may be found after a
  // crash, unless a later one succeeds: until then the files it adds must stay.
  Result<void> publish(TenantSources& sources, ManifestEdit edit, const HeadEntry* head,
                       SegmentPointers added);
  // The files of segments that are no longer in the manifest. Who reads them still may.
  void remove_files(const std::vector<std::uint64_t>& segments);

  // Closes the heads in use.
  void seal_all(TenantState& tenant);

  // Whether heads hold so much memory that they should become segments before they are full.
  bool heads_press() const;
  // How many the manifest remembers.
  std::size_t finished_heads() const;

  // Every tenant's snapshots name it, those of tenants to come too: nobody knows whose it was.
  void add_missing(const std::string& what);

  // Looks at the free space, and whether the directory is still there: writes are refused below
  // the floor, and when it is not.
  void check_disk();
  std::uint64_t free_bytes() const { return free_bytes_.load(); }
  // An error when writes cannot be taken now. `bytes`: what the batch may cost.
  Result<void> admit(std::size_t bytes) const;

 private:
  const ColumnarStoreOptions options_;
  FileSystem& fs_;
  const Clock& clock_;
  const std::unique_ptr<DirectoryLock> lock_;
  std::atomic<std::size_t> head_bytes_{0};
  std::atomic<std::uint64_t> next_id_{1};
  std::atomic<std::uint64_t> free_bytes_;
  PageCache cache_;
  WalWriter wal_;
  const ShardServices services_;
  mutable Mutex publish_mutex_;
  const std::unique_ptr<Manifest> manifest_ GUARDED_BY(publish_mutex_);
  mutable Mutex tenants_mutex_;
  std::unordered_map<model::TenantId, std::unique_ptr<TenantState>> tenants_
      GUARDED_BY(tenants_mutex_);
  std::vector<std::string> missing_ GUARDED_BY(tenants_mutex_);  // of any tenant, maybe
  std::atomic<bool> lost_{false};
  mutable Mutex loss_mutex_;
  std::string loss_ GUARDED_BY(loss_mutex_);  // why the directory is not there
};

}  // namespace cairn::storage::columnar
