// SPDX-License-Identifier: Apache-2.0
//
// ValueCheck: one comparison made ready for many values. It means exactly what holds() of
// condition_matcher.h does, and knows the shapes of it that columns can answer without asking value
// by value.
#pragma once

#include <optional>
#include <string>

#include "storage/api/condition.h"
#include "storage/api/pattern.h"

namespace cairn::storage::columnar {

// The ints that satisfy a comparison: those of the closed interval, or all others.
struct IntInterval {
  bool inside = true;
  std::int64_t low = 0;
  std::int64_t high = 0;  // below `low`: the interval is empty

  bool contains(std::int64_t value) const { return (low <= value && value <= high) == inside; }
};

// Thread rule: immutable.
class ValueCheck {
 public:
  // REQUIRES: a comparison of a condition that validates. `comparison` outlives the test.
  explicit ValueCheck(const Comparison& comparison);

  bool holds(const model::AnyValue& value) const;

  // Presence is all that is asked.
  bool only_presence() const { return comparison_->op == Operator::kExists; }
  // No value of this kind can satisfy it, whatever it holds.
  bool never(model::AnyValue::Kind kind) const;
  // The one text that satisfies it, when there is exactly one and no more than that is asked of
  // strings; null otherwise. Other kinds of values are another matter.
  const std::string* only_text() const;
  // The ints that satisfy it, where they are one interval.
  const std::optional<IntInterval>& ints() const { return ints_; }

 private:
  const Comparison* comparison_;
  std::optional<Pattern> pattern_;
  std::optional<IntInterval> ints_;
};

// Exposed for its test.
std::optional<IntInterval> int_interval(const Comparison& comparison);

}  // namespace cairn::storage::columnar
