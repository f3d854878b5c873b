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
  kSibling = 0,  // the end of the sibling before it, else the parent's start
  kParent = 1,   // the parent's start
};
inline constexpr std::uint8_t kStartBases = 2;

class SpanClock {
 public:
  // Begins a trace.
  void reset(std::uint64_t trace_start) {
    trace_start_ = trace_start;
    starts_.clear();
    next_.clear();
  }

  // What the next row's start is measured from. REQUIRES: distance <= rows added.
  std::uint64_t base(StartBase from, std::uint32_t distance) const {
    if (distance == 0) return trace_start_;
    const std::size_t parent = starts_.size() - distance;
    return from == StartBase::kSibling ? next_[parent] : starts_[parent];
  }

  // Adds the row.
  void add(std::uint32_t distance, std::uint64_t start, std::uint64_t duration) {
    if (distance != 0) next_[starts_.size() - distance] = start + duration;
    starts_.push_back(start);
    next_.push_back(start);
  }

  std::uint64_t start(std::size_t row) const { return starts_[row]; }

 private:
  std::uint64_t trace_start_ = 0;
  std::vector<std::uint64_t> starts_;
  std::vector<std::uint64_t> next_;  // by row: where its next child is expected
};

}  // namespace cairn::storage::columnar
