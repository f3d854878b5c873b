// SPDX-License-Identifier: Apache-2.0
//
// HashIndex: finds the number of a thing that lies elsewhere by its hash. Open addressing, linear
// probing; a slot holds 32 bits of the hash and the number.
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::storage::columnar {

class HashIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  // The first number under `hash` for which `same(number)` holds, or kNone.
  template <typename Same>
  std::uint32_t find(std::uint64_t hash, const Same& same) const {
    if (slots_.empty()) return kNone;
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t i = tag & mask_; slots_[i].number != kNone; i = (i + 1) & mask_) {
      if (slots_[i].tag == tag && same(slots_[i].number)) return slots_[i].number;
    }
    return kNone;
  }
  // A number that find() will look at, if the place of `hash` holds one.
  std::uint32_t first(std::uint64_t hash) const {
    return slots_.empty() ? kNone : slots_[tag_of(hash) & mask_].number;
  }
  // Begins to bring the place of `hash` into the cache.
  void prefetch(std::uint64_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[tag_of(hash) & mask_]);
  }

  // Equal hashes may be put in more than once. `number` is not kNone.
  void insert(std::uint64_t hash, std::uint32_t number) {
    if (8 * (size_ + 1) > 5 * slots_.size()) grow();
    place({tag_of(hash), number});
    ++size_;
  }

  // Forgets everything and frees the memory.
  void clear() {
    slots_ = {};
    mask_ = size_ = 0;
  }
  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  static constexpr std::size_t kLarge = 16384;  // from here on memory is dearer than moving

  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = kNone;
  };

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  void place(Slot slot) {
    std::size_t i = slot.tag & mask_;
    while (slots_[i].number != kNone) i = (i + 1) & mask_;
    slots_[i] = slot;
  }
  void grow() {
    const std::size_t factor = slots_.size() < kLarge ? 4 : 2;
    std::vector<Slot> old(slots_.empty() ? 16 : factor * slots_.size());
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.number != kNone) place(slot);
    }
  }

  std::vector<Slot> slots_;  // a power of two, at most five of eight in use
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
};

}  // namespace cairn::storage::columnar
