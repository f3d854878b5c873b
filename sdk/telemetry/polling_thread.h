// SPDX-License-Identifier: Apache-2.0
//
// PollingThread: does something now and again on a thread of its own that records no spans.
//
// It stops with its owner and before the program's static objects go, whichever is first. In a
// child of fork() there is no thread, and stopping it does nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include <sys/types.h>

namespace cairn::telemetry {

class PollingThread {
 public:
  PollingThread() = default;
  ~PollingThread() { stop(); }
  PollingThread(const PollingThread&) = delete;
  PollingThread& operator=(const PollingThread&) = delete;

  // Calls `work` at once and then `interval` after each end. `cancel` makes a running `work` return
  // soon; it is called by stop(). False when no thread can be had. Once.
  bool start(std::function<void()> work, std::function<void()> cancel,
             std::chrono::milliseconds interval);
  // Returns when the thread has ended; the owner's.
  void stop() noexcept;

 private:
  static void stop_all_at_exit();
  void end_thread() noexcept;
  void run(const std::function<void()>& work, std::chrono::milliseconds interval);

  // On the heap so that a child can leave it: a condition variable cannot be destroyed while a
  // thread waits on it, and in the child that thread waits for ever.
  struct Signal {
    std::mutex mutex;
    std::condition_variable wake;
    bool stopping = false;  // by mutex
  };

  std::function<void()> cancel_;
  std::unique_ptr<Signal> signal_ = std::make_unique<Signal>();
  std::thread thread_;
  pid_t owner_ = 0;
};

}  // namespace cairn::telemetry
