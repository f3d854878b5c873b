// SPDX-License-Identifier: Apache-2.0
//
// A std::mutex that clang's -Wthread-safety understands (libstdc++'s carries no annotations).
// Under g++ the attributes vanish and only std::mutex is left.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define CAIRN_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define CAIRN_THREAD_ATTRIBUTE(x)
#endif
#define GUARDED_BY(mutex) CAIRN_THREAD_ATTRIBUTE(guarded_by(mutex))
#define REQUIRES(mutex) CAIRN_THREAD_ATTRIBUTE(exclusive_locks_required(mutex))

namespace cairn {

class CAIRN_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() CAIRN_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() CAIRN_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class CAIRN_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) CAIRN_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() CAIRN_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits on a Mutex. The caller holds it before and after each wait, and re-checks its condition.
class CondVar {
 public:
  void wait(Mutex& mutex) REQUIRES(mutex) { condition_.wait(mutex); }
  // False when `deadline` passed first.
  template <typename Clock, typename Dur>
  bool wait_until(Mutex& mutex, std::chrono::time_point<Clock, Dur> deadline) REQUIRES(mutex) {
    return condition_.wait_until(mutex, deadline) == std::cv_status::no_timeout;
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace cairn
