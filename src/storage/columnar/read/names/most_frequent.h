// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

namespace cairn::storage::columnar {

// Puts the highest `count` first, equal ones as `before` says, and cuts at `limit`.
template <typename Count, typename Before>
void keep_most_frequent(std::vector<Count>& counts, std::size_t limit, const Before& before) {
  const auto better = [&](const Count& a, const Count& b) {
    return a.count != b.count ? a.count > b.count : before(a, b);
  };
  const std::size_t kept = std::min(limit, counts.size());
  std::ranges::partial_sort(counts, counts.begin() + static_cast<std::ptrdiff_t>(kept), better);
  counts.resize(kept);
}

}  // namespace cairn::storage::columnar
