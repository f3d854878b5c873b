// SPDX-License-Identifier: Apache-2.0
#include "storage/api/condition.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace cairn::storage {
namespace {

Field span(std::string key) {
  return Field::attribute(Level::kSpan, std::move(key));
}
Condition one() {
  return Condition::exists(span("k"));
}

// The text of the error, or "" when the condition is fine.
std::string span_error(const Condition& condition) {
  const auto valid = validate_span_condition(condition);
  return valid ? "" : valid.error().message;
}
std::string trace_error(const Condition& condition) {
  const auto valid = validate_trace_condition(condition);
  return valid ? "" : valid.error().message;
}
std::string compare_error(Field field, Operator op, std::vector<Constant> constants) {
  return span_error(Condition::compare(std::move(field), op, std::move(constants)));
}

TEST(ConditionTest, ReadsAsText) {
  const Condition cart =
      Condition::equal(Field::attribute(Level::kResource, "service.name"), "cart");
  const Condition slow = Condition::compare(Field::intrinsic(Intrinsic::kDuration),
                                            Operator::kGreaterOrEqual, {std::int64_t{1000}});
  EXPECT_EQ(to_text(Condition::some_span(Condition::all_of({cart, slow}))),
            R"(some_span(resource.service.name = "cart" && duration >= 1000))");
  EXPECT_EQ(to_text(Condition::negate(Condition::some_event(one()))),
            "!(some_event(span.k exists))");
  EXPECT_EQ(to_text(Condition::any_of({cart, Condition::everything()})),
            R"((resource.service.name = "cart" || true))");
  EXPECT_EQ(to_text(Condition::any_of({})), "false");
  EXPECT_EQ(to_text(Condition::compare(span("a b"), Operator::kEqual, {true, 1.5})),
            R"(span."a b" = (true, 1.5))");
}

TEST(ConditionTest, AKeyThatReadsLikeAnIntrinsicIsQuoted) {
  EXPECT_EQ(to_text(Field::attribute(Level::kEvent, "name")), R"(event."name")");
  EXPECT_EQ(to_text(Field::intrinsic(Intrinsic::kEventName)), "event.name");
}

TEST(ConditionTest, EveryIntrinsicHasANameOfItsOwn) {
  std::vector<std::string_view> seen;
  for (int i = 0; i <= static_cast<int>(Intrinsic::kRootService); ++i) {
    const std::string_view name = to_text(static_cast<Intrinsic>(i));
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(std::count(seen.begin(), seen.end(), name), 0) << name;
    seen.push_back(name);
  }
}

TEST(ConditionTest, OrdersConstantsByTypeThenValue) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Constant> ordered{
      false, true,          std::int64_t{-1}, std::int64_t{5},    -0.0, 0.0, 1.5,
      nan,   std::string(), std::string("a"), std::string("\xff")};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      EXPECT_EQ(compare(ordered[i], ordered[j]), i <=> j) << i << " " << j;
    }
  }
}

TEST(ConditionTest, QuantifiersBelongWhereTheyMakeSense) {
  EXPECT_EQ(span_error(one()), "");
  EXPECT_EQ(trace_error(one()), "span.k cannot be asked of a trace");
  EXPECT_EQ(trace_error(Condition::some_span(one())), "");
  EXPECT_EQ(span_error(Condition::some_span(one())), "some_span cannot be asked of a span");
  EXPECT_NE(trace_error(Condition::some_span(Condition::some_span(one()))), "");
  EXPECT_NE(trace_error(Condition::some_event(Condition::everything())), "");
  EXPECT_EQ(span_error(Condition::some_event(one())), "span.k cannot be asked of an event");
  EXPECT_EQ(
      span_error(Condition::some_event(Condition::exists(Field::attribute(Level::kEvent, "k")))),
      "");
  EXPECT_NE(
      span_error(Condition::some_link(Condition::exists(Field::attribute(Level::kEvent, "k")))),
      "");
}

TEST(ConditionTest, FactsOfTheTraceAreNotAskedOfASpanExceptItsId) {
  EXPECT_NE(span_error(Condition::exists(Field::intrinsic(Intrinsic::kTraceDuration))), "");
  EXPECT_EQ(trace_error(Condition::exists(Field::intrinsic(Intrinsic::kTraceDuration))), "");
  EXPECT_EQ(span_error(Condition::exists(Field::intrinsic(Intrinsic::kTraceId))), "");
  EXPECT_EQ(trace_error(Condition::exists(Field::intrinsic(Intrinsic::kTraceId))), "");
  EXPECT_NE(trace_error(Condition::exists(Field::attribute(Level::kTrace, "k"))), "");
  EXPECT_NE(span_error(Condition::exists({Level::kEvent, Intrinsic::kName})), "");
}

TEST(ConditionTest, OperatorsTakeTheirNumberAndTypeOfConstants) {
  EXPECT_EQ(compare_error(span("k"), Operator::kEqual, {true, 1.0}), "");
  EXPECT_EQ(compare_error(span("k"), Operator::kEqual, {}), "span.k = needs a constant");
  EXPECT_EQ(compare_error(span("k"), Operator::kLess, {1.0, 2.0}), "span.k < needs one constant");
  EXPECT_NE(compare_error(span("k"), Operator::kLess, {true}), "");
  EXPECT_NE(compare_error(span("k"), Operator::kExists, {true}), "");
  EXPECT_NE(compare_error(span("k"), Operator::kTextEqual, {1.0}), "");
  EXPECT_NE(compare_error(span("k"), Operator::kMatches, {1.0}), "");
  EXPECT_NE(compare_error(span("k"), Operator::kMatches, {"("}), "");
  EXPECT_EQ(compare_error(span("k"), Operator::kMatches, {"a.*"}), "");
  EXPECT_NE(
      compare_error(span("k"), Operator::kEqual, std::vector<Constant>(kMaxConstants + 1, true)),
      "");
}

TEST(ConditionTest, NegationsAndQuantifiersHoldOneCondition) {
  Condition two = Condition::negate(one());
  two.children.push_back(one());
  EXPECT_NE(span_error(two), "");
  two.children.clear();
  EXPECT_NE(span_error(two), "");
}

TEST(ConditionTest, RefusesWhatIsTooDeepOrTooBig) {
  Condition deep = one();
  for (int i = 1; i < kMaxConditionDepth; ++i) deep = Condition::negate(std::move(deep));
  EXPECT_EQ(span_error(deep), "");
  EXPECT_NE(span_error(Condition::negate(std::move(deep))), "");
  const std::vector<Condition> many(kMaxConditionNodes - 1, one());
  EXPECT_EQ(span_error(Condition::all_of(many)), "");
  EXPECT_NE(span_error(Condition::negate(Condition::all_of(many))), "");
}

}  // namespace
}  // namespace cairn::storage
