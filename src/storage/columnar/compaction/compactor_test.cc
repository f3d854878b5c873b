// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/compaction/compactor.h"

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "storage/columnar/segment/segment_testing.h"

namespace cairn::storage::columnar {
namespace {

using ::testing::HasSubstr;
using SegmentPointer = std::shared_ptr<const Segment>;

std::string path_of(std::uint64_t id) {
  return "segments/" + segment_file_name(id);
}

// A disk with segments, and where compactions put theirs.
class CompactorTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(disk.make_directories("segments")); }

  SegmentPointer open(std::uint64_t id) {
    auto segment = Segment::open(disk, path_of(id), id, cache);
    EXPECT_TRUE(segment) << segment.error().message;
    return segment ? *segment : nullptr;
  }
  SegmentPointer write(const model::Batch& batch, std::uint32_t level = 0) {
    SegmentInfo info;
    info.id = next_id++;
    info.tenant = "acme";
    info.partition = 472'222;
    info.level = level;
    const auto table = make_table(batch);
    const auto made = write_segment(*table, info, disk, path_of(info.id), {.group_rows = 64});
    EXPECT_TRUE(made) << made.error().message;
    return open(info.id);
  }
  // The spans of a batch dealt out over `count` segments, so that most traces are in pieces.
  std::vector<SegmentPointer> deal(const model::Batch& batch, std::size_t count,
                                   std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<model::Batch> parts(count);
    std::vector<model::BatchAppender> appenders;
    for (model::Batch& part : parts) appenders.emplace_back(part);
    for (const model::Span& span : batch.spans) appenders[random() % count].append(batch, span);
    std::vector<SegmentPointer> segments;
    for (const model::Batch& part : parts) {
      if (!part.spans.empty()) segments.push_back(write(part));
    }
    return segments;
  }
  Result<CompactionResult> run(const std::vector<SegmentPointer>& inputs,
                               const CompactionFilter& filter = {}) {
    return compact(inputs, filter, disk, {[this] { return next_id++; }, path_of}, options, pace);
  }

  static std::vector<std::string> all_contents(const std::vector<SegmentPointer>& segments) {
    std::vector<std::string> all;
    for (const auto& segment : segments) {
      auto some = contents(*segment);
      EXPECT_TRUE(some) << some.error().message;
      if (some) all.insert(all.end(), some->begin(), some->end());
    }
    std::ranges::sort(all);
    return all;
  }
  std::vector<SegmentPointer> opened(const CompactionResult& result) {
    std::vector<SegmentPointer> segments;
    for (const SegmentInfo& info : result.outputs) {
      segments.push_back(open(info.id));
      EXPECT_EQ(segments.back()->info(), info);
      const auto checked = segments.back()->check();
      EXPECT_TRUE(checked) << checked.error().message;
    }
    return segments;
  }
  // Rows of each trace by the groups (of any segment) they are in.
  static std::map<model::TraceId, std::vector<std::uint32_t>> pieces(
      const std::vector<SegmentPointer>& segments) {
    std::map<model::TraceId, std::vector<std::uint32_t>> found;
    for (const auto& segment : segments) {
      for (const auto& group : segment->groups()) {
        const TraceTable traces = group->traces().value();
        for (std::size_t i = 0; i < traces.ids.size(); ++i) {
          found[traces.ids[i]].push_back(traces.spans[i]);
        }
      }
    }
    return found;
  }

  FaultFileSystem disk;
  PageCache cache{8_MiB};
  std::uint64_t next_id = 1;
  CompactionOptions options{.segment = {.group_rows = 64}};
  std::function<Result<void>()> pace;
};

model::Batch random_batch(std::uint64_t seed, std::size_t spans, RandomSpans::Options options) {
  model::Batch batch;
  RandomSpans(seed, options).append(spans, batch);
  return batch;
}

std::uint64_t rows_of(const std::vector<SegmentPointer>& segments) {
  std::uint64_t rows = 0;
  for (const auto& segment : segments) rows += segment->info().rows;
  return rows;
}

TEST_F(CompactorTest, KeepsEverySpanAndPutsTracesTogether) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const auto batch = random_batch(seed, 400 + 100 * (seed % 4),
                                    {.traces = 10 + 10 * seed,
                                     .names = seed % 5 == 0 ? 200U : 6U,
                                     .wild_times = seed % 3 == 0,
                                     .many_texts = seed % 2 == 0});
    const auto inputs = deal(batch, 1 + seed % 5, seed);
    options.segment_rows = seed % 2 == 0 ? 150 : 100'000;
    const auto result = run(inputs);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->rows_in, rows_of(inputs));
    EXPECT_EQ(result->rows_dropped, 0u);
    const auto outputs = opened(*result);
    EXPECT_EQ(all_contents(outputs), all_contents(inputs));
    EXPECT_EQ(outputs.size() > 1, options.segment_rows == 150);
    for (const auto& [id, rows] : pieces(outputs)) {
      std::uint64_t sum = 0;
      for (const std::uint32_t some : rows) sum += some;
      EXPECT_TRUE(sum > 64 || rows.size() == 1u) << id.to_hex();
    }
    // What came out can be compacted again.
    const auto again = run(outputs);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(all_contents(opened(*again)), all_contents(inputs));
  }
}

