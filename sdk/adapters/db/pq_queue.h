// SPDX-License-Identifier: Apache-2.0
//
// SpanQueue: the spans of what was sent over a connection and is not answered yet, in order.
//
// Belongs to the connection (libpq's instance data), so it goes when the connection goes. Bounded:
// past the bound a query has a place in the order and no span. Thread rule: the connection's.
#pragma once

#include <cstddef>
#include <deque>

#include <cairn/adapters/sql_span.h>
#include <libpq-events.h>

namespace cairn::trace::pq {

class SpanQueue {
 public:
  static constexpr std::size_t kMaxSpans = 1024;

  ~SpanQueue() { abandon(); }

  // Once a query has gone untraced those after it do too, until the order is clear again.
  bool has_room() const { return untraced_ == 0 && spans_.size() < kMaxSpans; }
  void push(SqlSpan span) {
    if (has_room()) {
      spans_.push_back(static_cast<SqlSpan&&>(span));
    } else {
      ++untraced_;
    }
  }
  bool empty() const { return spans_.empty() && untraced_ == 0; }
  // Whether the oldest query has given a result.
  bool answered() const { return answered_; }

  // tell(SqlSpan&) returns whether the result is a failure.
  template <class Tell>
  void answer(Tell&& tell) {
    answered_ = true;
    if (!spans_.empty()) failed_ = tell(spans_.front()) || failed_;
  }
  // The oldest query has given all its results.
  void pop() {
    if (spans_.empty()) {
      --untraced_;
    } else {
      if (!failed_) spans_.front().succeed();
      spans_.pop_front();
    }
    answered_ = failed_ = false;
  }
  // Nobody will read the rest.
  void abandon() {
    for (SqlSpan& span : spans_) span.fail({}, "the results were never read");
    spans_.clear();
    untraced_ = 0;
    answered_ = failed_ = false;
  }

 private:
  std::deque<SqlSpan> spans_;
  std::size_t untraced_ = 0;  // queries behind spans_ that have no span
  bool answered_ = false;
  bool failed_ = false;
};

}  // namespace cairn::trace::pq
