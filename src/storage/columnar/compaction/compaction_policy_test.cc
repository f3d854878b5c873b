// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "storage/columnar/compaction/compactor.h"

namespace cairn::storage::columnar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kHour = 3'600'000'000'000;
constexpr std::uint64_t kMega = 1'000'000;

// A segment whose id is also its time.
SegmentInfo segment(std::uint64_t id, std::uint64_t hour, std::uint32_t level,
                    std::uint64_t rows = 1000) {
  SegmentInfo info;
  info.id = id;
  info.tenant = "t";
  info.partition = hour;
  info.level = level;
  info.rows = rows;
  info.bytes = rows * 20;
  info.min_start.unix_nanos = hour * kHour + id;
  return info;
}

std::vector<std::vector<std::uint64_t>> choose(const std::vector<SegmentInfo>& segments,
                                               std::uint64_t open_from, bool everything = false) {
  std::vector<std::vector<std::uint64_t>> ids;
  const auto closed = [&](std::uint64_t hour) { return hour < open_from; };
  for (const auto& choice : choose_compactions(segments, {}, closed, everything)) {
    EXPECT_FALSE(choice.why.empty());
    ids.push_back(choice.segments);
  }
  return ids;
}

std::vector<SegmentInfo> many(std::uint64_t count, std::uint64_t hour, std::uint32_t level,
                              std::uint64_t rows = 1000) {
  std::vector<SegmentInfo> segments;
  for (std::uint64_t id = 1; id <= count; ++id) segments.push_back(segment(id, hour, level, rows));
  return segments;
}

TEST(ChooseCompactions, LeavesFewSmallSegmentsOfARunningHourAlone) {
  EXPECT_THAT(choose(many(7, 5, 0), 5), IsEmpty());
  EXPECT_THAT(choose({}, 5), IsEmpty());
}

TEST(ChooseCompactions, MergesEightSmallSegmentsOfARunningHour) {
  EXPECT_THAT(choose(many(8, 5, 0), 5), ElementsAre(ElementsAre(1, 2, 3, 4, 5, 6, 7, 8)));
}

TEST(ChooseCompactions, MergesAtMostSixteenAtOnceAndOldestFirst) {
  const auto chosen = choose(many(30, 5, 0), 5);
  ASSERT_EQ(chosen.size(), 2u);
  EXPECT_EQ(chosen[0].size(), 16u);
  EXPECT_EQ(chosen[0].front(), 1u);
  EXPECT_EQ(chosen[1].size(), 14u);
  EXPECT_EQ(chosen[1].front(), 17u);
}

