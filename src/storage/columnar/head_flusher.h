// SPDX-License-Identifier: Apache-2.0
//
// HeadFlusher: turns sealed heads into segments, first sealed first. Owns one thread, which also
// watches the clock and the free space.
//
//   head ─► segment file, synced ─► manifest: segment in, head finished ─► WAL file removed
#pragma once

#include <deque>
#include <memory>
#include <thread>

#include "base/mutex.h"
#include "storage/columnar/store_core.h"

namespace cairn::storage::columnar {

// Thread rule: any thread.
class HeadFlusher {
 public:
  // `flushed` is called after each head.
  HeadFlusher(StoreCore& core, std::function<void()> flushed)
      : core_(core), flushed_(std::move(flushed)) {}
  ~HeadFlusher() { stop(); }

  void start();
  void stop();

  void add(std::shared_ptr<TenantSources> sources, std::shared_ptr<HeadEntry> head);
  // Seals every head of the tenants there are and turns all sealed ones into segments.
  Result<void> flush_all(const Deadline& deadline);
  // The head that was sealed first. False: there was none.
  Result<bool> flush_next();
  std::size_t waiting() const;
  // Why the last attempt failed; empty when it did not.
  std::string trouble() const;

 private:
  struct Work {
    std::shared_ptr<TenantSources> sources;
    std::shared_ptr<HeadEntry> head;
    // Written by an attempt that could not be published; the next one publishes it.
    std::shared_ptr<const Segment> written;
  };

  void run(const std::stop_token& stop);
  Result<void> flush(Work& work);
  Result<std::shared_ptr<const Segment>> write(const Work& work);
  void tick();
  void forget_finished();

  // Finished heads whose files cannot come back; the WAL's thread adds to it, maybe after this is
  // gone.
  struct GoneHeads {
    Mutex mutex;
    std::vector<std::uint64_t> heads GUARDED_BY(mutex);
  };

  StoreCore& core_;
  const std::function<void()> flushed_;
  Mutex work_mutex_;  // held while a head is written, so that the order is kept
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Work> queue_ GUARDED_BY(mutex_);
  std::string trouble_ GUARDED_BY(mutex_);
  const std::shared_ptr<GoneHeads> gone_ = std::make_shared<GoneHeads>();
  std::jthread thread_;
};

}  // namespace cairn::storage::columnar
