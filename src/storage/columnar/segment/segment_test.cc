// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/segment.h"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/columnar/index/pre_aggregates.h"
#include "storage/columnar/segment/segment_testing.h"

namespace cairn::storage::columnar {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Written {
  model::Batch batch;
  std::shared_ptr<const SpanTable> table;
  SegmentOnDisk file;
  std::shared_ptr<const Segment> segment;
};

std::unique_ptr<Written> write(std::unique_ptr<Written> made, const SegmentOptions& options = {}) {
  made->table = make_table(made->batch);
  const auto written = made->file.write(*made->table, options);
  EXPECT_TRUE(written) << written.error().message;
  auto segment = made->file.open();
  EXPECT_TRUE(segment) << segment.error().message;
  if (segment) made->segment = *segment;
  return made;
}

std::unique_ptr<Written> write_random(std::uint64_t seed, std::size_t spans,
                                      const RandomSpans::Options& random = {},
                                      const SegmentOptions& options = {}) {
  auto made = std::make_unique<Written>();
  RandomSpans(seed, random).append(spans, made->batch);
  return write(std::move(made), options);
}

void expect_same_rows(const Written& written) {
  const auto expected = contents(*written.table);
  const auto found = contents(*written.segment);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ((*found)[i], expected[i]) << "row " << i << " of the sorted ones";
  }
  const auto checked = written.segment->check();
  EXPECT_TRUE(checked) << checked.error().message;
}

TEST(Segment, GivesBackEverySpanOfATable) {
  for (const std::size_t spans : {1U, 2U, 17U, 500U}) {
    SCOPED_TRACE(spans);
    expect_same_rows(*write_random(spans, spans));
  }
}

TEST(Segment, GivesBackEverySpanWhateverTheirForm) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const RandomSpans::Options random = {.traces = 1 + seed * seed,
                                         .names = seed == 5 ? 2000U : 6U,
                                         .wild_times = seed % 2 == 0,
                                         .many_texts = seed % 3 == 0};
    const SegmentOptions options = {.group_rows = seed % 4 == 0 ? 37U : 65536U};
    expect_same_rows(*write_random(seed, seed == 5 ? 3000 : 400, random, options));
  }
}

TEST(Segment, GivesBackTextsOfColumnsThatTurnedPlain) {
  auto made = std::make_unique<Written>();
  RandomSpans(3, {.traces = 900}).append(6000, made->batch);
  Arena& arena = made->batch.arena;
  for (std::size_t i = 0; i < made->batch.spans.size(); ++i) {
    const auto own = arena.make<model::Attribute>(1);
    own[0] = {"id", model::AnyValue::string(arena.copy(std::string_view(std::to_string(i * i))))};
    made->batch.spans[i].attributes = own;
  }
  made = write(std::move(made), {.group_rows = 1000});
  EXPECT_GT(made->table->texts.size(), 0U);
  expect_same_rows(*made);
}

TEST(Segment, InfoSaysWhatIsInIt) {
  const auto made = write_random(4, 300, {.traces = 30});
  const SegmentInfo& info = made->segment->info();
  EXPECT_EQ(info, made->file.info);
  EXPECT_EQ(info.id, 7U);
  EXPECT_EQ(info.tenant, "acme");
  EXPECT_EQ(info.bytes, made->file.disk.content("7.seg").size());
  EXPECT_EQ(info.rows, made->table->rows.size());
  EXPECT_EQ(info.traces, made->table->traces.size());
  EXPECT_EQ(made->segment->name(), "segment 7");
}

TEST(Segment, IsOnDiskWhenWriteReturns) {
  const auto made = write_random(4, 300);
  EXPECT_EQ(made->file.disk.unsynced_bytes("7.seg"), 0U);
}

