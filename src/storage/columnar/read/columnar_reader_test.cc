// SPDX-License-Identifier: Apache-2.0
//
// What the contract does not ask of every engine: sources that fail, time that runs out, answers
// from counts made beforehand.
#include "storage/columnar/read/columnar_reader.h"

#include <cmath>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/columnar/read/aggregate/aggregate_table.h"
#include "storage/columnar/read/testing/batch_source.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;
using model::TestBatch;
using namespace std::chrono_literals;
using Function = Aggregation::Function;

// A source with one group that gives an error for everything but its facts.
class BrokenSource final : public SpanSource {
 public:
  explicit BrokenSource(std::shared_ptr<const SpanSource> of) : group_(make(*of)) {}

  const std::string& name() const override { return name_; }
  std::span<const std::shared_ptr<const RowGroup>> groups() const override { return {&group_, 1}; }
  Result<std::vector<TracePlace>> find(const model::TraceId&) const override { return error(); }
  Result<std::shared_ptr<const PreAggregates>> pre_aggregates() const override { return error(); }

 private:
  static Error error() { return corruption("segment 7: starts of class 4: checksum"); }

  class Group final : public RowGroup {
   public:
    explicit Group(const GroupFacts& facts) : facts_(facts) {}
    const GroupFacts& facts() const override { return facts_; }
    Result<std::shared_ptr<const Schema>> schema() const override { return error(); }
    Result<Pinned<std::string_view>> dictionary(ColumnId) const override { return error(); }
    Result<std::vector<ClassRows>> classes() const override { return error(); }
    Result<Pinned<ColumnId>> columns(ClassId) const override { return error(); }
    Result<Pinned<RowIndex>> rows(ClassId) const override { return error(); }
    Result<Pinned<std::uint64_t>> starts(ClassId) const override { return error(); }
    Result<Pinned<std::uint64_t>> durations(ClassId) const override { return error(); }
    Result<Pinned<ResourceId>> resources(ClassId) const override { return error(); }
    Result<Pinned<ShapeId>> shapes(ClassId) const override { return error(); }
    Result<Pinned<std::uint8_t>> has_extra(ClassId) const override { return error(); }
    Result<Pinned<std::string_view>> extras(ClassId) const override { return error(); }
    Result<ColumnValues> column(ClassId, ColumnId) const override { return error(); }
    Result<Pinned<model::SpanId>> span_ids() const override { return error(); }
    Result<Pinned<model::SpanId>> parent_span_ids() const override { return error(); }
    Result<Pinned<TraceOrdinal>> trace_of_rows() const override { return error(); }
    Result<TraceTable> traces() const override { return error(); }
    Result<void> rows_of_trace(TraceOrdinal, std::vector<RowIndex>&) const override {
      return error();
    }
    Result<void> materialize(std::span<const RowIndex>, model::Batch&) const override {
      return error();
    }

   private:
    GroupFacts facts_;
  };

  static std::shared_ptr<const RowGroup> make(const SpanSource& of) {
    return std::make_shared<const Group>(of.groups().front()->facts());
  }

  std::string name_ = "segment 7";
  std::shared_ptr<const RowGroup> group_;
};

class ColumnarReaderTest : public ::testing::Test, public SnapshotProvider {
 protected:
  std::shared_ptr<const Snapshot> snapshot(const model::TenantId&) const override {
    return std::make_shared<const Snapshot>(snapshot_);
  }
  void add(TestBatch& batch, const BatchSourceOptions& options = {}) {
    snapshot_.sources.push_back(make_batch_source(
        "source " + std::to_string(snapshot_.sources.size()), batch.share(), options, &counts_));
  }
  // Each question once; the completeness of each answer.
  std::vector<Completeness> ask_everything(const ReadContext& context) {
    std::vector<Completeness> all;
    const TracesRequest traces{{model::trace_id("a1")}, {}};
    all.push_back(*reader_.traces(context, traces, [](const model::Batch&) { return true; }));
    all.push_back(reader_.search(context, {})->completeness);
    all.push_back(reader_.search(context, {.order = SearchOrder::kLongestFirst})->completeness);
    all.push_back(*reader_.scan(context, {}, [](const ScanBlock&) { return true; }));
    all.push_back(reader_.aggregate(context, {})->completeness);
    all.push_back(reader_.names(context, {})->completeness);
    all.push_back(
        reader_.values(context, {Field::intrinsic(Intrinsic::kName), {}, "", {}})->completeness);
    return all;
  }
  std::uint64_t count(const AggregateRequest& request) {
    const auto result = reader_.aggregate({}, request);
    return result->rows.empty() ? 0 : result->rows.front().count;
  }

