// SPDX-License-Identifier: Apache-2.0
#include "sdk/sampling/token_bucket.h"

#include <cmath>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cairn::trace {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

int take_all(TokenBucket& bucket, std::int64_t now) {
  int taken = 0;
  while (taken < 1'000'000 && bucket.take(now)) ++taken;
  return taken;
}

TEST(TokenBucket, StartsFullWhateverTheClockSays) {
  for (const std::int64_t now : {std::int64_t{0}, -kSecond, 1000 * kSecond}) {
    TokenBucket bucket(10);
    EXPECT_EQ(take_all(bucket, now), 10);
  }
}

TEST(TokenBucket, FillsSteadilyUpToOneSecondsWorth) {
  TokenBucket bucket(10);
  EXPECT_EQ(take_all(bucket, 0), 10);
  EXPECT_EQ(take_all(bucket, kSecond / 10 - 1), 0);
  EXPECT_EQ(take_all(bucket, kSecond / 10), 1);
  EXPECT_EQ(take_all(bucket, kSecond / 2), 4);
  EXPECT_EQ(take_all(bucket, 60 * kSecond), 10);
}

TEST(TokenBucket, GivesOneAtATimeBelowOneASecond) {
  TokenBucket bucket(0.1);
  EXPECT_EQ(take_all(bucket, 0), 1);
  EXPECT_EQ(take_all(bucket, 10 * kSecond - 1), 0);
  EXPECT_EQ(take_all(bucket, 10 * kSecond), 1);
  EXPECT_EQ(take_all(bucket, 1000 * kSecond), 1);
}

TEST(TokenBucket, NeverGivesMoreThanItsRateOverAnyLongTime) {
  TokenBucket bucket(3);
  int taken = 0;
  for (std::int64_t now = 0; now <= 100 * kSecond; now += kSecond / 1000) {
    if (bucket.take(now)) ++taken;
  }
  EXPECT_LE(taken, 303);
  EXPECT_GE(taken, 300);
}

TEST(TokenBucket, UnderstandsRatesAtTheEnds) {
  for (const double never : {0.0, -1.0, std::nan("")}) {
    TokenBucket bucket(never);
    EXPECT_FALSE(bucket.take(kSecond));
  }
  TokenBucket tiny(1e-300);
  EXPECT_TRUE(tiny.take(1000 * kSecond));
  EXPECT_FALSE(tiny.take(1'000'000 * kSecond));
  TokenBucket huge(1e300);
  EXPECT_EQ(take_all(huge, 0), 1'000'000);
}

TEST(TokenBucket, ManyThreadsTogetherNeverGetMoreThanTheRate) {
  TokenBucket bucket(1000);
  std::atomic<int> taken{0};
  std::atomic<std::int64_t> now{0};  // every question moves the time by ten microseconds
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int asked = 0; asked < 25'000; ++asked) {
        if (bucket.take(now.fetch_add(10'000))) taken.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // 200 000 questions of 10 us are 2 s: 1000 of burst and 2000 more. A thread that is held up asks
  // with an old time, which may cost a taking but never gives one.
  EXPECT_LE(taken.load(), 3000);
  EXPECT_GE(taken.load(), 1900);
}

}  // namespace
}  // namespace cairn::trace
