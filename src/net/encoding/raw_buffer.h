// SPDX-License-Identifier: Apache-2.0
//
// A growing byte buffer that never zeroes what is about to be overwritten, and that becomes a
// PinnedBytes without a copy. Large ones grow by moving pages (realloc), not by copying.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "net/connection/byte_budget.h"

namespace cairn::net {

// Thread rule: one thread at a time.
class RawBuffer {
 public:
  RawBuffer() = default;
  // What is committed is charged to the lease, for as long as the bytes live.
  explicit RawBuffer(ByteLease lease) : lease_(std::move(lease)) {}

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  ByteView view() const { return {data_.get(), size_}; }

  // Room for at least `capacity` bytes in total. Out of memory ends the process.
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    void* grown = std::realloc(data_.get(), capacity);  // NOLINT: owned by data_ below
    CAIRN_CHECK(grown != nullptr);
    (void)data_.release();
    data_.reset(static_cast<std::byte*>(grown));
    capacity_ = capacity;
  }
  // Doubles towards `limit`, by at least 4 KiB where the limit allows it.
  void grow(std::size_t limit) {
    reserve(std::min(limit, std::max(capacity_ * 2, capacity_ + 4_KiB)));
  }

  // The unwritten rest of the capacity; commit() says how much of it was written.
  std::span<std::byte> space() { return {data_.get() + size_, capacity_ - size_}; }
  // False, committing nothing, when the budget behind the lease is used up.
  [[nodiscard]] bool commit(std::size_t bytes) {
    CAIRN_CHECK(bytes <= capacity_ - size_);
    if (!lease_.try_add(bytes)) return false;
    size_ += bytes;
    return true;
  }
  // Copies `bytes` in, growing up to `limit` in total. REQUIRES: they fit into the limit.
  [[nodiscard]] bool append(ByteView bytes, std::size_t limit) {
    if (bytes.empty()) return true;
    CAIRN_CHECK(bytes.size() <= limit - size_);
    while (capacity_ - size_ < bytes.size()) grow(limit);
    std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
    return commit(bytes.size());
  }

  // Hands the bytes over; the buffer is empty afterwards.
  PinnedBytes pin() && {
    auto owner = std::make_shared<RawBuffer>(std::move(*this));
    const ByteView pinned = owner->view();
    return {std::move(owner), pinned};
  }

  RawBuffer(RawBuffer&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)),
        lease_(std::move(other.lease_)) {}
  RawBuffer& operator=(RawBuffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    lease_ = std::move(other.lease_);
    return *this;
  }
  ~RawBuffer() = default;

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }  // NOLINT: pairs with realloc
  };
  std::unique_ptr<std::byte[], Free> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  ByteLease lease_;
};

}  // namespace cairn::net
