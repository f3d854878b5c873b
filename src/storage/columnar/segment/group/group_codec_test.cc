// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/group/group_codec.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "base/hex.h"
#include "storage/columnar/segment/group/group_testing.h"
#include "storage/columnar/segment/segment_testing.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();

// Spans written down one by one; the id of a span is its number.
class Traces {
 public:
  Traces() {
    batch_.resources.emplace_back();
    batch_.scopes.emplace_back();
  }

  model::Span& add(std::uint64_t trace, std::uint64_t id, std::uint64_t parent,
                   std::uint64_t start = 100, std::uint64_t end = 200) {
    model::Span span;
    std::memcpy(span.trace_id.bytes.data(), &trace, sizeof trace);
    std::memcpy(span.span_id.bytes.data(), &id, sizeof id);
    std::memcpy(span.parent_span_id.bytes.data(), &parent, sizeof parent);
    span.start.unix_nanos = start;
    span.end.unix_nanos = end;
    span.name = "n";
    return batch_.spans.emplace_back(span);
  }
  model::Batch& batch() { return batch_; }
  std::shared_ptr<const SpanTable> table() const { return make_table(batch_); }

 private:
  model::Batch batch_;
};

std::vector<std::string> spans_of(const SegmentGroup& group) {
  model::Batch batch;
  const Result<void> done = group.materialize(first_rows(group.facts().rows), batch);
  EXPECT_TRUE(done) << done.error().message;
  return contents(batch);
}

// Writes the table as one group that passes its own inspection and gives back every span.
void expect_round_trip(const std::shared_ptr<const SpanTable>& table) {
  GroupOnDisk disk(table);
  ASSERT_TRUE(disk.write());
  const auto pages = disk.inspect();
  ASSERT_TRUE(pages) << pages.error().message;
  const auto group = disk.open();
  ASSERT_TRUE(group) << group.error().message;
  EXPECT_EQ(spans_of(**group), contents(*table));
}

TEST(GroupCodec, GivesBackEverySpanWhateverItsForm) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    model::Batch batch;
    RandomSpans::Options options;
    options.traces = 1 + seed * 7;
    options.wild_times = seed % 2 == 1;
    options.many_texts = seed % 3 == 2;
    RandomSpans(seed, options).append(1 + seed * 60, batch);
    SCOPED_TRACE(seed);
    expect_round_trip(make_table(batch));
  }
}

TEST(GroupCodec, GivesSpansInTheOrderOfTheQuestion) {
  model::Batch batch;
  RandomSpans(3, {}).append(400, batch);
  const auto table = make_table(batch);
  GroupOnDisk disk(table);
  ASSERT_TRUE(disk.write());
  const auto group = disk.open();
  ASSERT_TRUE(group);
  model::Batch all;
  ASSERT_TRUE((*group)->materialize(first_rows((*group)->facts().rows), all));
  std::vector<RowIndex> rows = first_rows(all.spans.size());
  std::mt19937_64 random(1);
  std::shuffle(rows.begin(), rows.end(), random);
  rows.resize(rows.size() / 3);
  rows.push_back(rows.front());  // the same row twice
  model::Batch some;
  ASSERT_TRUE((*group)->materialize(rows, some));
  ASSERT_EQ(some.spans.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_TRUE(same_content(some.spans[i], all.spans[rows[i]]));
    EXPECT_TRUE(same_content(some.resource_of(some.spans[i]), all.resource_of(all.spans[rows[i]])));
  }
}

TEST(GroupCodec, ItsArraysSayWhatItsSpansSay) {
  model::Batch batch;
  RandomSpans(5, {.traces = 40}).append(900, batch);
  GroupOnDisk disk(make_table(batch));
  ASSERT_TRUE(disk.write());
  const auto opened = disk.open();
  ASSERT_TRUE(opened);
  const SegmentGroup& group = **opened;
  model::Batch spans;
  ASSERT_TRUE(group.materialize(first_rows(group.facts().rows), spans));
  const auto ids = group.span_ids();
  const auto parents = group.parent_span_ids();
  const auto trace_of = group.trace_of_rows();
  const auto traces = group.traces();
  ASSERT_TRUE(ids && parents && trace_of && traces);
  std::size_t seen = 0;
  const auto classes = group.classes();
  for (const ClassRows& entry : *classes) {
    const auto rows = group.rows(entry.span_class);
    const auto starts = group.starts(entry.span_class);
    const auto durations = group.durations(entry.span_class);
    const auto extras = group.has_extra(entry.span_class);
    ASSERT_TRUE(rows && starts && durations && extras);
    ASSERT_EQ(rows->size(), entry.rows);
    for (std::size_t i = 0; i < rows->size(); ++i, ++seen) {
      const model::Span& span = spans.spans[(*rows)[i]];
      EXPECT_EQ((*starts)[i], span.start.unix_nanos);
      EXPECT_EQ((*durations)[i], span.end.unix_nanos - span.start.unix_nanos);
      EXPECT_EQ((*ids)[(*rows)[i]], span.span_id);
      EXPECT_EQ((*parents)[(*rows)[i]], span.parent_span_id);
      EXPECT_EQ(traces->ids[(*trace_of)[(*rows)[i]]], span.trace_id);
      const bool has = !extras->empty() && (*extras)[i] != 0;
      if (!span.events.empty()) {
        EXPECT_TRUE(has);
      }
    }
  }
  EXPECT_EQ(seen, spans.spans.size());
}