TEST_F(CompactorTest, OutputsBelongToTheSamePartitionAndHaveTheLevelAskedFor) {
  const auto batch = random_batch(1, 100, {});
  const auto a = write(batch);
  const auto b = write(random_batch(2, 100, {}), 3);
  options.level = 7;
  const auto result = run({a, b});
  options.level.reset();
  ASSERT_TRUE(result);
  ASSERT_EQ(result->outputs.size(), 1u);
  EXPECT_EQ(result->outputs[0].tenant, "acme");
  EXPECT_EQ(result->outputs[0].partition, 472'222u);
  EXPECT_EQ(result->outputs[0].level, 7u);
  const auto alone = run({b});
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->outputs[0].level, 3u);
}

// Outputs follow each other in time: no trace of a later one began before the last of the former.
TEST_F(CompactorTest, CutsOutputsByTheFirstStartOfTraces) {
  options.segment_rows = 100;
  const auto result = run(deal(random_batch(7, 900, {.traces = 200}), 3, 7));
  ASSERT_TRUE(result);
  const auto outputs = opened(*result);
  ASSERT_GT(outputs.size(), 4u);
  std::uint64_t last = 0;
  for (const auto& output : outputs) {
    std::uint64_t first = ~std::uint64_t{0};
    std::uint64_t end = 0;
    for (const auto& group : output->groups()) {
      const TraceTable traces = group->traces().value();
      for (const std::uint64_t start : traces.starts.view) {
        first = std::min(first, start);
        end = std::max(end, start);
      }
    }
    EXPECT_GE(first, last);
    last = end;
  }
}

TEST_F(CompactorTest, DropsWhatTheFilterNames) {
  const auto batch = random_batch(3, 600, {.traces = 40});
  const auto inputs = deal(batch, 3, 3);
  const auto before = all_contents(inputs);
  const auto some_start = batch.spans[300].start;
  std::set<model::TraceId> doomed;
  for (std::size_t i = 0; i < 50; ++i) doomed.insert(batch.spans[i].trace_id);
  std::set<std::string> services;
  for (const auto& resource : batch.resources) services.emplace(resource.service_name());
  const std::string service = *services.rbegin();

  const std::vector<CompactionFilter> filters = {
      {[&](const model::TraceId& id) { return doomed.contains(id); }, {}, {}},
      {{}, [&](std::string_view name) { return name == service; }, {}},
      {{}, {}, [&](model::Timestamp start) { return start < some_start; }},
  };
  for (std::size_t kind = 0; kind < filters.size(); ++kind) {
    SCOPED_TRACE(kind);
    model::Batch kept;
    std::uint64_t dropped = 0;
    for (const auto& input : inputs) {
      model::Batch spans;
      for (const auto& group : input->groups()) {
        std::vector<RowIndex> rows(group->facts().rows);
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<RowIndex>(i);
        ASSERT_TRUE(group->materialize(rows, spans));
      }
      model::BatchAppender appender(kept);
      for (const auto& span : spans.spans) {
        const bool drop = kind == 0   ? doomed.contains(span.trace_id)
                          : kind == 1 ? spans.service_of(span) == service
                                      : span.start < some_start;
        if (drop) ++dropped;
        if (!drop) appender.append(spans, span);
      }
    }
    const auto result = run(inputs, filters[kind]);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->rows_in, rows_of(inputs));
    EXPECT_EQ(result->rows_dropped, dropped);
    EXPECT_GT(dropped, 0u);
    auto expected = contents(kept);
    std::ranges::sort(expected);
    EXPECT_EQ(all_contents(opened(*result)), expected);
  }
  EXPECT_EQ(all_contents(inputs), before);
}

TEST_F(CompactorTest, WritesNothingWhenNothingStays) {
  const auto input = write(random_batch(4, 50, {}));
  const auto files = disk.files();
  const auto result = run({input}, {[](const model::TraceId&) { return true; }, {}, {}});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->outputs.empty());
  EXPECT_EQ(result->rows_dropped, 50u);
  const auto none = run({input}, {{}, {}, [](model::Timestamp) { return true; }});
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->outputs.empty());
  EXPECT_EQ(disk.files(), files);
}

