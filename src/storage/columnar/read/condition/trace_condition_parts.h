// SPDX-License-Identifier: Apache-2.0
//
// The inside of TraceCondition, shared by its two files.
#pragma once

#include "storage/columnar/read/condition/trace_condition.h"

namespace cairn::storage::columnar {

struct TraceCondition::Node {
  enum class Kind { kSame, kAnd, kOr, kNot, kSomeSpan, kFact, kRoot };

  Kind kind = Kind::kSame;
  std::size_t some_span = 0;                  // kSomeSpan: index into Parts::some_spans
  std::size_t root = 0;                       // kRoot: index into Parts::roots
  Intrinsic intrinsic = Intrinsic::kTraceId;  // kFact, kRoot
  std::optional<ValueCheck> test;             // kFact, kRoot
  std::vector<Node> children;
};

struct TraceCondition::Parts {
  struct SomeSpan {
    ConditionMatcher matcher;
    ColumnFilter filter;
  };
  // Root spans that satisfy a comparison of kRootName or kRootService, and those that do not.
  struct Root {
    std::unique_ptr<const Condition> with;
    std::unique_ptr<const Condition> without;
    ColumnFilter with_filter;
    ColumnFilter without_filter;
  };

  TimeRange range;
  Node root;
  bool has_seed = false;          // false: every span in the range is one
  std::vector<std::size_t> seed;  // indexes into some_spans: a span of any of them
  std::deque<SomeSpan> some_spans;
  std::deque<Root> roots;
  std::unique_ptr<ColumnFilter> touched;  // every span in the range
};

}  // namespace cairn::storage::columnar
