// SPDX-License-Identifier: Apache-2.0
//
// Segments whose checksums are right and whose contents lie: footers that contradict what they
// point at, pages that lie over one another. Found by fuzzing without checksums and by reading.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/columnar/encoding/texts/texts.h"
#include "storage/columnar/index/pre_aggregates.h"
#include "storage/columnar/segment/group/group_testing.h"
#include "storage/columnar/segment/segment_footer.h"
#include "storage/columnar/segment/segment_testing.h"

namespace cairn::storage::columnar {
namespace {

using testing::HasSubstr;

std::shared_ptr<const SpanTable> table_of(const RandomSpans::Options& options, std::size_t spans,
                                          std::size_t plain_after = 200) {
  model::Batch batch;
  RandomSpans(21, options).append(spans, batch);
  return make_table(batch, plain_after);
}

// A segment whose footer is rewritten, and before it pages that are added.
class Forger {
 public:
  explicit Forger(const SpanTable& table, const SegmentOptions& options = {}) {
    EXPECT_TRUE(file.write(table, options));
    Bytes bytes = file.disk.content(file.path);
    const ByteView all(bytes);
    const auto tail = decode_segment_tail(all.last(kSegmentTailBytes));
    EXPECT_TRUE(tail);
    const std::size_t pages = all.size() - kSegmentTailBytes - tail->footer_size;
    auto decoded = decode_segment_footer(all.subspan(pages, tail->footer_size), *tail);
    EXPECT_TRUE(decoded);
    footer = *std::move(decoded);
    bytes.resize(pages);
    pages_ = std::move(bytes);
  }

  PageRef add(const Bytes& page) {
    const PageRef made{pages_.size(), static_cast<std::uint32_t>(page.size()), page_checksum(page)};
    put_raw(pages_, page);
    return made;
  }

  Result<std::shared_ptr<const Segment>> open() {
    Bytes bytes = pages_;
    put_raw(bytes, encode_segment_footer(footer));
    file.disk.put(file.path, bytes);
    return file.open();
  }

  SegmentOnDisk file;
  SegmentFooter footer;

 private:
  Bytes pages_;
};

// A page in front of the dictionaries that gives `column` these values, and no others.
void give_dictionary(Forger& forger, ColumnId column, std::vector<std::string_view> values) {
  Bytes bytes;
  encode_texts(values, 1, bytes);
  std::size_t text_bytes = 0;
  for (const std::string_view value : values) text_bytes += value.size();
  forger.footer.chunks = {{column, 0, static_cast<std::uint32_t>(values.size()),
                           static_cast<std::uint32_t>(bytes.size())}};
  forger.footer.dictionary_pages = {{{forger.add(bytes), 0}, text_bytes, 0, 1}};
}

TEST(ForgedSegment, ItsFooterMayClaimOtherTracesThanADirectory) {
  for (const std::uint32_t more : {1U, ~0U}) {
    Forger forger(*table_of({.traces = 12}, 60));
    forger.footer.groups[0].facts.traces += more;
    const auto segment = forger.open();
    ASSERT_TRUE(segment) << segment.error().message;
    // Who only lists pages must not leave behind, for those who read rows, what they would refuse.
    EXPECT_FALSE((*segment)->column_bytes());
    EXPECT_FALSE((*segment)->describe());
    EXPECT_FALSE((*segment)->check());
    const RowGroup& group = *(*segment)->groups()[0];
    const auto traces = group.traces();
    ASSERT_FALSE(traces);
    EXPECT_THAT(traces.error().message, HasSubstr("footer and directory disagree"));
    std::vector<RowIndex> rows;
    const auto asked = group.rows_of_trace(group.facts().traces - 1, rows);
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().code, ErrorCode::kCorruption);
  }
}

TEST(ForgedSegment, ItsFooterMayClaimMoreRowsThanTheFileHolds) {
  Forger forger(*table_of({.traces = 12}, 60));
  forger.footer.groups[0].facts.rows = 0x8000'0000;
  forger.footer.groups[0].facts.traces = 0x7fff'ffff;
  forger.footer.info.rows = 0x8000'0000;
  const auto segment = forger.open();
  ASSERT_FALSE(segment);
  EXPECT_EQ(segment.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(segment.error().message, HasSubstr("more rows than the file can hold"));
}

// Both are what they should be, one for a size of 6 and one for 12 bytes.
TEST(ForgedSegment, ItsSchemaMayLieWhereItsPreAggregatesLie) {
  Forger forger(*table_of({.traces = 12}, 60));
  const PageRef counts = forger.add(Bytes(12, std::byte{0}));
  const PageRef schema{counts.offset, 6, page_checksum(Bytes(6, std::byte{0}))};
  forger.footer.schema = {schema, 0};
  forger.footer.pre_aggregates = {counts, 0};
  const auto segment = forger.open();
  ASSERT_TRUE(segment) << segment.error().message;
  const RowGroup& group = *(*segment)->groups()[0];
  ASSERT_TRUE(group.schema());
  const auto read = (*segment)->pre_aggregates();
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("count other rows"));
}

TEST(ForgedSegment, ItsPreAggregatesMayCountOtherRows) {
  Forger forger(*table_of({.traces = 12}, 60));
  PreAggregates counts;
  for (int i = 0; i < 61; ++i) counts.add(nullptr, "op", 0, 0, 0, 5);
  Bytes bytes;
  counts.encode(bytes);
  forger.footer.pre_aggregates = {forger.add(bytes), 0};
  const auto segment = forger.open();
  ASSERT_TRUE(segment);
  const auto read = (*segment)->pre_aggregates();
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("count other rows"));
}

