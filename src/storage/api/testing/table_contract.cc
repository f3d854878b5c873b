// SPDX-License-Identifier: Apache-2.0
//
// The contract of scan, aggregate, names and values.
#include <algorithm>
#include <cmath>

#include "storage/api/testing/contract_suite.h"

namespace cairn::storage {
namespace {

using model::AnyValue;
using model::TestBatch;
using namespace std::chrono_literals;
using Function = Aggregation::Function;

std::shared_ptr<const model::Batch> sample() {
  TestBatch batch;
  batch.resource("cart");
  batch.span("a1", "01", "get").lasting(10ns).attribute("n", AnyValue::integer(1));
  batch.span("a1", "02", "put").parent("01").starting(1s).lasting(20ns);
  batch.attribute("n", AnyValue::real(2.5)).attribute("k", "x");
  batch.event("e", 1ns, {{"n", AnyValue::integer(7)}, {"only", AnyValue::string("here")}});
  batch.event("e", 2ns, {{"n", AnyValue::integer(7)}});
  batch.resource("shop");
  batch.span("a2", "03", "get").starting(2s).lasting(30ns).attribute("n", "text");
  batch.span("a2", "04", "get").starting(3s).lasting(40ns).attribute("k", "x");
  return batch.share();
}

TEST_P(TraceStoreContract, ScansColumnsOfMatchingSpans) {
  write(sample());
  const ScanRequest request{Condition::equal(Field::intrinsic(Intrinsic::kName), text("get")),
                            {},
                            {span("n"), Field::intrinsic(Intrinsic::kDuration), event("n"),
                             Field::intrinsic(Intrinsic::kSpanId), any("n")}};
  Texts rows;
  const auto answer = reader().scan(context(), request, [&](const ScanBlock& block) {
    EXPECT_EQ(block.columns.size(), 5u);
    EXPECT_EQ(block.parent_span_ids.size(), block.span_ids.size());
    for (std::size_t i = 0; i < block.span_ids.size(); ++i) {
      std::string row = short_hex(block.trace_ids[i]);
      for (const auto& column : block.columns) row += "|" + model::to_display_text(column[i]);
      rows.push_back(row);
    }
    return true;
  });
  EXPECT_TRUE(answer && answer->complete);
  std::ranges::sort(rows);
  EXPECT_EQ(rows, (Texts{"a1|1|10||0000000000000001|1", "a2|text|30||0000000000000003|text",
                         "a2||40||0000000000000004|"}));
}

TEST_P(TraceStoreContract, AScannedFieldWithSeveralValuesGivesTheFirst) {
  write(sample());
  const ScanRequest request{
      Condition::equal(Field::intrinsic(Intrinsic::kSpanId), text("0000000000000002")),
      {},
      {event("n"), any("n"), any("only"), Field::intrinsic(Intrinsic::kParentSpanId)}};
  std::size_t rows = 0;
  EXPECT_TRUE(reader().scan(context(), request, [&](const ScanBlock& block) {
    rows += block.span_ids.size();
    EXPECT_EQ(block.columns[0][0], AnyValue::integer(7));
    EXPECT_EQ(block.columns[1][0], AnyValue::real(2.5));
    EXPECT_EQ(block.columns[2][0], AnyValue::string("here"));
    EXPECT_EQ(block.columns[3][0], AnyValue::string("0000000000000001"));
    EXPECT_EQ(block.parent_span_ids[0], model::span_id("01"));
    return true;
  }));
  EXPECT_EQ(rows, 1u);
}

TEST_P(TraceStoreContract, ScansOnlySpansThatStartInTheRange) {
  write(sample());
  EXPECT_EQ(scanned(Condition::everything(), between(1s, 3s)), (Texts{"a1/02", "a2/03"}));
  EXPECT_TRUE(scanned(Condition::everything(), between(4s, 9s)).empty());
}

TEST_P(TraceStoreContract, ScansThousandsOfSpansOfOneTrace) {
  TestBatch batch;
  for (int i = 1000; i < 6000; ++i) batch.span("a1", std::to_string(i));
  write(batch);
  write(TestBatch().span("a2", "01").span("a1", "02"));
  EXPECT_EQ(scanned(Condition::everything()).size(), 5002u);
}

TEST_P(TraceStoreContract, StopsScanningWhenTheSinkHasEnough) {
  write(sample());
  int calls = 0;
  EXPECT_TRUE(reader().scan(context(), {}, [&](const ScanBlock&) {
    ++calls;
    return false;
  }));
  EXPECT_EQ(calls, 1);
}

TEST_P(TraceStoreContract, RefusesScansThatMakeNoSense) {
  const auto refused = [&](const ScanRequest& request) {
    const auto answer = reader().scan(context(), request, [](const ScanBlock&) { return true; });
    return !answer && answer.error().code == ErrorCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused({Condition::some_span(Condition::everything()), {}, {}}));
  EXPECT_TRUE(refused({{}, {}, {Field::intrinsic(Intrinsic::kTraceDuration)}}));
  EXPECT_TRUE(refused({Condition::compare(span("k"), Operator::kMatches, {"("}), {}, {}}));
}

TEST_P(TraceStoreContract, AScanThatNobodyWantsIsPartial) {
  write(sample());
  const auto answer = reader().scan(cancelled(), {}, [](const ScanBlock&) { return true; });
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->complete);
}

// Rows as "group,…@bucket seconds after kTestStart=count:value,…".
Texts lines(const AggregateResult& result) {
  Texts texts;
  for (const AggregateRow& row : result.rows) {
    std::string line;
    for (const auto& value : row.group) line += (value ? to_text(*value) : "none") + ",";
    const Duration after = model::Timestamp::between(model::kTestStart, row.bucket);
    line += "@" + std::to_string(after / 1s) + "=" + std::to_string(row.count) + ":";
    for (const double value : row.values) {
      line += std::isnan(value) ? "nan," : std::to_string(static_cast<int>(value * 100)) + ",";
    }
    texts.push_back(line);
  }
  return texts;
}

#define REQUIRE_AGGREGATE()                                                               \
  if (can().aggregate == Support::kNone) {                                                \
    EXPECT_EQ(reader().aggregate(context(), {}).error().code, ErrorCode::kUnimplemented); \
    return;                                                                               \
  }

TEST_P(TraceStoreContract, AggregatesEverythingIntoOneRow) {
  REQUIRE_AGGREGATE();
  write(sample());
  AggregateRequest request;
  request.range = between(0s, 100s);
  const Field duration = Field::intrinsic(Intrinsic::kDuration);
  for (const Function function :
       {Function::kCount, Function::kSum, Function::kMin, Function::kMax, Function::kAverage}) {
    request.functions.push_back({function, duration, 0});
  }
  EXPECT_EQ(lines(aggregate(request)), Texts{"@0=4:400,10000,1000,4000,2500,"});
}

TEST_P(TraceStoreContract, AggregatesOnlyNumbers) {
  REQUIRE_AGGREGATE();
  write(sample());
  AggregateRequest request;
  request.range = between(0s, 100s);
  request.functions = {{Function::kSum, span("n"), 0},
                       {Function::kMax, event("n"), 0},
                       {Function::kMin, span("k"), 0}};
  EXPECT_EQ(lines(aggregate(request)), Texts{"@0=4:350,700,nan,"});
}

TEST_P(TraceStoreContract, GroupsWithAbsentValuesFirst) {
  REQUIRE_AGGREGATE();
  write(sample());
  AggregateRequest request;
  request.range = between(0s, 100s);
  request.group_by = {span("k"), resource("service.name")};
  EXPECT_EQ(lines(aggregate(request)), (Texts{"none,\"cart\",@0=1:", "none,\"shop\",@0=1:",
                                              "\"x\",\"cart\",@0=1:", "\"x\",\"shop\",@0=1:"}));
}

TEST_P(TraceStoreContract, GroupsByTypedValues) {
  REQUIRE_AGGREGATE();
  write(sample());
  AggregateRequest request;
  request.range = between(0s, 100s);
  request.group_by = {span("n")};
  EXPECT_EQ(lines(aggregate(request)),
            (Texts{"none,@0=1:", "1,@0=1:", "2.5,@0=1:", "\"text\",@0=1:"}));
}

TEST_P(TraceStoreContract, BucketsAreAlignedToUnixTime) {
  REQUIRE_AGGREGATE();
  write(sample());
  AggregateRequest request;
  request.range = between(1s, 4s);
  request.step = 2s;  // kTestStart is a multiple
  request.group_by = {Field::intrinsic(Intrinsic::kName)};
  EXPECT_EQ(lines(aggregate(request)), (Texts{"\"get\",@2=2:", "\"put\",@0=1:"}));
}

TEST_P(TraceStoreContract, KeepsTheGroupsWithTheHighestCount) {
  REQUIRE_AGGREGATE();
  write(sample());
  AggregateRequest request;
  request.range = between(0s, 100s);
  request.step = 1s;
  request.group_by = {Field::intrinsic(Intrinsic::kName)};
  request.limit = 1;
  const AggregateResult result = aggregate(request);
  EXPECT_TRUE(result.limited);
  EXPECT_EQ(lines(result), (Texts{"\"get\",@0=1:", "\"get\",@2=1:", "\"get\",@3=1:"}));
  request.limit = 2;
  EXPECT_FALSE(aggregate(request).limited);
}

TEST_P(TraceStoreContract, QuantilesAreWithinThreePercent) {
  REQUIRE_AGGREGATE();
  TestBatch batch;
  for (int i = 1000; i < 2000; ++i) {
    batch.span("a1", std::to_string(i)).attribute("v", AnyValue::integer(i));
  }
  write(batch);
  AggregateRequest request;
  for (const double quantile : {0.0, 0.5, 0.99, 1.0}) {
    request.functions.push_back({Function::kQuantile, span("v"), quantile});
  }
  const AggregateResult result = aggregate(request);
  ASSERT_EQ(result.rows.size(), 1u);
  const std::vector<double>& values = result.rows[0].values;
  EXPECT_NEAR(values[0], 1000, 30);
  EXPECT_NEAR(values[1], 1499, 45);
  EXPECT_NEAR(values[2], 1989, 60);
  EXPECT_NEAR(values[3], 1999, 60);
}

TEST_P(TraceStoreContract, AQuantileIsOneOfTheNumbers) {
  REQUIRE_AGGREGATE();
  TestBatch batch;
  for (const int value : {100, 10, 1}) {
    batch.span("a1", std::to_string(1000 + value)).attribute("v", AnyValue::integer(value));
  }
  write(batch);
  AggregateRequest request;
  for (const double quantile : {0.3, 0.5, 0.7}) {
    request.functions.push_back({Function::kQuantile, span("v"), quantile});
  }
  const AggregateResult result = aggregate(request);
  ASSERT_EQ(result.rows.size(), 1u);
  EXPECT_NEAR(result.rows[0].values[0], 1, 0.03);
  EXPECT_NEAR(result.rows[0].values[1], 10, 0.3);
  EXPECT_NEAR(result.rows[0].values[2], 100, 3);
}

TEST_P(TraceStoreContract, AggregatesNothingIntoNoRows) {
  REQUIRE_AGGREGATE();
  AggregateRequest request;
  request.functions = {{Function::kCount, {}, 0}};
  EXPECT_TRUE(aggregate(request).rows.empty());
}

TEST_P(TraceStoreContract, RefusesAggregatesThatMakeNoSense) {
  REQUIRE_AGGREGATE();
  const auto refused = [&](const AggregateRequest& request) {
    const auto result = reader().aggregate(context(), request);
    return !result && result.error().code == ErrorCode::kInvalidArgument;
  };
  AggregateRequest request;
  request.limit = 0;
  EXPECT_TRUE(refused(request));
  request = {};
  request.functions = {{Function::kQuantile, span("n"), 1.5}};
  EXPECT_TRUE(refused(request));
  request = {};
  request.step = -1s;
  EXPECT_TRUE(refused(request));
  request = {};
  request.group_by = {Field::attribute(Level::kTrace, "x")};
  EXPECT_TRUE(refused(request));
}

TEST_P(TraceStoreContract, CountsTheSpansThatCarryAName) {
  write(sample());
  // event n and only; resource service.name; span n as int, double and text, k.
  EXPECT_EQ(names({}), (Texts{"service.name/0/4=4", "k/2/4=2", "n/2/2=1", "n/2/3=1", "n/2/4=1",
                              "n/3/2=1", "only/3/4=1"}));
  NamesRequest request;
  request.level = Level::kSpan;
  request.prefix = "k";
  EXPECT_EQ(names(request), Texts{"k/2/4=2"});
  request = {};
  request.range = between(2s, 3s);
  EXPECT_EQ(names(request), (Texts{"n/2/4=1", "service.name/0/4=1"}));
  request = {};
  request.limit = 2;
  EXPECT_EQ(names(request), (Texts{"service.name/0/4=4", "k/2/4=2"}));
}

TEST_P(TraceStoreContract, CountsTheSpansThatCarryAValue) {
  write(sample());
  EXPECT_EQ(values({resource("service.name"), {}, "", {}}), (Texts{"\"cart\"=2", "\"shop\"=2"}));
  EXPECT_EQ(values({Field::intrinsic(Intrinsic::kName), {}, "", {}}),
            (Texts{"\"get\"=3", "\"put\"=1"}));
  EXPECT_EQ(values({span("n"), {}, "", {}}), (Texts{"1=1", "2.5=1", "\"text\"=1"}));
  EXPECT_EQ(values({event("n"), {}, "", {}}), Texts{"7=1"});
  EXPECT_EQ(values({any("n"), {}, "", {}}), (Texts{"1=1", "7=1", "2.5=1", "\"text\"=1"}));
  EXPECT_TRUE(values({span("missing"), {}, "", {}}).empty());
}

TEST_P(TraceStoreContract, NarrowsValuesByConditionPrefixRangeAndLimit) {
  write(sample());
  const Field name = Field::intrinsic(Intrinsic::kName);
  const Condition cart = Condition::equal(resource("service.name"), text("cart"));
  EXPECT_EQ(values({name, cart, "", {}}), (Texts{"\"get\"=1", "\"put\"=1"}));
  EXPECT_EQ(values({name, {}, "p", {}}), Texts{"\"put\"=1"});
  EXPECT_EQ(values({span("n"), {}, "2.", {}}), Texts{"2.5=1"});
  EXPECT_EQ(values({name, {}, "", between(2s, 9s)}), Texts{"\"get\"=2"});
  EXPECT_EQ(values({name, {}, "", {}, 1}), Texts{"\"get\"=3"});
}

TEST_P(TraceStoreContract, ValuesWithoutATypeOfTheirOwnShowAsText) {
  TestBatch batch;
  batch.span("a1", "01").attribute("k", AnyValue::bytes(as_bytes("abc")));
  batch.span("a1", "02").attribute("k", AnyValue::boolean(true));
  const std::array<AnyValue, 2> list{AnyValue::integer(1), AnyValue::string("two")};
  batch.span("a1", "03").attribute("k", AnyValue::array(list));
  write(batch);
  EXPECT_EQ(values({span("k"), {}, "", {}}),
            (Texts{"true=1", "\"YWJj\"=1", "\"[1,\\\"two\\\"]\"=1"}));
}

TEST_P(TraceStoreContract, RefusesNamesAndValuesThatMakeNoSense) {
  NamesRequest no_names;
  no_names.limit = 0;
  EXPECT_EQ(reader().names(context(), no_names).error().code, ErrorCode::kInvalidArgument);
  no_names = {};
  no_names.level = Level::kTrace;
  EXPECT_EQ(reader().names(context(), no_names).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(reader().values(context(), {span("k"), {}, "", {}, 0}).error().code,
            ErrorCode::kInvalidArgument);
  const Field of_trace = Field::intrinsic(Intrinsic::kRootName);
  EXPECT_EQ(reader().values(context(), {of_trace, {}, "", {}}).error().code,
            ErrorCode::kInvalidArgument);
}

TEST_P(TraceStoreContract, TablesThatNobodyWantsArePartial) {
  write(sample());
  const auto found = reader().names(cancelled(), {});
  EXPECT_TRUE(found && !found->completeness.complete);
  const auto valued = reader().values(cancelled(), {span("n"), {}, "", {}});
  EXPECT_TRUE(valued && !valued->completeness.complete);
  REQUIRE_AGGREGATE();
  const auto counted = reader().aggregate(cancelled(), {});
  EXPECT_TRUE(counted && !counted->completeness.complete);
}

}  // namespace
}  // namespace cairn::storage
