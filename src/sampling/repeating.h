// SPDX-License-Identifier: Apache-2.0
//
// A thread that does one thing every so often. Thread rule: destruction stops and joins it.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/thread.h"

namespace cairn::sampling {

class Repeating {
 public:
  // First after `every`, then each `every` after the end of the last time. 0: never.
  Repeating(std::string name, Duration every, std::function<void()> work) {
    if (every <= Duration(0)) return;
    // The clock would overflow, and the wait end at once, with the longest durations.
    const Duration pause = std::min<Duration>(every, std::chrono::hours(24 * 365));
    thread_ = start_thread(std::move(name), [pause,
                                             work = std::move(work)](const std::stop_token& stop) {
      std::mutex mutex;
      std::condition_variable_any never;
      std::unique_lock lock(mutex);
      while (!never.wait_for(lock, stop, pause, [] { return false; }) && !stop.stop_requested()) {
        work();
      }
    });
  }

 private:
  std::jthread thread_;
};

}  // namespace cairn::sampling
