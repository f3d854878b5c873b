// SPDX-License-Identifier: Apache-2.0
//
// SpanClock: what a span's start is measured from. It walks the rows of a trace in their order; the
// writer subtracts what it says, the reader adds it. All arithmetic is modulo 2^64.
//
//   parent   |-----------------------------|
//   first       |-----|                        from the parent's start
//   second              |------|               from the end of the sibling before it
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::storage::columnar {

// From where a class measures the starts of its spans. A span without a parent in the group is
// always measured from the first start of its trace.
enum class StartBase : std::uint8_t {
  kSibling = 0,       // the end of the sibling before it, else the parent's start
  kParent = 1,        // the parent's start
  kSiblingStart = 2,  // the start of the sibling before it, else the parent's
  kParentEnd = 3,     // as if it ended together with its parent
  kMiddle = 4,        // as if it lay in the middle of its parent: calls over a network do
};
inline constexpr std::uint8_t kStartBases = 5;

class SpanClock {
 public:
  // Begins a trace.
  void reset(std::uint64_t trace_start) {
    trace_start_ = trace_start;
    rows_.clear();
  }

  // What the next row's start is measured from. REQUIRES: distance <= rows added.
  std::uint64_t base(StartBase from, std::uint32_t distance, std::uint64_t duration) const {
    if (distance == 0) return trace_start_;
    const Row& parent = rows_[rows_.size() - distance];
    switch (from) {
      case StartBase::kSibling:
        return parent.child_end;
      case StartBase::kParent:
        return parent.start;
      case StartBase::kSiblingStart:
        return parent.child_start;
      case StartBase::kParentEnd:
        return parent.start + (parent.duration - duration);
      case StartBase::kMiddle:
        break;
    }
    const auto rest = static_cast<std::int64_t>(parent.duration - duration);
    return parent.start + static_cast<std::uint64_t>(rest / 2);
  }

  // Adds the row.
  void add(std::uint32_t distance, std::uint64_t start, std::uint64_t duration) {
    if (distance != 0) {
      Row& parent = rows_[rows_.size() - distance];
      parent.child_start = start;
      parent.child_end = start + duration;
    }
    rows_.push_back({start, duration, start, start});
  }

 private:
  struct Row {
    std::uint64_t start;
    std::uint64_t duration;
    std::uint64_t child_start;  // of its last child so far; else its own start
    std::uint64_t child_end;    // likewise
  };

  std::uint64_t trace_start_ = 0;
  std::vector<Row> rows_;
};

}  // namespace cairn::storage::columnar
