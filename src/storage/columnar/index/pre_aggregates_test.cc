// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/index/pre_aggregates.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

constexpr std::uint64_t kMinute = 60'000'000'000;
constexpr std::uint64_t kStart = 29'333'333 * kMinute;

// A cell with its texts: what tests compare.
using Row = std::tuple<std::optional<std::string>, std::string, int, int, std::uint64_t>;
using Counts = std::map<Row, std::pair<std::uint64_t, double>>;

Counts counts_of(const PreAggregates& aggregates) {
  Counts counts;
  for (const PreAggregateCell& cell : aggregates.cells()) {
    const PreAggregateKey& key = cell.key;
    std::optional<std::string> service;
    if (key.has_service) service = aggregates.text(key.service);
    const Row row{service, std::string(aggregates.text(key.name)), key.kind, key.status_code,
                  key.minute};
    EXPECT_TRUE(
        counts.emplace(row, std::pair(cell.durations.count(), cell.durations.sum())).second);
  }
  return counts;
}

Bytes encoded(const PreAggregates& aggregates) {
  Bytes out;
  aggregates.encode(out);
  return out;
}

Result<PreAggregates> decoded(ByteView bytes) {
  ByteReader in(bytes);
  auto aggregates = PreAggregates::decode(in);
  if (aggregates) RETURN_IF_ERROR(in.finish("test"));
  return aggregates;
}

PreAggregates small() {
  PreAggregates aggregates;
  const std::string_view cart = "cart";
  aggregates.add(&cart, "GET /", 2, 0, kStart, 100);
  aggregates.add(&cart, "GET /", 2, 0, kStart + kMinute - 1, 300);
  aggregates.add(&cart, "GET /", 2, 2, kStart, 50);
  aggregates.add(&cart, "GET /", 2, 0, kStart + kMinute, 7);
  aggregates.add(&cart, "GET /", 3, 0, kStart, 8);
  aggregates.add(&cart, "cart", 2, 0, kStart, 9);
  aggregates.add(nullptr, "GET /", 2, 0, kStart, 10);
  return aggregates;
}

const std::uint64_t kMinuteNumber = kStart / kMinute;

const Counts kSmall = {
    {{"cart", "GET /", 2, 0, kMinuteNumber}, {2, 400}},
    {{"cart", "GET /", 2, 2, kMinuteNumber}, {1, 50}},
    {{"cart", "GET /", 2, 0, kMinuteNumber + 1}, {1, 7}},
    {{"cart", "GET /", 3, 0, kMinuteNumber}, {1, 8}},
    {{"cart", "cart", 2, 0, kMinuteNumber}, {1, 9}},
    {{std::nullopt, "GET /", 2, 0, kMinuteNumber}, {1, 10}},
};

TEST(PreAggregatesTest, CountsByServiceNameKindStatusAndMinute) {
  EXPECT_EQ(counts_of(small()), kSmall);
}

TEST(PreAggregatesTest, KeepsEachTextOnce) {
  EXPECT_EQ(small().text_count(), 2);
}

TEST(PreAggregatesTest, CopiesTexts) {
  PreAggregates aggregates;
  std::string service = "cart";
  std::string name = "GET /";
  const std::string_view seen = service;
  aggregates.add(&seen, name, 2, 0, kStart, 100);
  service = "shop";
  name = "PUT /";
  EXPECT_EQ(counts_of(aggregates).begin()->first, (Row{"cart", "GET /", 2, 0, kMinuteNumber}));
}

TEST(PreAggregatesTest, AnEmptyServiceNameIsNotAMissingOne) {
  PreAggregates aggregates;
  const std::string_view empty;
  aggregates.add(&empty, "", 0, 0, 0, 0);
  aggregates.add(nullptr, "", 0, 0, 0, 0);
  EXPECT_EQ(aggregates.cells().size(), 2);
  const auto back = decoded(encoded(aggregates));
  ASSERT_TRUE(back);
  EXPECT_EQ(counts_of(*back), counts_of(aggregates));
}

TEST(PreAggregatesTest, ComesBackAsItWasWrittenAndInOrder) {
  const auto back = decoded(encoded(small()));
  ASSERT_TRUE(back);
  EXPECT_EQ(counts_of(*back), kSmall);
  EXPECT_TRUE(std::ranges::is_sorted(back->cells(), {}, &PreAggregateCell::key));
  EXPECT_EQ(encoded(*back), encoded(small()));
}

TEST(PreAggregatesTest, NothingComesBackAsNothing) {
  const auto back = decoded(encoded(PreAggregates()));
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->cells().empty());
  EXPECT_TRUE(back->valid());
}

TEST(PreAggregatesTest, ManySpansComeBack) {
  PreAggregates aggregates;
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string service = "service-" + std::to_string(random() % 12);
    const std::string name = "operation-" + std::to_string(random() % 50);
    const std::string_view seen = service;
    aggregates.add(random() % 9 == 0 ? nullptr : &seen, name, static_cast<int>(random() % 6) - 1,
                   static_cast<int>(random() % 3), random() % (100 * kMinute),
                   random() >> (1 + random() % 63));
  }
  const auto back = decoded(encoded(aggregates));
  ASSERT_TRUE(back);
  EXPECT_EQ(counts_of(*back), counts_of(aggregates));
  EXPECT_GT(back->memory_bytes(), 100'000);
}

TEST(PreAggregatesTest, GivesUpOnMoreCellsThanTheySave) {
  PreAggregates aggregates;
  for (std::uint64_t i = 0; i < kMaxPreAggregateCells; ++i) {
    aggregates.add(nullptr, std::to_string(i), 0, 0, 0, 1);
  }
  EXPECT_TRUE(aggregates.valid());
  aggregates.add(nullptr, "0", 0, 0, 0, 1);
  EXPECT_TRUE(aggregates.valid());
  aggregates.add(nullptr, "one more", 0, 0, 0, 1);
  EXPECT_FALSE(aggregates.valid());
  EXPECT_TRUE(aggregates.cells().empty());
  aggregates.add(nullptr, "0", 0, 0, 0, 1);
  EXPECT_TRUE(aggregates.cells().empty());
}

TEST(PreAggregatesTest, RefusesBytesThatEndEarly) {
  const Bytes bytes = encoded(small());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decoded(ByteView(bytes).first(size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::kCorruption);
  }
}

TEST(PreAggregatesTest, SurvivesAnyChangedByte) {
  const Bytes bytes = encoded(small());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int flip = 1; flip < 256; flip += 5) {
      Bytes changed = bytes;
      changed[at] ^= static_cast<std::byte>(flip);
      const auto back = decoded(changed);
      if (!back) continue;
      for (const PreAggregateCell& cell : back->cells()) {
        ASSERT_LT(cell.key.service, back->text_count());
        ASSERT_LT(cell.key.name, back->text_count());
        const std::uint64_t median = cell.durations.quantile(0.5);
        ASSERT_GE(median, cell.durations.least());
        ASSERT_LE(median, cell.durations.greatest());
      }
    }
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
