// SPDX-License-Identifier: Apache-2.0
//
// ForkMutex: a mutex that the child of a fork() finds unlocked.
//
// A child has one thread, and what the others had locked stays locked in it for ever. So fork()
// takes all of these before, and the parent and the child let go of them after. Lives as long as
// the process. Whoever holds one takes no other lock, ends no span, and calls no library that does.
// Thread rule: any thread. Source: POSIX, "pthread_atfork".
#pragma once

#include <atomic>
#include <mutex>

#include <pthread.h>

namespace cairn::trace::detail {

class ForkMutex {
 public:
  constexpr ForkMutex() noexcept = default;
  ForkMutex(const ForkMutex&) = delete;
  ForkMutex& operator=(const ForkMutex&) = delete;

  void lock() {
    list();
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }
  // What the first lock() does: fork() knows it from here on. The first of a process had better be
  // listed before there are threads: a child forked in the middle of that would hang.
  void list() {
    if (!listed_.load(std::memory_order_acquire)) list_now();
  }

 private:
  struct All {
    std::mutex mutex;
    ForkMutex* first = nullptr;
  };
  static All& all() noexcept {
    static constinit All one;
    return one;
  }

  void list_now() {
    All& known = all();
    const std::lock_guard lock(known.mutex);
    if (listed_.load(std::memory_order_relaxed)) return;
    if (known.first == nullptr) pthread_atfork(lock_all, unlock_all, unlock_all);
    next_ = known.first;
    known.first = this;
    listed_.store(true, std::memory_order_release);
  }
  static void lock_all() {
    all().mutex.lock();
    for (ForkMutex* at = all().first; at != nullptr; at = at->next_) at->mutex_.lock();
  }
  static void unlock_all() {
    for (ForkMutex* at = all().first; at != nullptr; at = at->next_) at->mutex_.unlock();
    all().mutex.unlock();
  }

  std::mutex mutex_;
  std::atomic<bool> listed_{false};
  ForkMutex* next_ = nullptr;
};

}  // namespace cairn::trace::detail
