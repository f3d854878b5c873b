// SPDX-License-Identifier: Apache-2.0
//
// A bump allocator: memory that is freed all at once. clear() keeps the blocks, so that an arena
// that is used again and again stops allocating.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.h"

namespace cairn {

// Thread rule: one thread at a time. Ownership: what it hands out lives until clear() or
// destruction.
class Arena {
 public:
  // `size` bytes at `alignment` (a power of two, at most 16). Never null; size 0 is allowed.
  void* allocate(std::size_t size, std::size_t alignment) {
    std::size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (start + size > capacity_) return allocate_slow(size);
    used_ = start + size;
    return current_ + start;
  }

  // Copies `items` into the arena.
  template <typename T>
  std::span<T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    if (items.empty()) return {};
    T* to = static_cast<T*>(allocate(items.size_bytes(), alignof(T)));
    std::memcpy(static_cast<void*>(to), items.data(), items.size_bytes());
    return {to, items.size()};
  }
  std::string_view copy(std::string_view text) {
    const std::span<const char> copied = copy(std::span<const char>(text.data(), text.size()));
    return {copied.data(), copied.size()};
  }

  // `count` default-constructed records, to be filled in by the caller.
  template <typename T>
  std::span<T> make(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    T* to = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_default_construct_n(to, count);
    return {to, count};
  }

  // Forgets everything handed out; keeps the blocks for the next round.
  void clear();

  // Bytes of memory held, used or not.
  std::size_t reserved_bytes() const { return reserved_; }

 private:
  static constexpr std::size_t kFirstBlock = 4_KiB;
  static constexpr std::size_t kLargestBlock = 1_MiB;

  struct Block {
    std::unique_ptr<std::byte[]> data;
    std::size_t size = 0;
  };

  void* allocate_slow(std::size_t size);

  std::byte* current_ = nullptr;  // the block in use
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
  std::size_t next_block_ = 0;  // blocks before it are in use
  std::size_t reserved_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace cairn
