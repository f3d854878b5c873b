// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/index/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

constexpr std::uint64_t kLongest = std::numeric_limits<std::int64_t>::max();

LatencyHistogram histogram_of(const std::vector<std::uint64_t>& durations) {
  LatencyHistogram histogram;
  for (const std::uint64_t nanos : durations) histogram.add(nanos);
  return histogram;
}

std::vector<std::uint64_t> log_normal(std::size_t count, double median, double sigma) {
  std::mt19937_64 random(count);
  std::normal_distribution<double> normal(0, sigma);
  std::vector<std::uint64_t> durations(count);
  for (std::uint64_t& nanos : durations) {
    nanos = static_cast<std::uint64_t>(median * std::exp(normal(random)));
  }
  return durations;
}

std::uint64_t exact_quantile(std::vector<std::uint64_t> durations, double q) {
  std::ranges::sort(durations);
  const double rank = std::max(std::ceil(q * static_cast<double>(durations.size())), 1.0);
  return durations[static_cast<std::size_t>(rank) - 1];
}

Bytes encoded(const LatencyHistogram& histogram) {
  Bytes out;
  histogram.encode(out);
  return out;
}

void expect_same(const LatencyHistogram& a, const LatencyHistogram& b) {
  EXPECT_EQ(a.count(), b.count());
  EXPECT_DOUBLE_EQ(a.sum(), b.sum());
  EXPECT_EQ(a.least(), b.least());
  EXPECT_EQ(a.greatest(), b.greatest());
  EXPECT_EQ(encoded(a), encoded(b));
}

