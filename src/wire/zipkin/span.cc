// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/span.h"

#include <algorithm>

namespace cairn::wire::zipkin {
namespace {

// Stable, and without an allocation for the usual few.
void sort_by_key(std::vector<Tag>& tags) {
  constexpr std::size_t kFew = 32;
  const auto by_key = [](const Tag& a, const Tag& b) { return a.key < b.key; };
  if (tags.size() > kFew) {
    std::ranges::stable_sort(tags, by_key);
    return;
  }
  for (auto at = tags.begin(); at != tags.end(); ++at) {
    std::rotate(std::upper_bound(tags.begin(), at, *at, by_key), at, at + 1);
  }
}

void order_tags(std::vector<Tag>& tags) {
  const auto out_of_order = [](const Tag& a, const Tag& b) { return a.key >= b.key; };
  if (std::ranges::adjacent_find(tags, out_of_order) == tags.end()) [[likely]]
    return;
  sort_by_key(tags);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (i + 1 < tags.size() && tags[i].key == tags[i + 1].key) continue;
    tags[kept++] = tags[i];
  }
  tags.resize(kept);
}

}  // namespace

void Lists::order() {
  if (annotations.size() > 1) {
    std::ranges::sort(annotations);
    const auto same = std::ranges::unique(annotations);
    annotations.erase(same.begin(), same.end());
  }
  order_tags(tags);
}

}  // namespace cairn::wire::zipkin
