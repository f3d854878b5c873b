// SPDX-License-Identifier: Apache-2.0
//
// Who is whose parent, by index: what the adjusters that look at structure share.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "model/batch.h"

namespace cairn::query::adjust {

// Of spans that share an id the first is the one that others mean by it.
// Thread rule: immutable. Ownership: keeps nothing of the batch.
class SpanTree {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  explicit SpanTree(const model::Batch& batch);

  std::size_t size() const { return parents_.size(); }
  // kNone for a root and where the parent is not there.
  std::uint32_t parent(std::size_t span) const { return parents_[span]; }
  std::span<const std::uint32_t> children(std::size_t span) const {
    return std::span(children_).subspan(begins_[span], begins_[span + 1] - begins_[span]);
  }
  // Another, earlier span has the same id.
  bool is_repeated(std::size_t span) const { return repeated_[span]; }

  // Every span that a span without a parent leads to, parents before children. Those on a circle of
  // parents, and below it, are missing.
  std::vector<std::uint32_t> top_down() const;

 private:
  std::vector<std::uint32_t> parents_;
  std::vector<bool> repeated_;
  std::vector<std::uint32_t> children_;  // of span 0, then of span 1, …
  std::vector<std::size_t> begins_;      // where each span's start; one more at the end
};

}  // namespace cairn::query::adjust
