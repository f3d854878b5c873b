// SPDX-License-Identifier: Apache-2.0
#include "base/worker_pool.h"

#include <atomic>
#include <latch>

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(WorkerPoolTest, StopFinishesQueuedJobs) {
  std::atomic<int> done = 0;
  WorkerPool pool("test", 2, 100);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.submit([&] { ++done; }));
  pool.stop();
  EXPECT_EQ(done, 100);
  EXPECT_FALSE(pool.submit([] {}));
}

TEST(WorkerPoolTest, RefusesWhenTheQueueIsFull) {
  std::latch started(1);
  std::latch release(1);
  WorkerPool pool("test", 1, 1);
  ASSERT_TRUE(pool.submit([&] {
    started.count_down();
    release.wait();
  }));
  started.wait();
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
  release.count_down();
}

}  // namespace
}  // namespace cairn