  Snapshot snapshot_;
  ArrayCounts counts_;
  ColumnarReader reader_{*this};
};

TEST_F(ColumnarReaderTest, ServesTheRestWhenASourceCannotBeRead) {
  add(TestBatch().span("a1", "01").span("a2", "02"));
  snapshot_.sources.push_back(std::make_shared<BrokenSource>(snapshot_.sources.front()));
  add(TestBatch().span("a1", "03"));
  for (const Completeness& completeness : ask_everything({})) {
    EXPECT_EQ(completeness, Completeness::partial("segment 7: starts of class 4: checksum"));
  }
  const auto page = reader_.search({}, {});
  ASSERT_EQ(page->traces.size(), 2u);
  EXPECT_EQ(page->traces[1].spans, 2u);
  EXPECT_EQ(count({}), 3u);
}

TEST_F(ColumnarReaderTest, SaysWhatASnapshotIsKnownToMiss) {
  add(TestBatch().span("a1", "01"));
  snapshot_.missing.push_back("segment 9: header: checksum");
  for (const Completeness& completeness : ask_everything({})) {
    EXPECT_EQ(completeness, Completeness::partial("segment 9: header: checksum"));
  }
}

TEST_F(ColumnarReaderTest, SaysWhetherTimeRanOutOrNobodyWantsTheAnswer) {
  add(TestBatch().span("a1", "01"));
  ReadContext late;
  late.deadline.at = std::chrono::steady_clock::now() - 1s;
  for (const Completeness& completeness : ask_everything(late)) {
    EXPECT_EQ(completeness, Completeness::partial("deadline"));
  }
  std::stop_source stop;
  stop.request_stop();
  ReadContext unwanted;
  unwanted.deadline.cancelled = stop.get_token();
  for (const Completeness& completeness : ask_everything(unwanted)) {
    EXPECT_EQ(completeness, Completeness::partial("cancelled"));
  }
}

TEST_F(ColumnarReaderTest, FindsATraceWhoseSourcesEachHoldOneOfTheSpansAskedFor) {
  TestBatch first;
  TestBatch second;
  add(first.span("a1", "01", "get"));
  add(second.span("a1", "02", "put"));
  const auto some = [](const char* name) {
    return Condition::some_span(
        Condition::equal(Field::intrinsic(Intrinsic::kName), Constant(std::string(name))));
  };
  const Condition both = Condition::all_of({some("get"), some("put")});
  for (const Condition& condition :
       {both, Condition::any_of({both}), Condition::all_of({Condition::any_of({both, both})}),
        Condition::all_of({both, Condition::negate(some("del"))})}) {
    EXPECT_EQ(reader_.search({}, {.condition = condition})->traces.size(), 1u);
    EXPECT_EQ(reader_.search({}, {.condition = condition, .order = SearchOrder::kLongestFirst})
                  ->traces.size(),
              1u);
  }
}

AggregateRequest by_service() {
  AggregateRequest request;
  request.group_by = {Field::attribute(Level::kResource, "service.name"),
                      Field::intrinsic(Intrinsic::kKind)};
  const Field duration = Field::intrinsic(Intrinsic::kDuration);
  for (const Function function :
       {Function::kCount, Function::kSum, Function::kMin, Function::kMax, Function::kAverage}) {
    request.functions.push_back({function, duration, 0});
  }
  return request;
}

TestBatch services(TestBatch::Attributes more = {}) {
  TestBatch batch;
  batch.resource("cart", more).span("a1", "01").lasting(1ms).kind(model::SpanKind::kServer);
  batch.span("a1", "02").lasting(2ms).kind(static_cast<model::SpanKind>(9));
  batch.span("a1", "03").lasting(3ms).starting(61s);
  batch.resource("shop").span("a2", "04").lasting(4ms).status(model::StatusCode::kError);
  return batch;
}