TEST(GroupCodec, FindsItsTracesAndNoOthers) {
  Traces traces;
  for (std::uint64_t i = 0; i < 9000; ++i) traces.add(2 * i + 1, i + 1, 0);
  GroupOnDisk disk(traces.table());
  ASSERT_TRUE(disk.write());
  const auto group = disk.open();
  ASSERT_TRUE(group);
  for (std::uint64_t i = 0; i < 18'002; i += 7) {
    model::TraceId id;
    std::memcpy(id.bytes.data(), &i, sizeof i);
    const auto found = (*group)->find(id);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->has_value(), i % 2 == 1 && i < 18'000) << i;
    if (found->has_value()) {
      EXPECT_EQ((*group)->traces()->ids[**found], id);
    }
  }
}

TEST(GroupCodec, KeepsTimesThatCannotBe) {
  Traces traces;
  traces.add(1, 1, 0, kLast, 0);
  traces.add(1, 2, 1, 0, kLast);
  traces.add(1, 3, 1, kLast, kLast);
  traces.add(1, 4, 2, 0, 0);
  traces.add(1, 5, 4, kLast / 2, 5);
  traces.add(2, 1, 0, 0, 0);
  traces.add(3, 1, 9, 1'000, 10);  // ends before it starts
  traces.add(3, 2, 1, 900, 905);   // a child before its parent
  expect_round_trip(traces.table());
}

TEST(GroupCodec, KeepsParentsThatAreNotThere) {
  Traces traces;
  for (std::uint64_t i = 1; i < 300; ++i) traces.add(i % 40, i, i % 3 == 0 ? i + 1'000 : 0);
  expect_round_trip(traces.table());
}

TEST(GroupCodec, KeepsSpansThatAreTheirOwnAncestors) {
  Traces traces;
  traces.add(1, 7, 7);
  for (std::uint64_t i = 0; i < 50; ++i) traces.add(2, 1 + i, 1 + (i + 1) % 50, 1'000 - i);
  for (std::uint64_t i = 0; i < 50; ++i) traces.add(2, 100 + i, 1 + i % 7, i);  // hang on the ring
  traces.add(2, 500, 0);
  expect_round_trip(traces.table());
}

TEST(GroupCodec, KeepsDifferentSpansWithOneId) {
  Traces traces;
  for (std::uint64_t i = 0; i < 60; ++i) traces.add(1, 1 + i % 4, 1 + i % 5, 100 + i, 200 + i);
  expect_round_trip(traces.table());
}

TEST(GroupCodec, TakesAChainOf65536Spans) {
  Traces traces;
  for (std::uint64_t i = 0; i < 65'536; ++i) traces.add(1, i + 1, i, 1'000 + i, 100'000);
  GroupOnDisk disk(traces.table());
  ASSERT_TRUE(disk.write());
  const auto pages = disk.inspect();
  ASSERT_TRUE(pages) << pages.error().message;
}

TEST(GroupCodec, TakesAParentOf65535ChildrenAndBackwardChains) {
  Traces traces;
  traces.add(1, 1, 0);
  for (std::uint64_t i = 2; i <= 65'536; ++i) traces.add(1, i, 1, i * 77 % 65'537);
  // The parents come last by start, and all hang on a ring.
  for (std::uint64_t i = 1; i < 20'000; ++i) traces.add(2, i, i + 1, i);
  traces.add(2, 20'000, 19'999, 30'000);
  GroupOnDisk disk(traces.table());
  ASSERT_TRUE(disk.write());
  const auto pages = disk.inspect();
  ASSERT_TRUE(pages) << pages.error().message;
}

TEST(GroupCodec, TakesATraceInPieces) {
  Traces traces;
  for (std::uint64_t i = 1; i <= 3'000; ++i) traces.add(1, i, i / 2, i, 5'000);
  const auto table = traces.table();
  std::vector<std::string> all;
  for (RowIndex begin = 0; begin < 3'000; begin += 1'000) {
    std::vector<RowIndex> rows(1'000);
    std::iota(rows.begin(), rows.end(), begin);
    GroupOnDisk disk(table);
    ASSERT_TRUE(disk.write(rows));
    ASSERT_TRUE(disk.inspect());
    const auto group = disk.open();
    ASSERT_TRUE(group);
    for (std::string& text : spans_of(**group)) all.push_back(std::move(text));
  }
  std::ranges::sort(all);
  EXPECT_EQ(all, contents(*table));
}

TEST(GroupCodec, TakesAClassForEverySpan) {
  Traces traces;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    traces.add(i % 200, i + 1, i > 3 ? i - 3 : 0).flags = static_cast<std::uint32_t>(i);
  }
  expect_round_trip(traces.table());
}

TEST(GroupCodec, StoresAnEmptyClassOfNothingButConstants) {
  Traces traces;
  traces.add(1, 1, 0);
  expect_round_trip(traces.table());
}

// Texts of a megabyte: in pages of their own, read one by one.
TEST(GroupCodec, TakesTextsThatNeedManyPages) {
  Traces traces;
  Arena arena;
  std::mt19937_64 random(1);
  for (std::uint64_t i = 0; i < 60; ++i) {
    std::string text(i % 9 == 0 ? 300'000 : 10'000, 'x');
    for (char& letter : text) letter = static_cast<char>('a' + random() % 26);
    // The third column has no dictionary (group_testing.cc).
    const model::Attribute attributes[] = {
        {"a", model::AnyValue::integer(1)},
        {"b", model::AnyValue::integer(2)},
        {"c", model::AnyValue::string(arena.copy(std::string_view(text)))}};
    model::Span& span = traces.add(i / 4, i + 1, 0);
    span.attributes = arena.copy(std::span<const model::Attribute>(attributes));
    span.trace_state = arena.copy(std::string_view(text).substr(0, 9'000));
  }
  expect_round_trip(traces.table());
}

TEST(GroupCodec, StoresATopologyThatRepeatsOnce) {
  const auto bytes = [](bool alike) {
    Traces traces;
    std::uint64_t id = 0;
    for (std::uint64_t trace = 1; trace <= 500; ++trace) {
      const std::uint64_t root = ++id;
      traces.add(trace, root, 0);
      for (std::uint64_t i = 0; i < 20; ++i) {
        const bool nested = alike ? i % 3 != 0 : (trace * 2'654'435'761 >> i) % 2 != 0;
        const std::uint64_t parent = nested ? id : root;
        traces.add(trace, ++id, parent, 100 + i);
      }
    }
    GroupOnDisk disk(traces.table());
    EXPECT_TRUE(disk.write());
    std::uint64_t size = 0;
    const auto pages = disk.inspect();
    EXPECT_TRUE(pages) << pages.error().message;
    for (const GroupPage& page : *pages) {
      if (page.column == "parent_distance" || page.column == "trace_pattern") {
        size += page.page.size;
      }
    }
    return size;
  };
  EXPECT_LT(bytes(true), 100U);
  EXPECT_GT(bytes(false), 500U);
}

TEST(GroupCodec, FactsAreReadWithoutTheRest) {
  Traces traces;
  traces.add(1, 1, 0, 50, 450);
  traces.add(2, 1, 0, 70, 80);
  GroupOnDisk disk(traces.table());
  ASSERT_TRUE(disk.write());
  const auto facts = decode_group_facts(disk.directory);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->rows, 2U);
  EXPECT_EQ(facts->traces, 2U);
  EXPECT_EQ(facts->min_start.unix_nanos, 50U);
  EXPECT_EQ(facts->max_start.unix_nanos, 70U);
  EXPECT_EQ(facts->max_trace_duration, 400U);
}

// docs/formats/row-group.md, "Example"; x stands for what the encodings decide.
TEST(GroupCodec, WritesTheDirectoryOfTheFormatsPage) {
  Traces traces;
  traces.add(1, 1, 0, 100, 200).name = "a";
  traces.add(1, 2, 1, 110, 150).name = "b";
  GroupOnDisk disk(traces.table());
  ASSERT_TRUE(disk.write());
  const std::string expected =
      "0201 640a64 10 10xxxxxxxx 0064 0064 0000 00 0002 01xxxxxxxxxx 01xxxxxxxxxx 00 10xxxxxxxx 02"
      "000100 0000 0000 0000 0064 00 00"
      "000100 0001 0000 000a 0028 00 00";
  const std::string made = to_hex(disk.directory);
  std::size_t at = 0;
  for (const char digit : expected) {
    if (digit == ' ') continue;
    ASSERT_LT(at, made.size());
    EXPECT_TRUE(digit == 'x' || digit == made[at]) << made << " at " << at;
    ++at;
  }
  EXPECT_EQ(at, made.size());
}

TEST(GroupCodec, NamesEveryPageOnceAndWithoutGaps) {
  model::Batch batch;
  RandomSpans(9, {}).append(500, batch);
  GroupOnDisk disk(make_table(batch));
  ASSERT_TRUE(disk.write());
  const auto pages = disk.inspect(false);
  ASSERT_TRUE(pages);
  std::uint64_t next = std::string_view("what lies before").size();
  for (const GroupPage& page : *pages) {
    EXPECT_EQ(page.page.offset, next) << page.column;
    EXPECT_FALSE(page.encoding.empty());
    EXPECT_GT(page.values, 0U);
    next += page.page.size;
  }
  EXPECT_EQ(next, disk.disk.content("group").size());
}

}  // namespace
}  // namespace cairn::storage::columnar