TEST(Segment, ATraceLiesInOneGroupAndGroupsArePiecesOfTime) {
  const auto made = write_random(5, 2000, {.traces = 200}, {.group_rows = 100});
  const auto groups = made->segment->groups();
  ASSERT_GT(groups.size(), 10U);
  std::set<model::TraceId> seen;
  std::uint64_t last_start = 0;
  for (const auto& group : groups) {
    const auto traces = group->traces();
    ASSERT_TRUE(traces);
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < traces->ids.size(); ++i) {
      EXPECT_TRUE(seen.insert(traces->ids[i]).second);
      EXPECT_GE(traces->starts[i], last_start);
      most = std::max(most, traces->starts[i]);
    }
    last_start = most;
  }
  EXPECT_EQ(seen.size(), made->table->traces.size());
}

TEST(Segment, CutsATraceThatIsLargerThanAGroup) {
  auto made = std::make_unique<Written>();
  RandomSpans(6, {.traces = 1}).append(1000, made->batch);
  RandomSpans(7, {.traces = 40}).append(200, made->batch);
  made = write(std::move(made), {.group_rows = 100});
  expect_same_rows(*made);
  const auto places = made->segment->find(made->batch.spans[0].trace_id);
  ASSERT_TRUE(places);
  EXPECT_GT(places->size(), 5U);
  std::size_t rows = 0;
  for (const TracePlace& place : *places) {
    std::vector<RowIndex> of_trace;
    ASSERT_TRUE(made->segment->groups()[place.group]->rows_of_trace(place.trace, of_trace));
    EXPECT_LE(of_trace.size(), 100U);
    rows += of_trace.size();
  }
  std::size_t expected = 0;
  for (std::size_t i = 0; i < made->table->rows.size(); ++i) {
    expected += made->table->rows[i].trace_id == made->batch.spans[0].trace_id ? 1 : 0;
  }
  EXPECT_EQ(rows, expected);
}

TEST(Segment, FindsEachTraceWithItsRows) {
  const auto made = write_random(8, 1500, {.traces = 120}, {.group_rows = 200});
  std::map<model::TraceId, std::size_t> expected;
  for (std::size_t i = 0; i < made->table->rows.size(); ++i) {
    ++expected[made->table->rows[i].trace_id];
  }
  for (const auto& [id, rows] : expected) {
    EXPECT_TRUE(made->segment->may_contain(id));
    const auto places = made->segment->find(id);
    ASSERT_TRUE(places);
    ASSERT_THAT(*places, SizeIs(1));
    const auto& group = made->segment->groups()[(*places)[0].group];
    std::vector<RowIndex> of_trace;
    ASSERT_TRUE(group->rows_of_trace((*places)[0].trace, of_trace));
    EXPECT_EQ(of_trace.size(), rows);
    EXPECT_EQ(group->traces()->ids[(*places)[0].trace], id);
  }
}

TEST(Segment, FindsNoTraceThatIsNotThere) {
  const auto made = write_random(8, 1500, {.traces = 120}, {.group_rows = 200});
  const std::uint64_t before = made->file.disk.call_count();
  int passed = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto id = model::trace_id(std::to_string(1'000'000 + i));
    passed += made->segment->may_contain(id) ? 1 : 0;
    const auto places = made->segment->find(id);
    ASSERT_TRUE(places);
    EXPECT_THAT(*places, IsEmpty());
  }
  EXPECT_LE(passed, 5);
  if (passed == 0) {
    EXPECT_EQ(made->file.disk.call_count(), before);
  }
}

TEST(Segment, OpeningReadsNoMoreThanTheEndsAndTheFilter) {
  const auto made = write_random(9, 1000);
  const std::uint64_t before = made->file.disk.call_count();
  ASSERT_TRUE(made->file.open());
  EXPECT_LE(made->file.disk.call_count() - before, 5U);
}

