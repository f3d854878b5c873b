// SPDX-License-Identifier: Apache-2.0
//
// StableVector: an append-only sequence whose elements never move, so that one writer can append
// while readers look at what was there before.
//
//   chunk 0: [16]  chunk 1: [16]  chunk 2: [32]  chunk 3: [64] …      index → chunk by its top bit
//
// Thread rule: one writer. A reader may use every index below a size that the writer published to
// it with release/acquire order (published_size() is such a size).
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace cairn::storage::columnar {

template <typename T>
class StableVector {
 public:
  StableVector() = default;
  StableVector(const StableVector&) = delete;
  StableVector& operator=(const StableVector&) = delete;
  ~StableVector() {
    if constexpr (!std::is_trivially_destructible_v<T>) {
      for (std::size_t i = 0; i < size_; ++i) std::destroy_at(&at(i));
    }
    for (T* chunk : chunks_) {
      if (chunk) ::operator delete(static_cast<void*>(chunk), std::align_val_t{kAlignment});
    }
  }

  // ---- the writer ----
  std::size_t size() const { return size_; }
  void push_back(T value) {
    if (next_ == end_) grow();
    std::construct_at(next_++, std::move(value));
    ++size_;
  }
  void append(std::span<const T> items) {
    while (!items.empty()) {
      if (next_ == end_) grow();
      const std::size_t count = std::min(items.size(), static_cast<std::size_t>(end_ - next_));
      std::uninitialized_copy_n(items.data(), count, next_);
      next_ += count;
      size_ += count;
      items = items.subspan(count);
    }
  }
  void append_default(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) push_back(T{});
  }
  // Makes everything appended so far visible to readers of published_size().
  void publish() { published_.store(size_, std::memory_order_release); }
  T& operator[](std::size_t index) { return at(index); }

  // ---- readers ----
  std::size_t published_size() const { return published_.load(std::memory_order_acquire); }
  const T& operator[](std::size_t index) const {
    return const_cast<StableVector*>(this)->at(index);
  }
  // The elements from `first` on that lie in one piece, at most `count` of them and, unless that is
  // 0, at least one: for whoever goes over many.
  std::span<const T> run(std::size_t first, std::size_t count) const {
    if (count == 0) return {};
    const int chunk = chunk_of(first);
    const std::size_t offset = first - chunk_begin(chunk);
    return {chunks_[static_cast<std::size_t>(chunk)] + offset,
            std::min(count, chunk_size(chunk) - offset)};
  }

  // Memory held by the chunks, as the writer sees it. The part of the last one that was never
  // written is not counted when it is large: such pages do not exist yet.
  std::size_t reserved_bytes() const {
    const auto unwritten = static_cast<std::size_t>(end_ - next_) * sizeof(T);
    const std::size_t reserved = reserved_ * sizeof(T);
    return unwritten < kPagesFrom ? reserved : reserved - unwritten;
  }

 private:
  static constexpr std::size_t kFirst = 16;
  static constexpr int kFirstBits = 4;
  static constexpr std::size_t kAlignment = std::max<std::size_t>(alignof(T), 64);
  static constexpr std::size_t kPagesFrom = 128 * 1024;

  static int chunk_of(std::size_t index) {
    return index < kFirst ? 0 : static_cast<int>(std::bit_width(index)) - kFirstBits;
  }
  static std::size_t chunk_begin(int chunk) { return chunk == 0 ? 0 : kFirst << (chunk - 1); }
  static std::size_t chunk_size(int chunk) { return chunk == 0 ? kFirst : kFirst << (chunk - 1); }

  T& at(std::size_t index) {
    const int chunk = chunk_of(index);
    return chunks_[static_cast<std::size_t>(chunk)][index - chunk_begin(chunk)];
  }
  void grow() {
    const int chunk = chunk_of(size_);
    const std::size_t count = chunk_size(chunk);
    next_ = static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{kAlignment}));
    end_ = next_ + count;
    chunks_[static_cast<std::size_t>(chunk)] = next_;
    reserved_ += count;
  }

  T* next_ = nullptr;  // where the next element goes; at end_ when the chunk is full
  T* end_ = nullptr;
  std::size_t size_ = 0;
  std::size_t reserved_ = 0;
  std::atomic<std::size_t> published_{0};
  std::array<T*, 40> chunks_{};
};

}  // namespace cairn::storage::columnar
