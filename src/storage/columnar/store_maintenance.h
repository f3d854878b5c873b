// SPDX-License-Identifier: Apache-2.0
//
// StoreMaintenance: everything that rewrites or drops segments: compaction, retention, erase. One
// piece of it at a time. Owns one thread, at low priority, so that writes and queries win.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <thread>

#include "base/mutex.h"
#include "storage/api/store_admin.h"
#include "storage/columnar/head_flusher.h"

namespace cairn::storage::columnar {

// Thread rule: any thread.
class StoreMaintenance {
 public:
  StoreMaintenance(StoreCore& core, HeadFlusher& flusher) : core_(core), flusher_(flusher) {}
  ~StoreMaintenance() { stop(); }

  void start();
  void stop();
  // There may be something to do.
  void wake();

  // Retention, then every compaction that is due; `everything`: every one that is useful.
  Result<void> work(bool everything, const Deadline& deadline);
  // All or nothing: an error means that no span went.
  Result<std::uint64_t> erase(const model::TenantId& tenant, const EraseTarget& target,
                              const Deadline& deadline);

  // Segments that compaction would take at once if it ran now.
  std::uint64_t debt() const;
  std::uint64_t evicted_spans() const { return evicted_spans_; }
  std::uint64_t compacted_spans() const { return compacted_spans_; }

 private:
  // A part of the segments of one tenant, written anew.
  struct Rewrite {
    std::optional<std::uint32_t> level;  // of what is made; none: that of what is gone
    std::vector<std::uint64_t> gone;
    std::vector<SegmentInfo> made;
    std::uint64_t dropped = 0;
  };

  void run(const std::stop_token& stop);
  Result<void> retain(TenantState& tenant, const Deadline& deadline) REQUIRES(one_at_a_time_);
  Result<void> retain_services(TenantState& tenant, const Deadline& deadline)
      REQUIRES(one_at_a_time_);
  Result<void> compact_some(TenantState& tenant, bool everything, const Deadline& deadline)
      REQUIRES(one_at_a_time_);
  Result<void> rewrite(std::span<const std::shared_ptr<const Segment>> inputs,
                       const CompactionFilter& filter, const Deadline& deadline, Rewrite& into)
      REQUIRES(one_at_a_time_);
  Result<void> publish(TenantState& tenant, const Rewrite& rewrite) REQUIRES(one_at_a_time_);
  // Makes sure that no edit that failed comes back, and removes what it would have added.
  Result<void> clear_unpublished() REQUIRES(one_at_a_time_);
  void abandon(const Rewrite& rewrite);
  bool has_room_for(const SegmentPointers& inputs) const;
  void leave_unreadable(const SegmentPointers& inputs, const Error& why);
  std::vector<CompactionChoice> choices(const SegmentPointers& segments, bool everything) const;
  Result<void> pace(const Deadline& deadline);

  StoreCore& core_;
  HeadFlusher& flusher_;
  Mutex one_at_a_time_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool woken_ GUARDED_BY(mutex_) = false;
  // Segments that could not be read when they were to be compacted: left alone until restart.
  std::set<std::uint64_t> unreadable_ GUARDED_BY(mutex_);
  std::vector<std::uint64_t> unpublished_
      GUARDED_BY(one_at_a_time_);  // segments written for such edits
  std::uint64_t services_looked_at_ GUARDED_BY(one_at_a_time_) = 0;  // the hour
  std::atomic<std::uint64_t> evicted_spans_{0};
  std::atomic<std::uint64_t> compacted_spans_{0};
  std::jthread thread_;
};

}  // namespace cairn::storage::columnar
