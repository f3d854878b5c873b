// SPDX-License-Identifier: Apache-2.0
//
// The total of request bodies and unsent answers that all connections may hold, and the receipt for
// a part of it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace cairn::net {

// Thread rule: every method may be called from any thread.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t limit) : limit_(limit) {}

  // False, taking nothing, when it would pass the limit.
  [[nodiscard]] bool try_take(std::size_t bytes) {
    const std::size_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
    if (bytes <= limit_ && before <= limit_ - bytes) return true;
    give(bytes);
    return false;
  }
  // For what exists already, an answer: counted, so that new requests are refused, never refused.
  void take(std::size_t bytes) { used_.fetch_add(bytes, std::memory_order_relaxed); }
  void give(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  // More is held than the limit, by answers: no new request should add to it.
  bool passed() const { return used() > limit_; }
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

// Bytes taken from a budget, given back on destruction. Movable. Without a budget it counts
// nothing.
class ByteLease {
 public:
  ByteLease() = default;
  explicit ByteLease(std::shared_ptr<ByteBudget> budget) : budget_(std::move(budget)) {}
  ByteLease(ByteLease&& other) noexcept
      : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
  ByteLease& operator=(ByteLease&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~ByteLease() {
    if (budget_ && bytes_ > 0) budget_->give(bytes_);
  }

  // False when the budget is used up.
  [[nodiscard]] bool try_add(std::size_t bytes) {
    if (budget_ && !budget_->try_take(bytes)) return false;
    bytes_ += bytes;
    return true;
  }
  void add(std::size_t bytes) {
    if (budget_) budget_->take(bytes);
    bytes_ += bytes;
  }

 private:
  std::shared_ptr<ByteBudget> budget_;
  std::size_t bytes_ = 0;
};

}  // namespace cairn::net
