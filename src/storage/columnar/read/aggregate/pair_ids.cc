// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/aggregate/pair_ids.h"

#include <xxhash.h>

#include "base/random_seed.h"

namespace cairn::storage::columnar {

std::size_t PairIds::Hash::operator()(const Key& key) const {
  static const std::uint64_t seed = random_seed();
  return XXH3_64bits_withSeed(&key, sizeof(key), seed);
}

std::uint32_t PairIds::id_of(std::uint64_t first, std::uint64_t second) {
  const Key key{first, second};
  const auto found = ids_.find(key);
  if (found != ids_.end()) return found->second;
  if (ids_.size() >= most_) return kFull;
  const auto id = static_cast<std::uint32_t>(ids_.size());
  ids_.emplace(key, id);
  return id;
}

}  // namespace cairn::storage::columnar
