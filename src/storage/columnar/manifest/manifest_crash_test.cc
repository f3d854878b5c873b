// SPDX-License-Identifier: Apache-2.0
//
// A scripted series of publishes is stopped at every call it makes to the disk, by a power cut and
// by kill -9. What is found is the state before or after the edit that was interrupted.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/manifest/manifest.h"
#include "storage/columnar/manifest/manifest_testing.h"

namespace cairn::storage::columnar {
namespace {

// The states that may be found: one, and after a failed publish that with the edit as well.
struct Allowed {
  std::vector<ManifestState> states = {ManifestState{}};

  bool contains(const ManifestState& state) const {
    return std::find(states.begin(), states.end(), state) != states.end();
  }
};

bool publish(Manifest& manifest, const ManifestEdit& edit, Allowed& allowed) {
  ManifestState next = manifest.state();
  EXPECT_TRUE(apply(next, edit));
  const bool published = manifest.publish(edit).has_value();
  if (published) {
    EXPECT_EQ(manifest.state(), next);
    allowed.states = {next};
  } else {
    allowed.states.push_back(next);
  }
  return published;
}

ManifestEdit replace(std::uint64_t old_id, std::uint64_t new_id) {
  ManifestEdit edit = add_segment(new_id);
  edit.remove_segments = {old_id};
  edit.finished_heads = {new_id + 1};
  return edit;
}

// Opens, publishes, fails once and begins a new file, opens again and goes on.
void run(FaultFileSystem& disk, Allowed& allowed) {
  if (!disk.make_directories("d")) return;
  {
    auto manifest = Manifest::open(disk, "d");
    if (!manifest) return;
    if (!publish(**manifest, add_segment(1), allowed)) return;
    if (!publish(**manifest, replace(1, 2), allowed)) return;
    disk.fail({.call = "sync", .path = "MANIFEST-000001"});
    EXPECT_FALSE(publish(**manifest, replace(2, 10), allowed));
    if (!publish(**manifest, replace(2, 20), allowed)) return;
  }
  auto manifest = Manifest::open(disk, "d");
  if (!manifest) return;
  EXPECT_TRUE(allowed.contains((*manifest)->state()));
  if (!publish(**manifest, add_segment(30), allowed)) return;
  disk.fail({.call = "append", .path = "MANIFEST"});
  EXPECT_FALSE(publish(**manifest, remove_segment(20), allowed));
  if (!publish(**manifest, remove_segment(30), allowed)) return;
  publish(**manifest, add_segment(40), allowed);
}

// Opens what a crash left, and sees to it that what was found is on the disk by then.
void expect_one_of(FaultFileSystem& disk, const Allowed& allowed) {
  ASSERT_TRUE(disk.make_directories("d"));
  auto manifest = Manifest::open(disk, "d");
  ASSERT_TRUE(manifest) << manifest.error().message;
  const ManifestState found = (*manifest)->state();
  EXPECT_TRUE(allowed.contains(found));
  disk.crash(PowerCut::kForgetUnsynced);
  manifest = Manifest::open(disk, "d");
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ((*manifest)->state(), found);
  Allowed next;
  EXPECT_TRUE(publish(**manifest, add_segment(100), next));
  disk.crash(PowerCut::kForgetUnsynced);
  manifest = Manifest::open(disk, "d");
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_TRUE(next.contains((*manifest)->state()));
}

std::uint64_t calls_of_a_run() {
  FaultFileSystem disk;
  Allowed allowed;
  run(disk, allowed);
  EXPECT_TRUE(allowed.states.size() == 1 && allowed.states[0].segments.contains(40));
  return disk.call_count();
}

class ManifestCrash : public ::testing::TestWithParam<PowerCut> {};

INSTANTIATE_TEST_SUITE_P(Cuts, ManifestCrash,
                         ::testing::Values(PowerCut::kForgetUnsynced, PowerCut::kProcessOnly),
                         [](const auto& cut) {
                           return cut.param == PowerCut::kProcessOnly ? "killed" : "power_cut";
                         });

TEST_P(ManifestCrash, FindsTheStateBeforeOrAfterTheEditThatWasInterrupted) {
  const std::uint64_t calls = calls_of_a_run();
  ASSERT_GT(calls, 50U);
  for (std::uint64_t stop = 1; stop <= calls; ++stop) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      SCOPED_TRACE(testing::Message() << "stopped at call " << stop << ", seed " << seed);
      FaultFileSystem disk;
      Allowed allowed;
      disk.stop_at_call(stop);
      run(disk, allowed);
      disk.crash(GetParam(), seed);
      expect_one_of(disk, allowed);
      if (HasFatalFailure()) return;
    }
  }
}

// A second crash while what the first one left is being opened.
TEST_P(ManifestCrash, FindsTheSameStateWhenOpeningIsInterruptedToo) {
  const std::uint64_t calls = calls_of_a_run();
  for (std::uint64_t stop = 1; stop <= calls; stop += 3) {
    for (std::uint64_t second = 1; second <= 14; ++second) {
      SCOPED_TRACE(testing::Message() << "stopped at call " << stop << ", then at " << second);
      FaultFileSystem disk;
      Allowed allowed;
      disk.stop_at_call(stop);
      run(disk, allowed);
      disk.crash(GetParam(), stop);
      disk.stop_at_call(second);
      if (disk.make_directories("d")) (void)Manifest::open(disk, "d");
      disk.crash(GetParam(), second);
      expect_one_of(disk, allowed);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
