// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/store_core.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "base/log.h"
#include "base/size_text.h"

namespace cairn::storage::columnar {
namespace {

std::uint32_t shard_count(std::uint32_t wanted) {
  if (wanted != 0) return std::min(wanted, 64u);
  return std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
}

ColumnarStoreOptions effective(ColumnarStoreOptions options) {
  options.shards = shard_count(options.shards);
  // All shards' heads together leave room for as many that wait to be written.
  options.head_bytes = std::min(options.head_bytes, options.max_head_bytes / 2 / options.shards);
  return options;
}

}  // namespace

StoreCore::StoreCore(const ColumnarStoreOptions& options, FileSystem& fs, const Clock& clock,
                     std::unique_ptr<DirectoryLock> lock, std::unique_ptr<Manifest> manifest,
                     Sealed sealed)
    : options_(effective(options)),
      fs_(fs),
      clock_(clock),
      lock_(std::move(lock)),
      free_bytes_(~std::uint64_t{0}),
      cache_(options.cache_bytes),
      wal_(fs, options.path + "/wal", options.wal),
      services_{clock,
                wal_,
                {options_.head_rows, options_.head_bytes, options_.head_age},
                head_bytes_,
                [this] { return next_id(); },
                std::move(sealed)},
      manifest_(std::move(manifest)) {
  skip_ids(manifest_->state().next_id);
}

void StoreCore::skip_ids(std::uint64_t id) {
  std::uint64_t now = next_id_.load();
  while (now < id && !next_id_.compare_exchange_weak(now, id)) {
  }
}

Result<TenantState*> StoreCore::tenant(const model::TenantId& id) {
  const MutexLock lock(tenants_mutex_);
  const auto found = tenants_.find(id);
  if (found != tenants_.end()) return found->second.get();
  if (tenants_.size() >= kMaxTenants) {
    return resource_exhausted(fmt::format("store: more than {} tenants", kMaxTenants));
  }
  auto made = std::make_unique<TenantState>();
  made->sources = std::make_shared<TenantSources>(id);
  for (const std::string& what : missing_) made->sources->add_missing(what, 0);
  for (std::uint32_t i = 0; i < options_.shards; ++i) {
    made->shards.push_back(std::make_unique<Shard>(services_, made->sources, i));
  }
  return (tenants_[id] = std::move(made)).get();
}

void StoreCore::add_missing(const std::string& what) {
  const MutexLock lock(tenants_mutex_);
  for (const auto& [id, tenant] : tenants_) tenant->sources->add_missing(what, 0);
  missing_.push_back(what);
}

std::vector<TenantState*> StoreCore::tenants() const {
  const MutexLock lock(tenants_mutex_);
  std::vector<TenantState*> all;
  for (const auto& [id, tenant] : tenants_) all.push_back(tenant.get());
  return all;
}

std::shared_ptr<const Snapshot> StoreCore::snapshot(const model::TenantId& tenant) const {
  std::shared_ptr<TenantSources> sources;
  {
    const MutexLock lock(tenants_mutex_);
    const auto found = tenants_.find(tenant);
    if (found == tenants_.end()) {
      auto empty = std::make_shared<Snapshot>();
      empty->missing = missing_;
      return empty;
    }
    sources = found->second->sources;
  }
  return sources->snapshot();
}

ManifestState StoreCore::manifest_state() const {
  const MutexLock lock(publish_mutex_);
  return manifest_->state();
}

Result<void> StoreCore::publish(TenantSources& sources, ManifestEdit edit, const HeadEntry* head,
                                SegmentPointers added) {
  const MutexLock lock(publish_mutex_);
  edit.next_id = next_id_.load();
  RETURN_IF_ERROR(manifest_->publish(edit));
  sources.replace(head, edit.remove_segments, std::move(added));
  return {};
}

void StoreCore::remove_files(const std::vector<std::uint64_t>& segments) {
  for (const std::uint64_t id : segments) {
    if (auto removed = fs_.remove(segment_path(id)); !removed) {
      // It stays as an orphan, which the next start removes.
      log_warn("segment file stays", {{"why", removed.error().message}});
    }
  }
}

void StoreCore::seal_all(TenantState& tenant) {
  for (const auto& shard : tenant.shards) shard->seal();
}

bool StoreCore::heads_press() const {
  return head_bytes_.load() > options_.max_head_bytes / 2;
}

std::size_t StoreCore::finished_heads() const {
  const MutexLock lock(publish_mutex_);
  return manifest_->state().finished_heads.size();
}

void StoreCore::check_disk() {
  const auto free = fs_.free_bytes(options_.path);
  if (free) free_bytes_ = *free;
  Result<void> here = lock_->check();
  if (here && !free && free.error().code == ErrorCode::kNotFound) here = free.error();
  if (!here) {
    if (!lost_) log_error("the data folder is gone", {{"why", here.error().message}});
    const MutexLock lock(loss_mutex_);
    loss_ = here.error().message;
  }
  lost_ = !here.has_value();
}

Result<void> StoreCore::admit(std::size_t bytes) const {
  if (lost_) {
    const MutexLock lock(loss_mutex_);
    return unavailable("store: the data folder is gone: " + loss_);
  }
  if (const std::uint64_t free = free_bytes_.load(); free < options_.min_free_bytes) {
    return unavailable(fmt::format("store: disk full: {} left, {} are kept free: retry later",
                                   size_text(free), size_text(options_.min_free_bytes)));
  }
  if (bytes > options_.max_head_bytes) {
    return invalid_argument("store: the request alone is larger than storage.max_head_bytes");
  }
  if (head_bytes_.load() + bytes > options_.max_head_bytes) {
    return resource_exhausted("store: spans arrive faster than they can be written: slow down");
  }
  return wal_.room();
}

}  // namespace cairn::storage::columnar
