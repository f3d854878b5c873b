// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/condition/column_filter.h"

#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/columnar/read/testing/batch_source.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;
using model::TestBatch;
using namespace std::chrono_literals;

Field span(std::string key) {
  return Field::attribute(Level::kSpan, std::move(key));
}
Condition is(Intrinsic intrinsic, Constant constant) {
  return Condition::equal(Field::intrinsic(intrinsic), std::move(constant));
}
Constant text(std::string value) {
  return value;
}

// One row group, asked class by class; a verdict a row: '0' no, '1' yes; "all=" when the
// class was decided as one.
class ColumnFilterTest : public ::testing::Test {
 protected:
  void hold(TestBatch& batch) {
    source_ = make_batch_source("source", batch.share(), {.group_rows = 100'000}, &counts_);
  }
  std::string ask(const Condition& condition, const TimeRange& range = {}) {
    EXPECT_TRUE(validate_span_condition(condition));
    counts_.rows = 0;
    ColumnFilter filter(condition, range);
    std::string text;
    GroupView group(*source_->groups()[0]);
    const auto classes = group.classes();
    for (const ClassRows& rows : *classes) {
      ClassView view(group, rows);
      const auto verdicts = filter.evaluate(view);
      EXPECT_TRUE(verdicts);
      if (!text.empty()) text += " ";
      if (verdicts->all) text += "all=";
      for (std::size_t i = 0; i < (verdicts->all ? 1 : view.size()); ++i) {
        text += "0?1"[static_cast<int>((*verdicts)[i])];
      }
    }
    return text;
  }
  int looks_at_rows() const { return counts_.rows; }

  ArrayCounts counts_;
  std::shared_ptr<const SpanSource> source_;
};

// Two classes: "get" with four rows, "put" with one.
TestBatch shopping() {
  TestBatch batch;
  batch.resource("cart").span("a1", "01", "get").attribute("user", "ann").lasting(1ms);
  batch.span("a1", "02", "get").parent("01").attribute("user", "bob").lasting(2ms).starting(1s);
  batch.resource("shop").span("a2", "03", "get").lasting(3ms).starting(2s);
  batch.span("a2", "04", "get").attribute("user", "ann").event("e", 1us).starting(3s);
  batch.span("a2", "05", "put").attribute("n", AnyValue::integer(5)).starting(4s);
  return batch;
}

TEST_F(ColumnFilterTest, DecidesAnAbsentKeyWithoutLookingAtRows) {
  TestBatch batch = shopping();
  hold(batch);
  EXPECT_EQ(ask(Condition::equal(span("missing"), text("x"))), "all=0 all=0");
  EXPECT_EQ(ask(Condition::exists(span("missing"))), "all=0 all=0");
  EXPECT_EQ(ask(Condition::negate(Condition::exists(span("missing")))), "all=1 all=1");
  EXPECT_EQ(looks_at_rows(), 0);
}

TEST_F(ColumnFilterTest, DecidesAValueThatNoDictionaryHoldsWithoutLookingAtRows) {
  TestBatch batch = shopping();
  hold(batch);
  EXPECT_EQ(ask(Condition::equal(span("user"), text("eve"))), "all=0 all=0");
  EXPECT_EQ(ask(Condition::compare(span("user"), Operator::kMatches, {text("x.*")})),
            "all=0 all=0");
  EXPECT_EQ(ask(Condition::equal(span("user"), std::int64_t{1})), "all=0 all=0");
  EXPECT_EQ(looks_at_rows(), 0);
}

TEST_F(ColumnFilterTest, DecidesNameKindStatusAndScopeByClass) {
  TestBatch batch = shopping();
  hold(batch);
  EXPECT_EQ(ask(is(Intrinsic::kName, text("put"))), "all=0 all=1");
  EXPECT_EQ(ask(is(Intrinsic::kKind, text("server"))), "all=0 all=0");
  EXPECT_EQ(ask(is(Intrinsic::kStatus, text("unset"))), "all=1 all=1");
  EXPECT_EQ(ask(is(Intrinsic::kScopeName, text(""))), "all=1 all=1");
  EXPECT_EQ(looks_at_rows(), 0);
}

TEST_F(ColumnFilterTest, AFalsePartSparesTheOthersTheirRows) {
  TestBatch batch = shopping();
  hold(batch);
  EXPECT_EQ(ask(Condition::all_of(
                {Condition::equal(span("user"), text("ann")), is(Intrinsic::kName, text("put"))})),
            "all=0 all=0");
  EXPECT_EQ(ask(Condition::any_of({Condition::equal(span("user"), text("ann")),
                                   is(Intrinsic::kStatus, text("unset"))})),
            "all=1 all=1");
  EXPECT_EQ(looks_at_rows(), 0);
}

TEST_F(ColumnFilterTest, DecidesAResourceThatNoSpanComesFromWithoutLookingAtRows) {
  TestBatch batch = shopping();
  hold(batch);
  const Field service = Field::attribute(Level::kResource, "service.name");
  EXPECT_EQ(ask(Condition::equal(service, text("none"))), "all=0 all=0");
  EXPECT_EQ(ask(Condition::exists(service)), "all=1 all=1");
  EXPECT_EQ(looks_at_rows(), 0);
  EXPECT_EQ(ask(Condition::equal(service, text("cart"))), "1100 all=0");
}

TEST_F(ColumnFilterTest, AnswersEachRowFromItsColumns) {
  TestBatch batch = shopping();
  hold(batch);
  EXPECT_EQ(ask(Condition::equal(span("user"), text("ann"))), "1001 all=0");
  EXPECT_EQ(ask(Condition::compare(span("user"), Operator::kNotEqual, {text("ann")})),
            "0100 all=0");
  EXPECT_EQ(ask(Condition::negate(Condition::equal(span("user"), text("ann")))), "0110 all=1");
  EXPECT_EQ(ask(Condition::equal(span("n"), 5.0)), "all=0 all=1");
  EXPECT_EQ(ask(Condition::compare(Field::intrinsic(Intrinsic::kDuration), Operator::kGreater,
                                   {std::int64_t{1'500'000}})),
            "0110 all=0");
  EXPECT_EQ(ask(Condition::exists(Field::intrinsic(Intrinsic::kParentSpanId))), "0100 all=0");
}

TEST_F(ColumnFilterTest, LooksIntoTheExtrasOfRowsThatHangOnThem) {
  TestBatch batch = shopping();
  hold(batch);
  EXPECT_EQ(ask(is(Intrinsic::kEventName, text("e"))), "0001 all=0");
  EXPECT_EQ(ask(Condition::negate(is(Intrinsic::kEventName, text("e")))), "1110 all=1");
  EXPECT_EQ(
      ask(Condition::some_event(Condition::compare(
          Field::intrinsic(Intrinsic::kEventTimeSinceStart), Operator::kLess, {std::int64_t{0}}))),
      "0001 all=0");
  EXPECT_GT(counts_.extras, 0);
  counts_.extras = 0;
  EXPECT_EQ(ask(Condition::all_of({is(Intrinsic::kEventName, text("e")),
                                   Condition::equal(span("user"), text("bob"))})),
            "all=0 all=0");
  EXPECT_EQ(counts_.extras, 0);
}

TEST_F(ColumnFilterTest, SkipsAGroupOutsideTheRange) {
  TestBatch batch = shopping();
  hold(batch);
  const auto at = [](Duration after) { return model::kTestStart.plus(after); };
  EXPECT_EQ(ask(Condition::everything(), {at(5s), at(9s)}), "all=0 all=0");
  EXPECT_EQ(ask(Condition::everything(), {at(0s), at(5s)}), "all=1 all=1");
  EXPECT_EQ(looks_at_rows(), 0);
  EXPECT_EQ(ask(Condition::everything(), {at(1s), at(3s)}), "0110 all=0");
}

TEST_F(ColumnFilterTest, NoSpanLastsLongerThanTheLongestTrace) {
  TestBatch batch = shopping();
  hold(batch);
  EXPECT_EQ(ask(Condition::compare(Field::intrinsic(Intrinsic::kDuration), Operator::kGreater,
                                   {std::int64_t{20'000'000'000}})),
            "all=0 all=0");
  EXPECT_EQ(looks_at_rows(), 0);
}

}  // namespace
}  // namespace cairn::storage::columnar