TEST_F(ColumnarReaderTest, AnswersFromCountsMadeBeforehandAsFromRows) {
  TestBatch first = services();
  TestBatch second = services();
  add(first, {.pre_aggregates = true});
  AggregateRequest request = by_service();
  const AggregateResult counted = *reader_.aggregate({}, request);
  request.condition = Condition::negate(
      Condition::equal(Field::intrinsic(Intrinsic::kStatus), Constant(std::string("ok"))));
  request.step = 1min;
  const AggregateResult by_minute = *reader_.aggregate({}, request);
  EXPECT_EQ(counts_.rows, 0);
  snapshot_.sources.clear();
  add(second);
  EXPECT_EQ(reader_.aggregate({}, by_service())->rows, counted.rows);
  EXPECT_EQ(reader_.aggregate({}, request)->rows, by_minute.rows);
  EXPECT_GT(counts_.rows, 0);
  EXPECT_EQ(counted.rows.size(), 3u);
  EXPECT_EQ(by_minute.rows.size(), 4u);
}

TEST_F(ColumnarReaderTest, LooksAtRowsWhenCountsDoNotTellWhatIsAsked) {
  TestBatch batch = services();
  add(batch, {.pre_aggregates = true});
  const auto looks = [&](const AggregateRequest& request) {
    counts_.rows = 0;
    EXPECT_TRUE(reader_.aggregate({}, request)->completeness.complete);
    return counts_.rows > 0;
  };
  AggregateRequest request = by_service();
  EXPECT_FALSE(looks(request));
  request.step = 1s;
  EXPECT_TRUE(looks(request));
  request = by_service();
  request.group_by.push_back(Field::attribute(Level::kSpan, "k"));
  EXPECT_TRUE(looks(request));
  request = by_service();
  request.range = {model::kTestStart.plus(1s), model::Timestamp::max()};
  EXPECT_TRUE(looks(request));
  EXPECT_EQ(count(request), 1u);
  request = by_service();
  request.functions = {{Function::kSum, Field::attribute(Level::kSpan, "n"), 0}};
  EXPECT_TRUE(looks(request));
}

TEST_F(ColumnarReaderTest, AServiceThatIsNoTextIsGroupedByItsValue) {
  TestBatch batch;
  batch.resource("x").span("a1", "01");
  const auto number = batch.batch().arena.make<model::Attribute>(1);
  number[0] = {"service.name", AnyValue::integer(7)};
  batch.batch().resources[0].attributes = number;
  add(batch, {.pre_aggregates = true});
  AggregateRequest request;
  request.group_by = {Field::attribute(Level::kResource, "service.name")};
  const auto result = reader_.aggregate({}, request);
  ASSERT_EQ(result->rows.size(), 1u);
  EXPECT_EQ(result->rows[0].group[0], Constant(std::int64_t{7}));
}

TEST_F(ColumnarReaderTest, QuantilesOfManyNumbersOfAnySizeAreWithinThreePercent) {
  TestBatch batch;
  const int half = static_cast<int>(AggregateTable::kMostNumbers) / 2 + 1000;
  for (int i = -half; i < half; ++i) {
    batch.span("a1", "01").attribute("v", AnyValue::real(i * 1.5)).lasting(1us * (half + i));
  }
  add(batch, {.group_rows = 100'000});
  AggregateRequest request;
  const Field value = Field::attribute(Level::kSpan, "v");
  const Field duration = Field::intrinsic(Intrinsic::kDuration);
  for (const double q : {0.0, 0.25, 0.99, 1.0}) {
    request.functions.push_back({Function::kQuantile, value, q});
    request.functions.push_back({Function::kQuantile, duration, q});
  }
  request.functions.push_back({Function::kSum, value, 0});
  const auto result = reader_.aggregate({}, request);
  ASSERT_EQ(result->rows.size(), 1u);
  const std::vector<double>& values = result->rows[0].values;
  const double n = 2.0 * half;
  for (std::size_t i = 0; const double q : {0.0, 0.25, 0.99, 1.0}) {
    const double rank = std::max(1.0, std::ceil(q * n)) - 1;
    const double of_value = (rank - half) * 1.5;
    const double of_duration = rank * 1000;
    EXPECT_NEAR(values[i++], of_value, std::abs(of_value) * 0.03);
    EXPECT_NEAR(values[i++], of_duration, of_duration * 0.03);
  }
  EXPECT_NEAR(values.back(), -1.5 * half, 1);
}

}  // namespace
}  // namespace cairn::storage::columnar