TEST(Segment, CountsSpansByOperation) {
  model::TestBatch t;
  t.resource("cart");
  t.span("01", "0a", "get").kind(model::SpanKind::kServer).lasting(std::chrono::milliseconds(5));
  t.span("01", "0b", "get").kind(model::SpanKind::kServer).lasting(std::chrono::milliseconds(7));
  t.span("02", "0c", "put").status(model::StatusCode::kError).lasting(Duration(-3));
  auto made = std::make_unique<Written>();
  made->batch = std::move(t.batch());
  made = write(std::move(made));
  const auto counts = made->segment->pre_aggregates();
  ASSERT_TRUE(counts);
  ASSERT_NE(*counts, nullptr);
  ASSERT_THAT((*counts)->cells(), SizeIs(2));
  for (const PreAggregateCell& cell : (*counts)->cells()) {
    const bool get = (*counts)->text(cell.key.name) == "get";
    EXPECT_EQ((*counts)->text(cell.key.service), "cart");
    EXPECT_EQ(cell.durations.count(), get ? 2U : 1U);
    EXPECT_EQ(cell.durations.sum(), get ? 12e6 : 0.0);
    EXPECT_EQ(cell.key.status_code, get ? 0 : 2);
  }
}

TEST(Segment, CountsNothingWhenAServiceNameIsNoString) {
  model::TestBatch t;
  t.resource("cart").span("01", "0a");
  auto made = std::make_unique<Written>();
  made->batch = std::move(t.batch());
  const model::Attribute numbered[] = {{"service.name", model::AnyValue::integer(5)}};
  made->batch.resources[0].attributes = numbered;
  made = write(std::move(made));
  const auto counts = made->segment->pre_aggregates();
  ASSERT_TRUE(counts);
  EXPECT_EQ(*counts, nullptr);
}

TEST(Segment, ItsGroupsOutliveIt) {
  auto made = write_random(10, 100);
  const std::shared_ptr<const RowGroup> group = made->segment->groups()[0];
  const auto schema = group->schema();
  made->segment.reset();
  EXPECT_TRUE(group->traces());
  EXPECT_TRUE(schema);
}

TEST(Segment, GivesOneSchemaObjectWhileSomeoneHoldsIt) {
  const auto made = write_random(10, 300, {}, {.group_rows = 50});
  const auto first = made->segment->groups()[0]->schema();
  ASSERT_TRUE(first);
  for (std::uint64_t i = 0; i < 100; ++i) made->file.cache.drop(i);
  const auto second = made->segment->groups()[1]->schema();
  ASSERT_TRUE(second);
  EXPECT_EQ(*first, *second);
}

TEST(Segment, LeavesNothingInTheCacheWhenItGoes) {
  auto made = write_random(10, 300);
  ASSERT_TRUE(contents(*made->segment));
  EXPECT_GT(made->file.cache.bytes(), 0U);
  made->segment.reset();
  EXPECT_EQ(made->file.cache.bytes(), 0U);
}

TEST(Segment, WorksWithoutACache) {
  auto made = write_random(11, 500, {}, {.group_rows = 100});
  PageCache none(0);
  const auto segment = Segment::open(made->file.disk, "7.seg", 7, none);
  ASSERT_TRUE(segment);
  const auto found = contents(**segment);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, contents(*made->table));
  EXPECT_TRUE((*segment)->check());
}

TEST(Segment, ColumnBytesAddUpToTheFile) {
  const auto made = write_random(12, 2000, {.traces = 100}, {.group_rows = 500});
  const auto columns = made->segment->column_bytes();
  ASSERT_TRUE(columns);
  std::uint64_t sum = 0;
  for (const ColumnBytes& column : *columns) sum += column.bytes;
  EXPECT_EQ(sum, made->segment->info().bytes);
}

TEST(Segment, DescribesItselfForPeople) {
  const auto made = write_random(12, 200);
  const auto text = made->segment->describe();
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, AllOf(HasSubstr("segment 7"), HasSubstr("tenant \"acme\""),
                           HasSubstr("group 0"), HasSubstr("trace filter")));
}

TEST(Segment, SaysWhichDiskErrorKeptItFromBeingWritten) {
  RandomSpans spans(1, {});
  model::Batch batch;
  spans.append(50, batch);
  const auto table = make_table(batch);
  for (std::uint64_t call = 1; call <= 3; ++call) {
    SegmentOnDisk file;
    file.disk.fail({.at = call, .error = {ErrorCode::kResourceExhausted, "no space"}});
    const auto written = file.write(*table);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kResourceExhausted);
    EXPECT_THAT(written.error().message, HasSubstr("write segment 7"));
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
