// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/span.h"

#include <algorithm>
#include <cstring>

namespace cairn::wire::zipkin {
namespace {

// The first eight bytes as a number that orders as they do. REQUIRES: there are eight.
std::uint64_t leading_bytes(std::string_view text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text.data(), sizeof(word));
  return __builtin_bswap64(word);
}

// As a.key < b.key, mostly told by the first bytes.
[[gnu::always_inline]] inline bool key_before(const Tag& a, const Tag& b) {
  if (a.key.size() >= 8 && b.key.size() >= 8) {
    const std::uint64_t left = leading_bytes(a.key);
    const std::uint64_t right = leading_bytes(b.key);
    if (left != right) return left < right;
  }
  return a.key < b.key;
}

// Stable, and without an allocation for the usual few.
void sort_by_key(std::vector<Tag>& tags) {
  constexpr std::size_t kFew = 32;
  if (tags.size() > kFew) {
    std::ranges::stable_sort(tags, key_before);
    return;
  }
  for (auto at = tags.begin(); at != tags.end(); ++at) {
    std::rotate(std::upper_bound(tags.begin(), at, *at, key_before), at, at + 1);
  }
}

void order_tags(std::vector<Tag>& tags) {
  const auto out_of_order = [](const Tag& a, const Tag& b) { return !key_before(a, b); };
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
