// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/index/fuse_filter.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {
namespace {

std::vector<model::TraceId> random_ids(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<model::TraceId> ids(count);
  for (model::TraceId& id : ids) {
    for (std::size_t half : {0, 8}) {
      const std::uint64_t bits = random();
      std::memcpy(id.bytes.data() + half, &bits, sizeof(bits));
    }
  }
  return ids;
}

// Ids of systems that count: 1, 2, 3 …
std::vector<model::TraceId> counted_ids(std::uint32_t count) {
  std::vector<model::TraceId> ids(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t number = i + 1;
    std::memcpy(ids[i].bytes.data() + 12, &number, sizeof(number));
  }
  return ids;
}

bool contains_all(const FuseFilter& filter, std::span<const model::TraceId> ids) {
  return std::ranges::all_of(ids, [&](const auto& id) { return filter.may_contain(id); });
}

Bytes encoded(const FuseFilter& filter) {
  Bytes out;
  filter.encode(out);
  return out;
}

Bytes header(std::uint32_t segment_length, std::uint32_t segment_count) {
  Bytes out;
  put_fixed(out, std::uint64_t{7});
  put_fixed(out, segment_length);
  put_fixed(out, segment_count);
  return out;
}

bool refused(const Bytes& bytes) {
  const Result<FuseFilter> filter = FuseFilter::decode(bytes);
  return !filter && filter.error().code == ErrorCode::kCorruption;
}

TEST(FuseFilterTest, HoldsEveryIdOfSetsOfAnySmallSize) {
  for (std::size_t count = 0; count < 300; ++count) {
    const auto ids = random_ids(count, count);
    EXPECT_TRUE(contains_all(FuseFilter::build(ids, count), ids)) << count;
  }
}

TEST(FuseFilterTest, HoldsEveryIdOfLargerSets) {
  for (const std::size_t count : {1'000, 4'369, 35'000, 100'000}) {
    const auto ids = random_ids(count, count);
    EXPECT_TRUE(contains_all(FuseFilter::build(ids, 42), ids)) << count;
  }
}

TEST(FuseFilterTest, HoldsIdsThatCount) {
  const auto ids = counted_ids(20'000);
  EXPECT_TRUE(contains_all(FuseFilter::build(ids, 0), ids));
}

TEST(FuseFilterTest, HoldsNothingWhenEmpty) {
  const FuseFilter empty = FuseFilter::build({}, 42);
  EXPECT_FALSE(empty.may_contain(random_ids(1, 1)[0]));
  EXPECT_FALSE(FuseFilter().may_contain({}));
}

TEST(FuseFilterTest, SeldomHoldsAnotherId) {
  const FuseFilter filter = FuseFilter::build(random_ids(10'000, 1), 42);
  const auto others = random_ids(200'000, 2);
  const auto found =
      std::ranges::count_if(others, [&](const auto& id) { return filter.may_contain(id); });
  EXPECT_LT(found, 20);  // three are expected
}

TEST(FuseFilterTest, RemovesEqualIds) {
  auto ids = random_ids(1'000, 3);
  const std::size_t size = encoded(FuseFilter::build(ids, 42)).size();
  for (int i = 0; i < 300; ++i) ids.push_back(ids.front());
  ids.push_back(ids.back());
  const FuseFilter filter = FuseFilter::build(ids, 42);
  EXPECT_TRUE(contains_all(filter, ids));
  EXPECT_EQ(encoded(filter).size(), size);
}

TEST(FuseFilterTest, HoldsAnIdThatCameManyTimes) {
  const std::vector<model::TraceId> ids(1'000, random_ids(1, 4)[0]);
  EXPECT_TRUE(contains_all(FuseFilter::build(ids, 42), ids));
}

TEST(FuseFilterTest, TakesTwentyBitsAnIdOrOneMore) {
  EXPECT_LE(8 * encoded(FuseFilter::build(random_ids(4'369, 5), 42)).size(), 21 * 4'369);
  EXPECT_LE(8 * encoded(FuseFilter::build(random_ids(100'000, 5), 42)).size(), 20 * 100'000);
}

TEST(FuseFilterTest, ComesBackAsItWasWritten) {
  for (const std::size_t count : {0, 1, 5'000}) {
    const auto ids = random_ids(count, 6);
    const Bytes bytes = encoded(FuseFilter::build(ids, 42));
    const Result<FuseFilter> back = FuseFilter::decode(bytes);
    ASSERT_TRUE(back);
    EXPECT_TRUE(contains_all(*back, ids));
    EXPECT_EQ(encoded(*back), bytes);
  }
}

TEST(FuseFilterTest, OneSeedGivesTheSameBytesAgain) {
  const auto ids = random_ids(5'000, 7);
  EXPECT_EQ(encoded(FuseFilter::build(ids, 1)), encoded(FuseFilter::build(ids, 1)));
  EXPECT_NE(encoded(FuseFilter::build(ids, 1)), encoded(FuseFilter::build(ids, 2)));
}

TEST(FuseFilterTest, GivesBackTheMarkOfEachId) {
  std::vector<MarkedId> marked;
  for (const model::TraceId& id : random_ids(5000, 3)) {
    marked.push_back({id, static_cast<std::uint16_t>(marked.size() % 11)});
  }
  const FuseFilter built = FuseFilter::build(marked, 4, 7);
  Bytes bytes;
  built.encode(bytes);
  const auto filter = FuseFilter::decode(bytes, 4);
  ASSERT_TRUE(filter);
  for (const MarkedId& one : marked) ASSERT_EQ(filter->find(one.id), one.mark);
  int found = 0;
  for (const model::TraceId& id : random_ids(40'960, 4)) found += filter->may_contain(id) ? 1 : 0;
  EXPECT_LE(found, 40);  // 10 of them on average
}

TEST(FuseFilterTest, RefusesBytesOfAnotherLength) {
  Bytes bytes = encoded(FuseFilter::build(random_ids(100, 8), 42));
  for (const std::size_t size : {std::size_t{0}, std::size_t{15}, bytes.size() - 1}) {
    EXPECT_TRUE(refused(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))));
  }
  bytes.push_back(std::byte{0});
  EXPECT_TRUE(refused(bytes));
}

TEST(FuseFilterTest, RefusesFieldsThatDoNotAgree) {
  EXPECT_TRUE(refused(header(4, 0)));
  EXPECT_TRUE(refused(header(0, 1)));
  EXPECT_TRUE(refused(header(3, 1)));
  EXPECT_TRUE(refused(header(1U << 19, 1)));
  EXPECT_TRUE(refused(header(4, 0xffff'ffff)));
  EXPECT_TRUE(refused(header(1U << 18, 0xffff'ffff)));
}

}  // namespace
}  // namespace cairn::storage::columnar
