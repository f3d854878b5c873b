// SPDX-License-Identifier: Apache-2.0
#include "query/adjust/span_tree.h"

namespace cairn::query::adjust {

SpanTree::SpanTree(const model::Batch& batch)
    : parents_(batch.spans.size(), kNone),
      repeated_(batch.spans.size()),
      begins_(batch.spans.size() + 1) {
  const auto count = static_cast<std::uint32_t>(batch.spans.size());
  std::unordered_map<model::SpanId, std::uint32_t> by_id;
  by_id.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    repeated_[i] = !by_id.try_emplace(batch.spans[i].span_id, i).second;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (batch.spans[i].is_root()) continue;
    const auto parent = by_id.find(batch.spans[i].parent_span_id);
    if (parent == by_id.end()) continue;
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
