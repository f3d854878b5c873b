// SPDX-License-Identifier: Apache-2.0
//
// Holds back the producer of a streamed answer while too much of it waits for a slow reader.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/mutex.h"
#include "net/connection/byte_budget.h"

namespace cairn::net {

// Thread rule: enter() from the producer's thread; the rest from any.
class StreamGate : public std::enable_shared_from_this<StreamGate> {
 public:
  StreamGate(std::size_t limit, std::shared_ptr<ByteBudget> budget)
      : limit_(limit), budget_(std::move(budget)) {}

  // Blocks while more than the limit waits. False once shut or when `until` has passed.
  [[nodiscard]] bool enter(std::size_t bytes, std::chrono::steady_clock::time_point until) {
    if (std::chrono::steady_clock::now() >= until) return false;
    MutexLock lock(mutex_);
    while (!shut_ && waiting_ > limit_) {
      if (until == std::chrono::steady_clock::time_point::max()) {
        changed_.wait(mutex_);
      } else if (!changed_.wait_until(mutex_, until)) {
        return false;
      }
    }
    if (shut_) return false;
    waiting_ += bytes;
    return true;
  }

  // The same bytes, which leave the gate and the budget when their last copy is dropped.
  PinnedBytes wrap(PinnedBytes bytes) {
    struct Held {
      PinnedBytes bytes;
      std::shared_ptr<StreamGate> gate;
      ByteLease lease;
      Held(PinnedBytes held, std::shared_ptr<StreamGate> of)
          : bytes(std::move(held)), gate(std::move(of)), lease(gate->budget_) {
        lease.add(bytes.size());
      }
      ~Held() { gate->leave(bytes.size()); }
    };
    const ByteView view = bytes.view;
    return {std::make_shared<Held>(std::move(bytes), shared_from_this()), view};
  }

  // Nobody reads any more: every enter() returns false.
  void shut() {
    {
      MutexLock lock(mutex_);
      shut_ = true;
    }
    changed_.notify_all();
  }

 private:
  void leave(std::size_t bytes) {
    {
      MutexLock lock(mutex_);
      waiting_ -= bytes;
    }
    changed_.notify_all();
  }

  const std::size_t limit_;
  const std::shared_ptr<ByteBudget> budget_;
  Mutex mutex_;
  CondVar changed_;
  std::size_t waiting_ GUARDED_BY(mutex_) = 0;
  bool shut_ GUARDED_BY(mutex_) = false;
};

}  // namespace cairn::net