void expect_close_quantiles(const LatencyHistogram& histogram,
                            const std::vector<std::uint64_t>& durations) {
  for (const double q : {0.0, 0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto exact = static_cast<double>(exact_quantile(durations, q));
    EXPECT_NEAR(static_cast<double>(histogram.quantile(q)), exact, exact * 0.016) << q;
  }
}

bool refused(const Bytes& bytes) {
  ByteReader in(bytes);
  const Result<LatencyHistogram> histogram = LatencyHistogram::decode(in);
  return !histogram && histogram.error().code == ErrorCode::kCorruption;
}

TEST(LatencyHistogramTest, EveryDurationIsInsideItsStep) {
  for (std::uint64_t nanos = 0; nanos < kLongest / 2; nanos += nanos / 300 + 1) {
    const std::uint32_t bucket = LatencyHistogram::bucket_of(nanos);
    EXPECT_LE(LatencyHistogram::least_of(bucket), nanos);
    EXPECT_GT(LatencyHistogram::least_of(bucket + 1), nanos);
    const auto middle = static_cast<double>(LatencyHistogram::middle_of(bucket));
    EXPECT_NEAR(middle, static_cast<double>(nanos), 0.008 * static_cast<double>(nanos));
  }
}

TEST(LatencyHistogramTest, StepsFollowEachOtherWithoutAGap) {
  for (std::uint32_t bucket = 1; bucket < LatencyHistogram::kBuckets; ++bucket) {
    const std::uint64_t least = LatencyHistogram::least_of(bucket);
    EXPECT_EQ(LatencyHistogram::bucket_of(least), bucket);
    EXPECT_EQ(LatencyHistogram::bucket_of(least - 1), bucket - 1);
  }
  EXPECT_EQ(LatencyHistogram::bucket_of(~std::uint64_t{0}), LatencyHistogram::kBuckets - 1);
}

TEST(LatencyHistogramTest, CountsSumsAndKeepsTheExtremes) {
  const LatencyHistogram histogram = histogram_of({700, 5, 123'456'789, 5});
  EXPECT_EQ(histogram.count(), 4);
  EXPECT_EQ(histogram.sum(), 123'457'499);
  EXPECT_EQ(histogram.least(), 5);
  EXPECT_EQ(histogram.greatest(), 123'456'789);
}

TEST(LatencyHistogramTest, CountsManyAtOnce) {
  LatencyHistogram histogram;
  histogram.add(1'000, 3);
  histogram.add(1'000, 0);
  expect_same(histogram, histogram_of({1'000, 1'000, 1'000}));
}

TEST(LatencyHistogramTest, QuantilesAreWithinTheirPrecision) {
  for (const std::size_t count : {1, 2, 10, 1'000, 50'000}) {
    for (const double sigma : {0.01, 0.5, 4.0}) {
      const auto durations = log_normal(count, 1e6, sigma);
      expect_close_quantiles(histogram_of(durations), durations);
    }
  }
}

TEST(LatencyHistogramTest, QuantilesOfEqualDurationsAreExact) {
  LatencyHistogram histogram;
  histogram.add(1'234'567'891, 1'000);
  for (const double q : {0.0, 0.5, 0.99, 1.0}) EXPECT_EQ(histogram.quantile(q), 1'234'567'891);
}

TEST(LatencyHistogramTest, QuantilesBelow128NanosecondsAreExact) {
  std::vector<std::uint64_t> durations;
  for (std::uint64_t nanos = 0; nanos < 128; ++nanos) durations.push_back(nanos);
  const LatencyHistogram histogram = histogram_of(durations);
  for (double q = 0; q <= 1; q += 0.01) {
    EXPECT_EQ(histogram.quantile(q), exact_quantile(durations, q));
  }
}

TEST(LatencyHistogramTest, QuantilesStayBetweenTheExtremes) {
  const LatencyHistogram histogram = histogram_of({1'000'000, 1'000'001, 1'000'002, 1'000'003});
  for (const double q : {0.3, 0.5, 0.7}) {
    EXPECT_GE(histogram.quantile(q), 1'000'000);
    EXPECT_LE(histogram.quantile(q), 1'000'003);
  }
}

TEST(LatencyHistogramTest, TakesTheLongestDurationAndNone) {
  const LatencyHistogram histogram = histogram_of({0, kLongest});
  EXPECT_EQ(histogram.quantile(0.5), 0);
  EXPECT_EQ(histogram.quantile(1), kLongest);
  ByteReader in(ByteView{});
  const Bytes bytes = encoded(histogram);
  in = ByteReader(bytes);
  const auto back = LatencyHistogram::decode(in);
  ASSERT_TRUE(back);
  expect_same(*back, histogram);
}

TEST(LatencyHistogramTest, MergingIsAdding) {
  for (const double sigma : {0.1, 1.0, 3.0}) {
    for (const std::size_t count : {3, 100, 3'000}) {
      const auto some = log_normal(count, 1e5, sigma);
      const auto others = log_normal(count / 2, 1e8, sigma);
      LatencyHistogram merged = histogram_of(some);
      merged.merge(histogram_of(others));
      LatencyHistogram the_other_way = histogram_of(others);
      the_other_way.merge(histogram_of(some));
      auto all = some;
      all.insert(all.end(), others.begin(), others.end());
      expect_same(merged, histogram_of(all));
      expect_same(the_other_way, histogram_of(all));
      expect_close_quantiles(merged, all);
    }
  }
}

TEST(LatencyHistogramTest, MergingWithTheEmptyOneChangesNothing) {
  LatencyHistogram histogram = histogram_of({5, 6});
  histogram.merge({});
  expect_same(histogram, histogram_of({5, 6}));
  LatencyHistogram empty;
  empty.merge(histogram);
  expect_same(empty, histogram);
}

TEST(LatencyHistogramTest, MergesWithItself) {
  const auto durations = log_normal(1'000, 1e6, 1);
  LatencyHistogram histogram = histogram_of(durations);
  histogram.merge(histogram);
  auto twice = durations;
  twice.insert(twice.end(), durations.begin(), durations.end());
  expect_same(histogram, histogram_of(twice));
}

TEST(LatencyHistogramTest, ComesBackAsItWasWritten) {
  for (const std::size_t count : {0, 1, 2, 10, 1'000, 50'000}) {
    const LatencyHistogram histogram = histogram_of(log_normal(count, 1e6, 1.0));
    const Bytes bytes = encoded(histogram);
    ByteReader in(bytes);
    const auto back = LatencyHistogram::decode(in);
    ASSERT_TRUE(back);
    EXPECT_TRUE(in.at_end());
    expect_same(*back, histogram);
  }
}

TEST(LatencyHistogramTest, KeepsSumsThatAreNotWholeNumbersOfADouble) {
  LatencyHistogram histogram;
  histogram.add(kLongest, 1'000'000);
  histogram.add(1, 3);
  const Bytes bytes = encoded(histogram);
  ByteReader in(bytes);
  const auto back = LatencyHistogram::decode(in);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->sum(), histogram.sum());
}

TEST(LatencyHistogramTest, AddsToWhatWasDecoded) {
  const auto durations = log_normal(1'000, 1e6, 0.5);
  const Bytes bytes = encoded(histogram_of(durations));
  ByteReader in(bytes);
  auto back = LatencyHistogram::decode(in);
  ASSERT_TRUE(back);
  for (const std::uint64_t nanos : durations) back->add(nanos);
  EXPECT_EQ(back->count(), 2'000);
  expect_close_quantiles(*back, durations);
}

TEST(LatencyHistogramTest, RefusesBytesThatEndEarly) {
  const Bytes bytes = encoded(histogram_of(log_normal(100, 1e6, 1)));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(refused(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))));
  }
}

TEST(LatencyHistogramTest, RefusesFieldsThatDoNotAgree) {
  const auto fields = [](std::initializer_list<std::uint64_t> varints) {
    Bytes out;
    for (const std::uint64_t value : varints) put_varint(out, value);
    return out;
  };
  EXPECT_FALSE(refused(fields({1, 0, 64, 0})));                // once 64 ns
  EXPECT_TRUE(refused(fields({1, 1, 64, 0})));                 // least in another step
  EXPECT_TRUE(refused(fields({1, 0, 3776, 0})));               // no such step
  EXPECT_TRUE(refused(fields({1, 0, 64, 1, 1, 0})));           // greatest elsewhere
  EXPECT_TRUE(refused(fields({2, 0, 64, 0, 3711, 0, 0, 0})));  // the second beyond the last
  EXPECT_TRUE(refused(fields({1, 0, 64, std::uint64_t{1} << 60, 0})));  // too many
  EXPECT_TRUE(refused(fields({4000, 0})));
}

TEST(LatencyHistogramTest, RefusesASumThatIsNotANumber) {
  Bytes bytes;
  for (const std::uint64_t value : {1, 0, 64, 1, 0, 1}) put_varint(bytes, value);
  Bytes good = bytes;
  put_fixed(good, 128.0);
  EXPECT_FALSE(refused(good));
  for (const double sum : {std::nan(""), -1.0, std::numeric_limits<double>::infinity()}) {
    Bytes bad = bytes;
    put_fixed(bad, sum);
    EXPECT_TRUE(refused(bad)) << sum;
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
