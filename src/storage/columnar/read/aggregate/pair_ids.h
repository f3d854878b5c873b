// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace cairn::storage::columnar {

// Small numbers for the different pairs of numbers met, in order of first meeting.
// The hash is seeded: numbers may come from peers.
// Thread rule: one thread.
class PairIds {
 public:
  static constexpr std::uint32_t kFull = 0xffff'ffff;

  explicit PairIds(std::size_t most) : most_(most) {}

  // kFull for a new pair when there are `most` already.
  std::uint32_t id_of(std::uint64_t first, std::uint64_t second);
  std::size_t size() const { return ids_.size(); }

 private:
  struct Key {
    std::uint64_t first;
    std::uint64_t second;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  std::size_t most_;
  std::unordered_map<Key, std::uint32_t, Hash> ids_;
};

}  // namespace cairn::storage::columnar
