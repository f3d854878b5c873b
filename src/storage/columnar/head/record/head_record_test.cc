// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/record/head_record.h"

#include "storage/columnar/head/head_testing.h"
#include "storage/columnar/head/row/vocabulary.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;
using model::TestBatch;

Bytes record_of(Head& head) {
  Bytes record;
  head.record(record);
  return record;
}

TEST(HeadRecord, ReplayGivesTheSameRows) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    OddBatches batches(seed);
    Head head(1, {.plain_after_values = 8});
    Head copy(1);
    for (int i = 0; i < 8; ++i) {
      append(head, batches.next(1 + static_cast<std::size_t>(i) * 17));
      const auto replayed = copy.replay(record_of(head));
      ASSERT_TRUE(replayed) << replayed.error().message;
      ASSERT_EQ(copy.rows(), head.rows());
    }
    expect_same(spans_of(copy), spans_of(head));
    EXPECT_EQ(copy.min_start(), head.min_start());
    EXPECT_EQ(copy.max_start(), head.max_start());
  }
}

TEST(HeadRecord, AReplayedHeadGoesOn) {
  OddBatches batches(5);
  Head head(1);
  Head copy(1);
  Head third(1);
  const model::Batch first = batches.next(50);
  const model::Batch second = batches.next(50);
  append(head, first);
  Bytes record = record_of(head);
  ASSERT_TRUE(copy.replay(record));
  ASSERT_TRUE(third.replay(record));
  EXPECT_EQ(append(copy, first), 0u);
  EXPECT_EQ(append(copy, second), 50u);
  record = record_of(copy);
  ASSERT_TRUE(third.replay(record));
  append(head, second);
  expect_same(spans_of(third), spans_of(head));
}

TEST(HeadRecord, NothingNewIsNoRecord) {
  Head head(1);
  EXPECT_TRUE(record_of(head).empty());
  TestBatch batch;
  append(head, batch.span("a1", "01").batch());
  EXPECT_FALSE(record_of(head).empty());
  EXPECT_TRUE(record_of(head).empty());
}

TEST(HeadRecord, RefusesARecordThatEndsEarly) {
  OddBatches batches(2);
  Head head(1);
  append(head, batches.next(20));
  const Bytes record = record_of(head);
  for (std::size_t size = 0; size < record.size(); size += 1 + record.size() / 997) {
    Head copy(1);
    EXPECT_FALSE(copy.replay(ByteView(record).first(size))) << size;
    EXPECT_EQ(copy.rows(), 0u);
    EXPECT_TRUE(copy.view()->groups().empty());
  }
}

TEST(HeadRecord, RefusesARecordThatDoesNotContinueTheHead) {
  TestBatch batch;
  batch.span("a1", "01").attribute("k", "v");
  Head head(1);
  append(head, batch.batch());
  const Bytes record = record_of(head);
  Head copy(1);
  ASSERT_TRUE(copy.replay(record));
  EXPECT_FALSE(copy.replay(record));
  EXPECT_EQ(copy.rows(), 1u);
}

TEST(HeadRecord, RefusesADictionaryValueThatASegmentWouldRefuse) {
  const std::string longest(kLongText, 'x');
  TestBatch batch;
  batch.span("a1", "01").attribute("k", longest);
  Head head(1);
  append(head, batch.batch());
  Bytes record = record_of(head);
  const std::size_t text = as_text(record).find(longest);
  ASSERT_NE(text, std::string_view::npos);
  ASSERT_TRUE(Head(1).replay(record));
  // One more: the size stands right before the only text.
  ASSERT_EQ(record[text - 2], std::byte{0x80});
  record[text - 2] = std::byte{0x81};
  record.insert(record.begin() + static_cast<std::ptrdiff_t>(text), std::byte{'x'});
  EXPECT_FALSE(Head(1).replay(record));
}

// Whatever a damaged record decodes to can be read.
TEST(HeadRecord, DamageIsRefusedOrHarmless) {
  OddBatches batches(3);
  Head head(1, {.plain_after_values = 8});
  append(head, batches.next(30));
  const Bytes record = record_of(head);
  std::mt19937_64 random(7);
  for (int i = 0; i < 3000; ++i) {
    Bytes damaged = record;
    for (std::uint64_t bits = 1 + random() % 3; bits > 0; --bits) {
      damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    }
    Head copy(1);
    if (!copy.replay(damaged)) continue;
    const model::Batch spans = spans_of(copy);
    EXPECT_EQ(spans.spans.size(), copy.rows());
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
