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

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

namespace cairn::storage::columnar {

template <typename T>
class StableVector {
 public:
  StableVector() = default;
  StableVector(const StableVector&) = delete;
  StableVector& operator=(const StableVector&) = delete;

  // ---- the writer ----
  std::size_t size() const { return size_; }
  void push_back(T value) {
    slot(size_) = std::move(value);
    ++size_;
  }
  // Room for `count` elements in one piece of chunk after chunk; they are default values.
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

  // Memory held by the chunks.
  std::size_t reserved_bytes() const { return reserved_ * sizeof(T); }

 private:
  static constexpr std::size_t kFirst = 16;
  static constexpr int kFirstBits = 4;

  static int chunk_of(std::size_t index) {
    return index < kFirst ? 0 : static_cast<int>(std::bit_width(index)) - kFirstBits;
  }
  static std::size_t chunk_begin(int chunk) { return chunk == 0 ? 0 : kFirst << (chunk - 1); }
  static std::size_t chunk_size(int chunk) { return chunk == 0 ? kFirst : kFirst << (chunk - 1); }

  T& at(std::size_t index) {
    const int chunk = chunk_of(index);
    return chunks_[static_cast<std::size_t>(chunk)][index - chunk_begin(chunk)];
  }
  T& slot(std::size_t index) {
    const int chunk = chunk_of(index);
    auto& memory = chunks_[static_cast<std::size_t>(chunk)];
    if (!memory) {
      memory = std::make_unique<T[]>(chunk_size(chunk));
      reserved_ += chunk_size(chunk);
    }
    return memory[index - chunk_begin(chunk)];
  }

  std::array<std::unique_ptr<T[]>, 40> chunks_;
  std::size_t size_ = 0;
  std::size_t reserved_ = 0;
  std::atomic<std::size_t> published_{0};
};

}  // namespace cairn::storage::columnar
