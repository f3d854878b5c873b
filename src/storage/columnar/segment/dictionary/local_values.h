// SPDX-License-Identifier: Apache-2.0
//
// The different values of a column, when they are few: a dictionary of its own, the most frequent
// value first, so that indexes are small.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cairn::storage::columnar {

// Replaces `distinct` by the different values and `indexes` by each value's place among them.
// False, and anything in both, when there are more than `limit`.
bool find_local_values(std::span<const std::uint64_t> values, std::size_t limit,
                       std::vector<std::uint64_t>& distinct, std::vector<std::uint32_t>& indexes);
bool find_local_values(std::span<const std::uint32_t> values, std::size_t limit,
                       std::vector<std::uint64_t>& distinct, std::vector<std::uint32_t>& indexes);

}  // namespace cairn::storage::columnar
