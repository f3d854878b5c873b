// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/condition/verdict.h"

#include <limits>

#include <gtest/gtest.h>

#include "storage/columnar/read/condition/value_check.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kInts[] = {kLeast, kLeast + 1, -2, -1, 0, 1, 2, 3, kMost - 1, kMost};
constexpr Operator kOperators[] = {
    Operator::kExists,      Operator::kEqual,   Operator::kNotEqual,      Operator::kLess,
    Operator::kLessOrEqual, Operator::kGreater, Operator::kGreaterOrEqual};

std::vector<Constant> constants() {
  std::vector<Constant> made{true, std::string("1"), std::string("x")};
  for (const std::int64_t value : kInts) made.emplace_back(value);
  for (const double value :
       {-0.5, 0.0, -0.0, 0.5, 1.0, 1.5, -0x1p63, 0x1p63, -0x1.8p63, 1e300, -1e300,
        std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN(), 0x1.fffffffffffffp62}) {
    made.emplace_back(value);
  }
  return made;
}

TEST(ValueCheck, IntervalsMeanWhatTheComparisonMeans) {
  for (const Operator op : kOperators) {
    for (const Constant& constant : constants()) {
      Comparison comparison{Field::intrinsic(Intrinsic::kDuration), op, {}};
      if (op != Operator::kExists) comparison.constants.push_back(constant);
      const ValueCheck test(comparison);
      ASSERT_TRUE(test.ints());
      for (const std::int64_t value : kInts) {
        EXPECT_EQ(test.ints()->contains(value), test.holds(model::AnyValue::integer(value)))
            << value << " " << to_text(op) << " " << to_text(constant);
      }
    }
  }
}

TEST(ValueCheck, TextOfAnIntIsCanonical) {
  for (const char* text :
       {"1", "-2", "01", "+1", "", "1 ", "1.0", "9223372036854775807", "9223372036854775808"}) {
    const Comparison comparison{
        Field::intrinsic(Intrinsic::kDuration), Operator::kTextEqual, {std::string(text)}};
    const ValueCheck test(comparison);
    for (const std::int64_t value : kInts) {
      EXPECT_EQ(test.ints()->contains(value), test.holds(model::AnyValue::integer(value)))
          << value << " = " << text;
    }
  }
}

TEST(ValueCheck, SeveralConstantsAreNoInterval) {
  const Comparison comparison{
      Field::intrinsic(Intrinsic::kDuration), Operator::kEqual, {std::int64_t{1}, std::int64_t{3}}};
  EXPECT_FALSE(ValueCheck(comparison).ints());
  EXPECT_TRUE(ValueCheck(comparison).holds(model::AnyValue::integer(3)));
}

TEST(Verdict, RowsInAnIntervalAreThoseItContains) {
  std::vector<std::uint64_t> numbers;
  for (const std::int64_t value : kInts) numbers.push_back(static_cast<std::uint64_t>(value));
  std::vector<std::uint8_t> present(numbers.size(), 1);
  present[4] = 0;
  for (const bool inside : {true, false}) {
    for (const std::int64_t low : kInts) {
      for (const std::int64_t high : kInts) {
        const IntInterval interval{inside, low, high};
        std::vector<Verdict> all(numbers.size(), Verdict::kNo);
        std::vector<Verdict> some = all;
        yes_in_interval(numbers, interval, {}, all);
        yes_in_interval(numbers, interval, present, some);
        for (std::size_t i = 0; i < numbers.size(); ++i) {
          EXPECT_EQ(all[i], verdict_of(interval.contains(kInts[i])));
          EXPECT_EQ(some[i], verdict_of(i != 4 && interval.contains(kInts[i])));
        }
      }
    }
  }
}

TEST(Verdict, RangesAreHalfOpenAndMayHaveNoEnd) {
  const std::uint64_t most = model::Timestamp::max().unix_nanos;
  const std::vector<std::uint64_t> starts{0, 1, 5, most - 1, most};
  const auto inside = [&](const TimeRange& range) {
    std::vector<Verdict> rows(starts.size(), Verdict::kYes);
    no_outside(starts, range, rows);
    for (std::size_t i = 0; i < starts.size(); ++i) {
      EXPECT_EQ(rows[i] == Verdict::kYes, range.contains({starts[i]}));
    }
  };
  for (const std::uint64_t begin : starts) {
    for (const std::uint64_t end : starts) inside({{begin}, {end}});
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
