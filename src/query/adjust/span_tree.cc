// SPDX-License-Identifier: Apache-2.0
#include "query/adjust/span_tree.h"

#include <algorithm>
#include <bit>

namespace cairn::query::adjust {
namespace {

std::uint64_t key_of(const model::SpanId& id) {
  return std::bit_cast<std::uint64_t>(id.bytes);
}

}  // namespace

SpanTree::SpanTree(const model::Batch& batch)
    : parents_(batch.spans.size(), kNone),
      repeated_(batch.spans.size()),
      begins_(batch.spans.size() + 1) {
  const auto count = static_cast<std::uint32_t>(batch.spans.size());
  // A sorted list: several times faster here than a hash table, and nothing to steer.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> by_id(count);
  for (std::uint32_t i = 0; i < count; ++i) by_id[i] = {key_of(batch.spans[i].span_id), i};
  std::ranges::sort(by_id);
  for (std::size_t i = 1; i < by_id.size(); ++i) {
    if (by_id[i].first == by_id[i - 1].first) repeated_[by_id[i].second] = true;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (batch.spans[i].is_root()) continue;
    const std::pair wanted(key_of(batch.spans[i].parent_span_id), std::uint32_t{0});
    const auto parent = std::ranges::lower_bound(by_id, wanted);
    if (parent == by_id.end() || parent->first != wanted.first) continue;
    parents_[i] = parent->second;
    ++begins_[parent->second + 1];
  }
  for (std::uint32_t i = 0; i < count; ++i) begins_[i + 1] += begins_[i];
  children_.resize(begins_[count]);
  std::vector<std::size_t> next(begins_.begin(), begins_.end());
  for (std::uint32_t i = 0; i < count; ++i) {
    if (parents_[i] != kNone) children_[next[parents_[i]]++] = i;
  }
}

std::vector<std::uint32_t> SpanTree::top_down() const {
  std::vector<std::uint32_t> order;
  order.reserve(size());
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (parents_[i] == kNone) order.push_back(i);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto below = children(order[i]);
    order.insert(order.end(), below.begin(), below.end());
  }
  return order;
}

}  // namespace cairn::query::adjust