TEST(ChooseCompactions, DoesNotCountFullOrMergedSegmentsOfARunningHour) {
  auto segments = many(7, 5, 0);
  segments.push_back(segment(20, 5, 0, 400'000));
  segments.push_back(segment(21, 5, 1));
  EXPECT_THAT(choose(segments, 5), IsEmpty());
}

TEST(ChooseCompactions, KeepsPartitionsAndTenantsApart) {
  auto segments = many(4, 5, 0);
  for (std::uint64_t id = 11; id <= 14; ++id) segments.push_back(segment(id, 6, 0));
  for (std::uint64_t id = 21; id <= 24; ++id) {
    segments.push_back(segment(id, 5, 0));
    segments.back().tenant = "other";
  }
  EXPECT_THAT(choose(segments, 5), IsEmpty());
}

TEST(ChooseCompactions, MergesAnHourThatIsOverAsAWhole) {
  EXPECT_THAT(choose({segment(1, 5, 0), segment(2, 5, 1, 600'000), segment(3, 5, 0)}, 6),
              ElementsAre(ElementsAre(1, 2, 3)));
}

TEST(ChooseCompactions, MergesAnHourThatIsOverOnlyOnce) {
  EXPECT_THAT(choose({segment(1, 5, 2, 500'000), segment(2, 5, 2)}, 6), IsEmpty());
  EXPECT_THAT(choose({segment(1, 5, 0)}, 6), IsEmpty());
}

TEST(ChooseCompactions, GivesTheLevelThatSaysWhatWasJoined) {
  const auto level = [](const std::vector<SegmentInfo>& segments, std::uint64_t open_from) {
    const auto closed = [&](std::uint64_t hour) { return hour < open_from; };
    return choose_compactions(segments, {}, closed, false).at(0).level;
  };
  EXPECT_EQ(level(many(8, 5, 0), 5), 1u);
  EXPECT_EQ(level(many(8, 5, 0), 6), 2u);
  EXPECT_EQ(level({segment(1, 5, 1), segment(2, 5, 0)}, 6), 2u);
  EXPECT_EQ(level({segment(1, 5, 2), segment(2, 5, 0)}, 6), 2u);
}

TEST(ChooseCompactions, MergesAnHourAgainWhenALateSegmentComes) {
  EXPECT_THAT(choose({segment(1, 5, 2, 500'000), segment(2, 5, 2), segment(3, 5, 0)}, 6),
              ElementsAre(ElementsAre(1, 2, 3)));
}

TEST(ChooseCompactions, CutsALargeHourIntoWindowsOfTime) {
  const auto chosen = choose(many(20, 5, 1, kMega), 6);
  ASSERT_EQ(chosen.size(), 3u);
  EXPECT_THAT(chosen[0], ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(chosen[2], ElementsAre(17, 18, 19, 20));
  EXPECT_EQ(choose(many(200, 5, 1, 10), 6).size(), 4u);
}

TEST(ChooseCompactions, DoesAllThatIsUsefulWhenAsked) {
  EXPECT_THAT(choose(many(2, 5, 0), 5, true), ElementsAre(ElementsAre(1, 2)));
  EXPECT_THAT(choose(many(3, 5, 2), 5, true), ElementsAre(ElementsAre(1, 2, 3)));
  EXPECT_THAT(choose(many(3, 5, 2, 500'000), 5, true), IsEmpty());
  EXPECT_THAT(choose(many(1, 5, 0), 5, true), IsEmpty());
}

// Whatever is there, merging what is chosen ends.
TEST(ChooseCompactions, ComesToAnEnd) {
  for (const bool everything : {false, true}) {
    std::vector<SegmentInfo> segments = many(100, 5, 0, 60'000);
    std::uint64_t next = 1000;
    int rounds = 0;
    for (;;) {
      const auto choices =
          choose_compactions(segments, {}, [](std::uint64_t) { return true; }, everything);
      if (choices.empty()) break;
      ASSERT_LT(++rounds, everything ? 3 : 2);
      for (const auto& choice : choices) {
        std::uint64_t rows = 0;
        std::erase_if(segments, [&](const SegmentInfo& info) {
          const bool chosen = std::ranges::count(choice.segments, info.id) > 0;
          if (chosen) rows += info.rows;
          return chosen;
        });
        for (std::uint64_t left = rows; left > 0; left -= std::min<std::uint64_t>(left, 500'000)) {
          segments.push_back(
              segment(next++, 5, choice.level, std::min<std::uint64_t>(left, 500'000)));
        }
      }
    }
  }
}

TEST(ExpiredSegments, NamesThoseWhoseHourIsOlderThanTheLimit) {
  const std::vector<SegmentInfo> segments = {segment(1, 5, 0), segment(2, 6, 0), segment(3, 7, 0)};
  RetentionLimits limits;
  EXPECT_THAT(expired_segments(segments, limits, 100 * kHour), IsEmpty());
  limits.max_age = std::chrono::hours(2);
  EXPECT_THAT(expired_segments(segments, limits, 8 * kHour - 1), IsEmpty());
  EXPECT_THAT(expired_segments(segments, limits, 8 * kHour), ElementsAre(1));
  EXPECT_THAT(expired_segments(segments, limits, 9 * kHour), ElementsAre(1, 2));
  EXPECT_THAT(expired_segments(segments, limits, kHour), IsEmpty());
}

TEST(ExpiredSegments, NamesTheOldestUntilTheRestFits) {
  const std::vector<SegmentInfo> segments = {segment(3, 7, 0), segment(1, 5, 0), segment(2, 6, 0)};
  RetentionLimits limits;
  limits.max_bytes = 60'000;
  EXPECT_THAT(expired_segments(segments, limits, 0), IsEmpty());
  limits.max_bytes = 59'999;
  EXPECT_THAT(expired_segments(segments, limits, 0), ElementsAre(1));
  limits.max_bytes = 39'999;
  EXPECT_THAT(expired_segments(segments, limits, 0), ElementsAre(1, 2));
  limits.max_bytes = 1;
  EXPECT_THAT(expired_segments(segments, limits, 0), ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace cairn::storage::columnar
