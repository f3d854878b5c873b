// SPDX-License-Identifier: Apache-2.0
//
// What time it took, and whose: the clock's, this thread's, this process's. Sums over many laps.
// Thread rule: one thread.
#pragma once

#include <time.h>

#include "base/clock.h"

namespace cairn::bench {

// Source: clock_gettime(3).
inline Duration cpu_time(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}
inline Duration thread_cpu() {
  return cpu_time(CLOCK_THREAD_CPUTIME_ID);
}
inline Duration process_cpu() {
  return cpu_time(CLOCK_PROCESS_CPUTIME_ID);
}
inline Duration wall_time() {
  return cpu_time(CLOCK_MONOTONIC);
}

// Elapsed and CPU time between start() and stop(), summed up.
class Stopwatch {
 public:
  void start() {
    wall_ -= wall_time();
    process_ -= process_cpu();
    thread_ -= thread_cpu();
  }
  void stop() {
    thread_ += thread_cpu();
    process_ += process_cpu();
    wall_ += wall_time();
  }

  Duration wall() const { return wall_; }
  Duration cpu() const { return process_; }
  // CPU of other threads than the one that holds the watch.
  Duration cpu_of_others() const { return process_ - thread_; }

 private:
  Duration wall_{};
  Duration process_{};
  Duration thread_{};
};

}  // namespace cairn::bench
