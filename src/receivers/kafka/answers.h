// SPDX-License-Identifier: Apache-2.0
//
// Where the store's answers wait for the receiver's thread. Shared by both, so that an answer that
// comes after the receiver is gone still has a place to go.
// Thread rule: add() from any thread; the rest by the receiver's.
#pragma once

#include <chrono>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "ingest/ingest.h"

namespace cairn::receivers::kafka {

class Answers {
 public:
  struct Answer {
    std::uint64_t shipment;
    Result<ingest::Outcome> outcome;
  };

  Answers(const ingest::Source& source, MetricsRegistry& metrics) : door(source, metrics) {}

  void add(std::uint64_t shipment, Result<ingest::Outcome> outcome) {
    {
      MutexLock lock(mutex_);
      waiting_.push_back({shipment, std::move(outcome)});
    }
    arrived_.notify_one();
  }

  // All that have come, without waiting.
  std::vector<Answer> take() {
    MutexLock lock(mutex_);
    return std::exchange(waiting_, {});
  }

  // Waits until there is one.
  void wait_until(std::chrono::steady_clock::time_point deadline) {
    MutexLock lock(mutex_);
    while (waiting_.empty()) {
      if (!arrived_.wait_until(mutex_, deadline)) return;
    }
  }

  ingest::Door door;  // must live as long as answers may come

 private:
  Mutex mutex_;
  CondVar arrived_;
  std::vector<Answer> waiting_ GUARDED_BY(mutex_);
};

}  // namespace cairn::receivers::kafka
