// SPDX-License-Identifier: Apache-2.0
//
// Snapshots<T>: one immutable value that many threads read while one thread replaces it.
//
// Readers never wait: they enter (one atomic addition to a counter that few threads share), look
// and leave. The writer frees an old value once each counter has been seen at zero after the value
// was replaced: who came later has found the new one. (libstdc++ 12's std::atomic<std::shared_ptr>
// locks.) A child of fork() may have a counter that never falls again; it must not replace().
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace cairn::telemetry {

template <class T>
class Snapshots {
 public:
  explicit Snapshots(std::unique_ptr<const T> first) : current_(first.release()) {}
  ~Snapshots() { delete current_.load(); }
  Snapshots(const Snapshots&) = delete;
  Snapshots& operator=(const Snapshots&) = delete;

  // Any thread. The value lives as long as the Reader, which stays on its thread.
  class Reader {
   public:
    explicit Reader(const Snapshots& from) noexcept : inside_(from.counter()) {
      inside_.fetch_add(1, std::memory_order_seq_cst);
      value_ = from.current_.load(std::memory_order_seq_cst);
    }
    ~Reader() { inside_.fetch_sub(1, std::memory_order_release); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    const T& operator*() const noexcept { return *value_; }
    const T* operator->() const noexcept { return value_; }

   private:
    std::atomic<int>& inside_;
    const T* value_ = nullptr;
  };

  // One thread at a time.
  void replace(std::unique_ptr<const T> next) {
    old_.emplace_back(current_.exchange(next.release(), std::memory_order_seq_cst));
    seen_empty_.fill(false);
    free_old();
  }
  // Frees what nobody reads any more; the same thread as replace().
  void free_old() {
    if (old_.empty()) return;
    bool all = true;
    for (std::size_t i = 0; i < kCounters; ++i) {
      seen_empty_[i] = seen_empty_[i] || counters_[i].inside.load(std::memory_order_seq_cst) == 0;
      all = all && seen_empty_[i];
    }
    if (all) old_.clear();
  }
  // The one that replace() is measured against; the writer's thread.
  const T& newest() const noexcept { return *current_.load(std::memory_order_relaxed); }
  std::size_t old_count() const noexcept { return old_.size(); }

 private:
  static constexpr std::size_t kCounters = 16;  // the upper four bits choose one
  struct alignas(64) Counter {
    std::atomic<int> inside{0};
  };

  std::atomic<int>& counter() const noexcept {
    static thread_local char mark;  // its address tells threads apart
    // Multiplied because threads' addresses differ in few bits.
    const auto mixed = reinterpret_cast<std::uintptr_t>(&mark) * std::uint64_t{0x9E3779B97F4A7C15};
    return counters_[mixed >> 60].inside;
  }

  std::atomic<const T*> current_;
  mutable std::array<Counter, kCounters> counters_;
  std::array<bool, kCounters> seen_empty_{};
  std::vector<std::unique_ptr<const T>> old_;
};

}  // namespace cairn::telemetry