TEST(ForgedSegment, TwoPagesOfItsDictionariesMayBeOne) {
  const auto table = table_of({.traces = 20, .many_texts = true}, 30'000, 1'000'000);
  Forger forger(*table);
  auto& pages = forger.footer.dictionary_pages;
  auto& chunks = forger.footer.chunks;
  ASSERT_GE(pages.size(), 2U);
  // Two pages of one chunk each, of which the first holds less.
  std::size_t small = 0;
  while (small < pages.size() && pages[small].chunks != 1) ++small;
  std::size_t large = small + 1;
  while (large < pages.size() &&
         (pages[large].chunks != 1 ||
          chunks[pages[large].first_chunk].values == chunks[pages[small].first_chunk].values)) {
    ++large;
  }
  ASSERT_LT(large, pages.size());
  if (chunks[pages[small].first_chunk].values > chunks[pages[large].first_chunk].values) {
    std::swap(small, large);
  }
  pages[large].packed = pages[small].packed;
  const auto segment = forger.open();
  ASSERT_TRUE(segment) << segment.error().message;
  const RowGroup& group = *(*segment)->groups()[0];
  (void)group.dictionary(chunks[pages[small].first_chunk].column);
  const auto read = group.dictionary(chunks[pages[large].first_chunk].column);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorruption);
}

TEST(ForgedSegment, ItsDictionaryMayHoldTextsThatAreNoValues) {
  const std::string longest(kLongestValue, 'x');
  const std::string longer(kLongestValue + 1, 'x');
  const std::vector<std::pair<std::vector<std::string_view>, bool>> cases = {
      {{"", "a"}, true}, {{longest, ""}, true}, {{"", ""}, false}, {{"a", longer}, false}};
  for (const auto& [values, sound] : cases) {
    Forger forger(*table_of({.traces = 12}, 60));
    const ColumnId column = forger.footer.chunks.at(0).column;
    give_dictionary(forger, column, values);
    const auto segment = forger.open();
    ASSERT_TRUE(segment) << segment.error().message;
    const auto read = (*segment)->groups()[0]->dictionary(column);
    EXPECT_EQ(read.has_value(), sound);
  }
}

// The pages of two groups that begin at one place, of which the other has fewer traces and rows.
TEST(ForgedGroup, ItsPagesMayLieWhereThoseOfAnotherLie) {
  const auto table = table_of({.traces = 12}, 60);
  GroupOnDisk disk(table);
  ASSERT_TRUE(disk.write(first_rows(2)));
  const Bytes other = disk.directory;
  ASSERT_TRUE(disk.disk.remove("group"));
  ASSERT_TRUE(disk.write());
  auto file = disk.disk.open_read("group");
  ASSERT_TRUE(file);
  const PageReader pages("segment 7", 99, *std::move(file), disk.cache, Checksums::kIgnored);
  const auto small = decode_group(other, 0, disk.vocabulary, pages);
  const auto whole = decode_group(disk.directory, 1, disk.vocabulary, pages);
  ASSERT_TRUE(small && whole);
  (void)(*small)->find({});
  model::Batch of_small;
  (void)(*small)->materialize(first_rows(2), of_small);
  model::Batch batch;
  ASSERT_TRUE((*whole)->materialize(first_rows(table->rows.size()), batch));
  EXPECT_EQ(contents(batch), contents(*table));
}

}  // namespace
}  // namespace cairn::storage::columnar