TEST_F(CompactorTest, LeavesNothingBehindWhateverCallFails) {
  options.segment_rows = 80;
  const auto inputs = deal(random_batch(5, 300, {.traces = 60}), 2, 5);
  const auto before = disk.files();
  const std::uint64_t calls = [&] {
    const std::uint64_t start = disk.call_count();
    const auto result = run(inputs);
    EXPECT_TRUE(result);
    for (const auto& info : result->outputs) EXPECT_TRUE(disk.remove(path_of(info.id)));
    return disk.call_count() - start;
  }();
  for (std::uint64_t n = 1; n <= calls; n += 1 + n / 16) {
    Fault fault;
    fault.at = n;
    cache.drop(1);
    cache.drop(2);
    disk.fail(fault);
    const auto result = run(inputs);
    disk.heal();
    if (result) {
      for (const auto& info : result->outputs) EXPECT_TRUE(disk.remove(path_of(info.id)));
    }
    EXPECT_EQ(disk.files(), before) << "call " << n;
  }
}

TEST_F(CompactorTest, NamesTheInputThatIsDamaged) {
  const auto inputs = deal(random_batch(6, 300, {}), 2, 6);
  const auto before = disk.files();
  cache.drop(2);
  // The middle of the file is pages of groups.
  disk.flip_bit(path_of(2), disk.content(path_of(2)).size() / 4 * 8);
  const auto result = run(inputs);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(result.error().message, HasSubstr("segment 2"));
  EXPECT_EQ(disk.files(), before);
}

TEST_F(CompactorTest, StopsWhenToldTo) {
  const auto inputs = deal(random_batch(8, 300, {}), 2, 8);
  const auto before = disk.files();
  int calls = 0;
  pace = [&]() -> Result<void> {
    if (++calls == 20) return deadline_exceeded("enough");
    return {};
  };
  const auto result = run(inputs);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(disk.files(), before);
}

TEST_F(CompactorTest, ClosesAnOutputThatTakesTooMuchMemory) {
  options.segment_bytes = 1_MiB;
  model::Batch batch = random_batch(9, 600, {.traces = 200});
  const std::string large(20'000, 'x');
  for (std::size_t i = 0; i < batch.spans.size(); ++i) {
    const auto attributes = batch.arena.make<model::Attribute>(1);
    attributes[0].key = "payload";
    attributes[0].value = model::AnyValue::string(batch.arena.copy(large + std::to_string(i)));
    batch.spans[i].attributes = attributes;
  }
  const auto inputs = deal(batch, 2, 9);
  const auto result = run(inputs);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_GT(result->outputs.size(), 8u);
  EXPECT_EQ(all_contents(opened(*result)), all_contents(inputs));
}

// 1500 names in three segments: those beyond the limit move into a column.
TEST_F(CompactorTest, MovesNamesBeyondTheLimitIntoTheirColumn) {
  model::Batch batch = random_batch(10, 1500, {.traces = 100});
  for (std::size_t i = 0; i < batch.spans.size(); ++i) {
    batch.spans[i].name = batch.arena.copy("GET /users/" + std::to_string(i));
  }
  const auto inputs = deal(batch, 3, 10);
  const auto result = run(inputs);
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->outputs.size(), 1u);
  const auto outputs = opened(*result);
  EXPECT_EQ(outputs[0]->groups()[0]->schema().value()->names.size(), kMaxNames);
  EXPECT_EQ(all_contents(outputs), all_contents(inputs));
}

// 3 x 1800 keys are more than a segment may have: the inputs stay apart.
TEST_F(CompactorTest, KeepsInputsApartWhoseKeysTogetherAreTooMany) {
  std::vector<SegmentPointer> inputs;
  for (std::uint64_t part = 0; part < 3; ++part) {
    model::Batch batch = random_batch(11 + part, 1800, {.traces = 100});
    for (std::size_t i = 0; i < batch.spans.size(); ++i) {
      const auto attributes = batch.arena.make<model::Attribute>(1);
      attributes[0].key = batch.arena.copy("key" + std::to_string(part) + "." + std::to_string(i));
      attributes[0].value = model::AnyValue::integer(1);
      batch.spans[i].attributes = attributes;
    }
    inputs.push_back(write(batch));
  }
  const auto result = run(inputs);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outputs.size(), 2u);
  EXPECT_EQ(all_contents(opened(*result)), all_contents(inputs));
}

TEST_F(CompactorTest, DoesNothingWithoutInputs) {
  const auto result = run({});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->outputs.empty());
}

}  // namespace
}  // namespace cairn::storage::columnar
