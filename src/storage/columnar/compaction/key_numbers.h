// SPDX-License-Identifier: Apache-2.0
//
// KeyNumbers: numbers byte strings in the order in which they first come, so that equal ones share
// a number.
// Thread rule: one thread. Ownership: copies the keys.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "storage/columnar/head/row/hash_index.h"
#include "storage/columnar/head/row/hashing.h"

namespace cairn::storage::columnar {

class KeyNumbers {
 public:
  explicit KeyNumbers(std::uint64_t seed) : seed_(seed) {}

  // The key's number, and whether it is new.
  std::pair<std::uint32_t, bool> number(std::string_view key) {
    const std::uint64_t hash = hash_text(key, seed_);
    const std::uint32_t found =
        index_.find(hash, [&](std::uint32_t candidate) { return keys_[candidate] == key; });
    if (found != HashIndex::kNone) return {found, false};
    const auto made = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(arena_.copy(key));
    index_.insert(hash, made);
    return {made, true};
  }
  bool contains(std::string_view key) const {
    return index_.find(hash_text(key, seed_), [&](std::uint32_t candidate) {
      return keys_[candidate] == key;
    }) != HashIndex::kNone;
  }
  std::size_t size() const { return keys_.size(); }

 private:
  std::uint64_t seed_;
  Arena arena_;
  HashIndex index_;
  std::vector<std::string_view> keys_;
};

}  // namespace cairn::storage::columnar
