// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/dictionary/local_values.h"

#include <algorithm>
#include <numeric>

namespace cairn::storage::columnar {
namespace {

// A hash table that is a quarter full at most. Values are a peer's: with chosen ones a look-up
// takes `limit` steps, no more.
class ValueTable {
 public:
  explicit ValueTable(std::size_t limit) : limit_(limit) {
    std::size_t slots = 16;
    while (slots < 4 * limit) slots *= 2;
    slots_.assign(slots, 0);
  }

  // The value's number, or limit() when it would be one too many.
  std::size_t number_of(std::uint64_t value, std::vector<std::uint64_t>& distinct) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>((value * 0x9e37'79b9'7f4a'7c15u) >> 40) & mask;
    for (; slots_[at] != 0; at = (at + 1) & mask) {
      if (distinct[slots_[at] - 1] == value) return slots_[at] - 1;
    }
    if (distinct.size() == limit_) return limit_;
    distinct.push_back(value);
    slots_[at] = static_cast<std::uint32_t>(distinct.size());
    return distinct.size() - 1;
  }

 private:
  std::size_t limit_;
  std::vector<std::uint32_t> slots_;  // number plus 1; 0: free
};

// Renumbers so that the most frequent value is 0; equally frequent ones keep their order.
void sort_by_frequency(std::span<const std::uint32_t> counts, std::vector<std::uint64_t>& distinct,
                       std::vector<std::uint32_t>& indexes) {
  std::vector<std::uint32_t> order(distinct.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
  });
  std::vector<std::uint64_t> sorted(distinct.size());
  std::vector<std::uint32_t> place(distinct.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    sorted[i] = distinct[order[i]];
    place[order[i]] = i;
  }
  distinct = std::move(sorted);
  for (std::uint32_t& index : indexes) index = place[index];
}

template <typename T>
bool find_values(std::span<const T> values, std::size_t limit, std::vector<std::uint64_t>& distinct,
                 std::vector<std::uint32_t>& indexes) {
  ValueTable table(limit);
  std::vector<std::uint32_t> counts(limit, 0);
  distinct.clear();
  indexes.clear();
  indexes.reserve(values.size());
  for (const T value : values) {
    const std::size_t number = table.number_of(value, distinct);
    if (number == limit) return false;
    ++counts[number];
    indexes.push_back(static_cast<std::uint32_t>(number));
  }
  sort_by_frequency(counts, distinct, indexes);
  return true;
}

}  // namespace

bool find_local_values(std::span<const std::uint64_t> values, std::size_t limit,
                       std::vector<std::uint64_t>& distinct, std::vector<std::uint32_t>& indexes) {
  return find_values(values, limit, distinct, indexes);
}

bool find_local_values(std::span<const std::uint32_t> values, std::size_t limit,
                       std::vector<std::uint64_t>& distinct, std::vector<std::uint32_t>& indexes) {
  return find_values(values, limit, distinct, indexes);
}

}  // namespace cairn::storage::columnar
