// SPDX-License-Identifier: Apache-2.0
//
// Which offset of a partition may be committed: messages are dealt with in any order, a commit says
// "all before this".
//
//   begun        7  8  9 11      (10 never was: compacted away)
//   finished     x     x
//   next()          8
//
// Thread rule: one thread. Its size is the caller's limit of messages in flight.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/check.h"

namespace cairn::receivers::kafka {

class OffsetTracker {
 public:
  // Messages come in rising offsets. The ticket is for finish().
  std::uint64_t begin(std::int64_t offset) {
    if (!next_) next_ = offset;
    open_.push_back({offset, false});
    return first_ + open_.size() - 1;
  }

  // REQUIRES: a ticket of begin(), once.
  void finish(std::uint64_t ticket) {
    CAIRN_CHECK(ticket >= first_ && ticket - first_ < open_.size());
    open_[ticket - first_].finished = true;
    while (!open_.empty() && open_.front().finished) {
      next_ = open_.front().offset + 1;
      open_.pop_front();
      ++first_;
    }
  }

  // Everything before this offset is dealt with. Empty: nothing was begun yet.
  std::optional<std::int64_t> next() const { return next_; }
  bool idle() const { return open_.empty(); }

 private:
  struct Open {
    std::int64_t offset;
    bool finished;
  };

  std::deque<Open> open_;
  std::uint64_t first_ = 0;  // the ticket of open_.front()
  std::optional<std::int64_t> next_;
};

}  // namespace cairn::receivers::kafka
