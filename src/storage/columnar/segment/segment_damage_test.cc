// SPDX-License-Identifier: Apache-2.0
//
// What a damaged segment does: it says so, with its name and the place, and nothing else happens.
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.h"
#include "storage/columnar/segment/segment_testing.h"

namespace cairn::storage::columnar {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kGolden = CAIRN_SOURCE_DIR "/tests/golden/storage/segment/v1.seg";

std::shared_ptr<const SpanTable> small_table() {
  model::Batch batch;
  RandomSpans(21, {.traces = 12}).append(60, batch);
  return make_table(batch);
}

Bytes read_host_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

// Opens and checks a file of these bytes.
Result<void> check(const Bytes& bytes) {
  SegmentOnDisk file;
  file.disk.put(file.path, bytes);
  ASSIGN_OR_RETURN(const auto segment, file.open());
  return segment->check();
}

TEST(SegmentDamage, EveryFlippedBitIsFoundAndNamed) {
  SegmentOnDisk file;
  ASSERT_TRUE(file.write(*small_table(), {.group_rows = 30}));
  const Bytes good = file.disk.content(file.path);
  ASSERT_TRUE(check(good));
  for (std::size_t byte = 0; byte < good.size(); ++byte) {
    Bytes bad = good;
    bad[byte] ^= static_cast<std::byte>(1 << (byte % 8));
    const auto checked = check(bad);
    ASSERT_FALSE(checked) << byte;
    ASSERT_THAT(checked.error().message, StartsWith("segment 7: ")) << byte;
    ASSERT_TRUE(checked.error().code == ErrorCode::kCorruption) << byte;
  }
}

// Whatever is read of a damaged segment is either right or an error.
TEST(SegmentDamage, AFlippedBitNeverGivesAWrongAnswer) {
  const auto table = small_table();
  SegmentOnDisk file;
  ASSERT_TRUE(file.write(*table, {.group_rows = 30}));
  const Bytes good = file.disk.content(file.path);
  const auto expected = contents(*table);
  std::size_t answered = 0;
  for (std::size_t byte = 0; byte < good.size(); byte += 3) {
    SegmentOnDisk damaged;
    damaged.disk.put(damaged.path, good);
    damaged.disk.flip_bit(damaged.path, byte * 8 + byte % 8);
    const auto segment = damaged.open();
    if (!segment) continue;
    const auto found = contents(**segment);
    if (!found) {
      EXPECT_THAT(found.error().message, StartsWith("segment 7: "));
      continue;
    }
    ASSERT_EQ(*found, expected) << byte;
    ++answered;
  }
  EXPECT_GT(answered, 0U);  // the trace filter's page, for one, is not asked
}

TEST(SegmentDamage, OtherGroupsStillServe) {
  const auto table = small_table();
  SegmentOnDisk file;
  ASSERT_TRUE(file.write(*table, {.group_rows = 20}));
  file.disk.flip_bit(file.path, 17 * 8);  // the first page of the first group
  const auto segment = file.open();
  ASSERT_TRUE(segment);
  const auto groups = (*segment)->groups();
  ASSERT_GT(groups.size(), 1U);
  std::size_t good = 0;
  for (const auto& group : groups) {
    std::vector<RowIndex> rows = {0};
    model::Batch batch;
    good += group->materialize(rows, batch).has_value() ? 1 : 0;
  }
  EXPECT_GE(good, groups.size() - 1);
  const auto checked = (*segment)->check();
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("page at 16"));
}

TEST(SegmentDamage, AFileCutShortDoesNotOpen) {
  SegmentOnDisk file;
  ASSERT_TRUE(file.write(*small_table()));
  const Bytes good = file.disk.content(file.path);
  for (std::size_t size = 0; size < good.size(); size += 7) {
    SegmentOnDisk cut;
    cut.disk.put(cut.path, ByteView(good).first(size));
    const auto segment = cut.open();
    ASSERT_FALSE(segment) << size;
    EXPECT_THAT(segment.error().message, StartsWith("segment 7: "));
  }
}

TEST(SegmentDamage, AFileWithBytesBehindItDoesNotOpen) {
  SegmentOnDisk file;
  ASSERT_TRUE(file.write(*small_table()));
  Bytes longer = file.disk.content(file.path);
  longer.push_back(std::byte{0});
  EXPECT_FALSE(check(longer));
}

TEST(SegmentDamage, AnotherSegmentsFileDoesNotOpen) {
  SegmentOnDisk file;
  ASSERT_TRUE(file.write(*small_table()));
  const auto segment = Segment::open(file.disk, file.path, 8, file.cache);
  ASSERT_FALSE(segment);
  EXPECT_THAT(segment.error().message, HasSubstr("this is segment 7"));
}

TEST(SegmentDamage, AMissingFileIsNotFound) {
  SegmentOnDisk file;
  const auto segment = file.open();
  ASSERT_FALSE(segment);
  EXPECT_EQ(segment.error().code, ErrorCode::kNotFound);
}

TEST(SegmentDamage, CheckFindsDamageBehindTheCache) {
  SegmentOnDisk file;
  ASSERT_TRUE(file.write(*small_table()));
  const auto segment = file.open();
  ASSERT_TRUE(segment);
  ASSERT_TRUE((*segment)->check());
  const std::size_t size = file.disk.content(file.path).size();
  for (std::size_t byte = 0; byte < size; byte += 11) {
    file.disk.flip_bit(file.path, byte * 8);
    EXPECT_FALSE((*segment)->check()) << byte;
    file.disk.flip_bit(file.path, byte * 8);
  }
}

// UPDATE_GOLDEN=1 writes it anew. The file of a past version stays as it is, and readable.
TEST(SegmentGolden, TheFileOfVersion1IsReadAndItsRowsAreKnown) {
  const auto table = small_table();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    SegmentOnDisk made;
    ASSERT_TRUE(made.write(*table, {.group_rows = 30}));
    const Bytes bytes = made.disk.content(made.path);
    std::ofstream(kGolden, std::ios::binary) << as_text(bytes);
  }
  SegmentOnDisk file;
  file.disk.put(file.path, read_host_file(kGolden));
  const auto segment = file.open();
  ASSERT_TRUE(segment) << segment.error().message;
  const auto checked = (*segment)->check();
  EXPECT_TRUE(checked) << checked.error().message;
  const auto found = contents(**segment);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, contents(*table));
}

}  // namespace
}  // namespace cairn::storage::columnar
