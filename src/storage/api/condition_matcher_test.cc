// SPDX-License-Identifier: Apache-2.0
//
// The meaning of conditions is tested by the contract suite, which every engine answers with; here
// is what only code that calls the matcher itself can see.
#include "storage/api/condition_matcher.h"

#include <limits>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/api/field_values.h"

namespace cairn::storage {
namespace {

using model::AnyValue;
using model::TestBatch;

bool compares(const AnyValue& value, Operator op, Constant constant) {
  return holds(value, op, {std::move(constant)}, nullptr);
}

TEST(ConditionMatcherTest, MatchesASpanOfABatch) {
  TestBatch batch;
  batch.resource("cart").span("a1", "01").resource("shop").span("a1", "02");
  const auto matcher = ConditionMatcher::for_spans(
      Condition::equal(Field::attribute(Level::kResource, "service.name"), "shop"));
  EXPECT_FALSE(matcher->matches_span(batch.batch(), batch.batch().spans[0]));
  EXPECT_TRUE(matcher->matches_span(batch.batch(), batch.batch().spans[1]));
}

TEST(ConditionMatcherTest, JoinsATraceFromSeveralBatches) {
  TestBatch one;
  TestBatch two;
  one.span("a1", "01").attribute("k", "x");
  two.span("a1", "02").attribute("k", "y");
  const std::vector<SpanRef> trace{{&one.batch(), &one.last()}, {&two.batch(), &two.last()}};
  const auto with = [](const char* value) {
    return Condition::some_span(
        Condition::equal(Field::attribute(Level::kSpan, "k"), std::string(value)));
  };
  const auto both = ConditionMatcher::for_traces(Condition::all_of({with("x"), with("y")}));
  EXPECT_TRUE(both->matches_trace(trace, {}));
  EXPECT_FALSE(both->matches_trace(std::span(trace).first(1), {}));
  EXPECT_FALSE(both->matches_trace({}, {}));
  EXPECT_EQ(both->matched_spans(trace, {}, 9),
            (std::vector<model::SpanId>{model::span_id("01"), model::span_id("02")}));
  EXPECT_TRUE(both->matched_spans(trace, {}, 0).empty());
}

TEST(ConditionMatcherTest, RefusesWhatDoesNotValidate) {
  EXPECT_FALSE(ConditionMatcher::for_spans(Condition::some_span(Condition::everything())));
  EXPECT_FALSE(
      ConditionMatcher::for_traces(Condition::exists(Field::intrinsic(Intrinsic::kDuration))));
}

TEST(ConditionMatcherTest, ComparesIntsWithDoublesWithoutRounding) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr double kTwoTo63 = 9223372036854775808.0;
  EXPECT_TRUE(compares(AnyValue::integer(kMost), Operator::kLess, kTwoTo63));
  EXPECT_FALSE(compares(AnyValue::integer(kMost), Operator::kEqual, kTwoTo63));
  EXPECT_TRUE(compares(AnyValue::real(kTwoTo63), Operator::kGreater, kMost));
  EXPECT_TRUE(compares(AnyValue::integer(-kMost - 1), Operator::kEqual, -kTwoTo63));
  EXPECT_TRUE(compares(AnyValue::integer(-2), Operator::kGreater, -2.5));
  EXPECT_TRUE(compares(AnyValue::integer(2), Operator::kLess, 2.5));
  EXPECT_TRUE(compares(AnyValue::real(-0.0), Operator::kEqual, std::int64_t{0}));
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(compares(AnyValue::integer(kMost), Operator::kLess, infinite));
  EXPECT_TRUE(compares(AnyValue::real(-infinite), Operator::kLess, -kMost));
}

TEST(FieldValuesTest, GivesAllValuesFromSpanToScope) {
  TestBatch batch;
  batch.resource("s", {{"k", AnyValue::integer(2)}}).span("a1", "01");
  batch.attribute("k", AnyValue::integer(1));
  batch.event("e", Duration(1), {{"k", AnyValue::integer(3)}});
  batch.link("b1", "0b", {{"k", AnyValue::integer(4)}});
  const SpanRef ref{&batch.batch(), &batch.last()};
  std::vector<std::int64_t> values;
  const auto collect = [&](const AnyValue& value) {
    values.push_back(value.as_int());
    return false;
  };
  EXPECT_FALSE(any_value(ref, Field::attribute(Level::kAny, "k"), collect));
  EXPECT_EQ(values, (std::vector<std::int64_t>{1, 2, 3, 4}));
}

TEST(FieldValuesTest, TheFirstValueOutlivesTheCall) {
  TestBatch batch;
  batch.span("a1", "0b");
  Arena scratch;
  const SpanRef ref{&batch.batch(), &batch.last()};
  const AnyValue id = first_value(ref, Field::intrinsic(Intrinsic::kSpanId), scratch);
  const AnyValue trace = first_value(ref, Field::intrinsic(Intrinsic::kTraceId), scratch);
  EXPECT_EQ(id.as_string(), "000000000000000b");
  EXPECT_EQ(trace.as_string(), "000000000000000000000000000000a1");
  EXPECT_TRUE(
      first_value(ref, Field::attribute(Level::kSpan, "k"), scratch).is(AnyValue::Kind::kEmpty));
}

}  // namespace
}  // namespace cairn::storage
