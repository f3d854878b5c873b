// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/snapshots.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace cairn::telemetry {
namespace {

std::atomic<int> alive{0};

// Spoils itself when it goes, so that a late reader sees it.
struct Watched {
  explicit Watched(int value) : first(value), second(value) { ++alive; }
  ~Watched() {
    first = -1;
    second = -2;
    --alive;
  }
  volatile int first;
  volatile int second;
};

TEST(Snapshots, ShowTheNewestAndFreeTheOld) {
  {
    Snapshots<Watched> snapshots(std::make_unique<const Watched>(1));
    EXPECT_EQ((Snapshots<Watched>::Reader(snapshots)->first), 1);
    snapshots.replace(std::make_unique<const Watched>(2));
    EXPECT_EQ((Snapshots<Watched>::Reader(snapshots)->first), 2);
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Snapshots, KeepAnOldOneWhileItIsRead) {
  Snapshots<Watched> snapshots(std::make_unique<const Watched>(1));
  {
    const Snapshots<Watched>::Reader reader(snapshots);
    snapshots.replace(std::make_unique<const Watched>(2));
    snapshots.free_old();
    EXPECT_EQ(reader->first, 1);
    EXPECT_EQ(snapshots.old_count(), 1U);
  }
  snapshots.free_old();
  EXPECT_EQ(snapshots.old_count(), 0U);
}

TEST(Snapshots, NeverShowAThreadWhatHasGone) {
  Snapshots<Watched> snapshots(std::make_unique<const Watched>(0));
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!stop.load()) {
        const Snapshots<Watched>::Reader reader(snapshots);
        if (reader->first < 0 || reader->first != reader->second) ++torn;
      }
    });
  }
  for (int i = 1; i <= 20'000; ++i) {
    snapshots.replace(std::make_unique<const Watched>(i));
    snapshots.free_old();
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn, 0);
  snapshots.free_old();
  EXPECT_EQ(snapshots.old_count(), 0U);
}

}  // namespace
}  // namespace cairn::telemetry
