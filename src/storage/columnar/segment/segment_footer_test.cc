// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/segment_footer.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.h"

namespace cairn::storage::columnar {
namespace {

using testing::HasSubstr;

// The example of docs/formats/segment.md.
SegmentFooter example() {
  SegmentFooter footer;
  footer.info = {.id = 7,
                 .tenant = "acme",
                 .partition = 472222,
                 .level = 1,
                 .rows = 300,
                 .traces = 20,
                 .min_start = {1'700'000'000'000'000'000},
                 .max_start = {1'700'000'060'000'000'000}};
  footer.schema = {{9000, 500, 0x11111111}, 1400};
  footer.filter = {9700, 90, 0x22222222};
  footer.pre_aggregates = {{9790, 210, 0x33333333}, 0};
  footer.chunks = {{2, 0, 5, 40}, {9, 0, 3, 25}};
  footer.dictionary_pages = {{{{9500, 200, 0x44444444}, 0}, 52, 0, 2}};
  footer.groups = {{{300, 20, footer.info.min_start, footer.info.max_start, 1'000'000},
                    {{10000, 600, 0x55555555}, 2000}}};
  return footer;
}

struct Split {
  ByteView footer;
  ByteView tail;
};

Split split(const Bytes& bytes) {
  const ByteView all(bytes);
  return {all.first(all.size() - kSegmentTailBytes), all.last(kSegmentTailBytes)};
}

Result<SegmentFooter> decode(const Bytes& bytes) {
  ASSIGN_OR_RETURN(const SegmentTail tail, decode_segment_tail(split(bytes).tail));
  return decode_segment_footer(split(bytes).footer, tail);
}

// The hex digits of the first block after `heading`, up to two spaces and a remark on each line.
std::string hex_of_page(const std::string& heading) {
  std::ifstream in(CAIRN_SOURCE_DIR "/docs/formats/segment.md", std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  std::string hex;
  const std::size_t block = page.find("```\n", page.find(heading));
  if (block == std::string::npos) return "no such page";
  for (std::size_t at = block + 4; page.compare(at, 3, "```") != 0;) {
    for (const char c : page.substr(at, page.find("  ", at) - at)) {
      if (c != ' ') hex += c;
    }
    at = page.find('\n', at) + 1;
  }
  return hex;
}

TEST(SegmentFooter, WritesTheExampleOfThePage) {
  Bytes bytes = encode_segment_header();
  const Bytes footer = encode_segment_footer(example());
  put_raw(bytes, footer);
  EXPECT_EQ(to_hex(bytes), hex_of_page("## Example"));
}

TEST(SegmentFooter, ComesBackAsItWasWritten) {
  const auto back = decode(encode_segment_footer(example()));
  ASSERT_TRUE(back) << back.error().message;
  const SegmentFooter expected = example();
  EXPECT_EQ(back->info, expected.info);
  EXPECT_EQ(back->schema, expected.schema);
  EXPECT_EQ(back->filter, expected.filter);
  EXPECT_EQ(back->pre_aggregates, expected.pre_aggregates);
  EXPECT_EQ(back->chunks, expected.chunks);
  EXPECT_EQ(back->dictionary_pages, expected.dictionary_pages);
  ASSERT_EQ(back->groups.size(), 1U);
  EXPECT_EQ(back->groups[0].directory, expected.groups[0].directory);
  EXPECT_EQ(back->groups[0].facts.max_trace_duration, 1'000'000U);
}

TEST(SegmentFooter, RefusesEveryFlippedBit) {
  const Bytes good = encode_segment_footer(example());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    const auto tail = decode_segment_tail(split(bad).tail);
    // Another size means other bytes: those before it, which the test has not.
    if (tail && tail->footer_size != split(bad).footer.size()) continue;
    EXPECT_FALSE(decode(bad)) << bit;
  }
}

TEST(SegmentFooter, RefusesAFooterThatEndsEarlyWhateverItsChecksum) {
  const Bytes good = encode_segment_footer(example());
  const ByteView footer = split(good).footer;
  for (std::size_t size = 0; size < footer.size(); ++size) {
    EXPECT_FALSE(decode_segment_footer(footer.first(size), {}, Checksums::kIgnored)) << size;
  }
}

TEST(SegmentFooter, RefusesWhatContradictsItself) {
  const auto refuses = [](const std::function<void(SegmentFooter&)>& change) {
    SegmentFooter footer = example();
    change(footer);
    return !decode(encode_segment_footer(footer)).has_value();
  };
  EXPECT_TRUE(refuses([](SegmentFooter& f) { f.info.rows = 301; }));
  EXPECT_TRUE(refuses([](SegmentFooter& f) { f.info.traces = 301; }));
  EXPECT_TRUE(refuses([](SegmentFooter& f) { f.info.traces = 0; }));
  EXPECT_TRUE(refuses([](SegmentFooter& f) { f.info.min_start.unix_nanos -= 1; }));
  EXPECT_TRUE(refuses([](SegmentFooter& f) { f.groups[0].facts.traces = 301; }));
  EXPECT_TRUE(refuses([](SegmentFooter& f) { f.groups.clear(); }));
  EXPECT_TRUE(refuses([](SegmentFooter& f) { f.chunks[0].values = 0; }));
  EXPECT_TRUE(refuses([](SegmentFooter& f) { f.chunks[0].first = kElsewhere; }));
  EXPECT_TRUE(refuses([](SegmentFooter& f) { f.chunks[0].values = kMostChunkValues + 1; }));
}

TEST(SegmentHeader, RefusesAnotherFileAndAnotherVersion) {
  ASSERT_TRUE(decode_segment_header(encode_segment_header()));
  Bytes other = encode_segment_header();
  other[0] = std::byte{'X'};
  EXPECT_THAT(decode_segment_header(other).error().message, HasSubstr("not a segment"));
  // A later version as it would look: everything checks, only the number is another.
  Bytes later = encode_segment_header();
  later[8] = std::byte{2};
  const std::uint32_t checksum = page_checksum(ByteView(later).first(12));
  std::memcpy(later.data() + 12, &checksum, sizeof checksum);
  const auto refused = decode_segment_header(later);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnimplemented);
  EXPECT_THAT(refused.error().message, HasSubstr("version 2"));
}

TEST(SegmentTail, SaysWhenTheFileIsCutShort) {
  const Bytes bytes(16, std::byte{0});
  EXPECT_THAT(decode_segment_tail(bytes).error().message, HasSubstr("cut short"));
}

}  // namespace
}  // namespace cairn::storage::columnar
