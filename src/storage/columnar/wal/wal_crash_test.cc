// SPDX-License-Identifier: Apache-2.0
//
// The promise of the WAL, at every moment at which the machine may stop: what was acknowledged is
// read back, in order, and nothing half.
#include <gtest/gtest.h>

#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/wal/wal_testing.h"

namespace cairn::storage::columnar {
namespace {

using testing::Answers;
using testing::bytes_of;
using testing::payloads;

constexpr std::size_t kRecords = 12;

std::string payload_of(std::size_t file, std::size_t number) {
  return std::to_string(file) + "/" + std::to_string(number) + std::string(number * 7, '.');
}

struct History {
  FaultFileSystem disk;
  // Highest number acknowledged plus 1, by file.
  std::size_t acknowledged[2] = {0, 0};
  std::uint64_t calls = 0;
};

// Two files, records in small bursts; the disk stops at call `stop` (0: never) and stays stopped.
void run(History& history, FsyncPolicy fsync, std::uint64_t stop) {
  Answers answers;
  ASSERT_TRUE(history.disk.make_directories("wal"));
  if (stop > 0) history.disk.stop_at_call(stop);
  const std::uint64_t before = history.disk.call_count();
  {
    WalWriter writer(history.disk, "wal",
                     {.fsync = fsync, .retry_pause = std::chrono::milliseconds(1)});
    const std::shared_ptr<WalFile> files[2] = {writer.open({.tenant = "a", .head = 1}),
                                               writer.open({.tenant = "b", .head = 2})};
    for (std::size_t number = 0; number < kRecords; ++number) {
      for (std::size_t file = 0; file < 2; ++file) {
        writer.append(files[file], bytes_of(payload_of(file, number)),
                      answers.take(file * kRecords + number));
      }
      if (number % 3 == 2) answers.wait_for(2 * (number + 1));
    }
  }
  for (std::size_t file = 0; file < 2; ++file) {
    for (std::size_t number = 0; number < kRecords; ++number) {
      if (answers.of(file * kRecords + number) == "ok") history.acknowledged[file] = number + 1;
    }
  }
  history.calls = history.disk.call_count() - before;
}

void expect_kept(const History& history, FileSystem& disk) {
  for (std::size_t file = 0; file < 2; ++file) {
    const auto found = payloads(disk, "wal/" + wal_file_name(file + 1));
    ASSERT_GE(found.size(), history.acknowledged[file]);
    for (std::size_t number = 0; number < found.size(); ++number) {
      EXPECT_EQ(found[number], payload_of(file, number));
    }
  }
}

void stop_everywhere(FsyncPolicy fsync, PowerCut what, std::uint64_t seed) {
  History whole;
  run(whole, fsync, 0);
  ASSERT_EQ(whole.acknowledged[0], kRecords);
  for (std::uint64_t stop = 1; stop <= whole.calls + 4; ++stop) {
    SCOPED_TRACE("stopped at call " + std::to_string(stop));
    History history;
    run(history, fsync, stop);
    history.disk.crash(what, seed);
    expect_kept(history, history.disk);
  }
}

class WalCrash : public ::testing::TestWithParam<FsyncPolicy> {};

TEST_P(WalCrash, KeepsAllThatWasAcknowledgedWhereverTheProcessEnds) {
  stop_everywhere(GetParam(), PowerCut::kProcessOnly, 0);
}

// Of the policies that promise something for a power cut.
class WalPowerCut : public WalCrash {};

TEST_P(WalPowerCut, KeepsAllThatWasAcknowledged) {
  for (const std::uint64_t seed : {0, 1, 2, 3}) {
    stop_everywhere(GetParam(), PowerCut::kForgetUnsynced, seed);
  }
}

std::string policy_name(const ::testing::TestParamInfo<FsyncPolicy>& policy) {
  switch (policy.param) {
    case FsyncPolicy::kGroup:
      return "Group";
    case FsyncPolicy::kEach:
      return "Each";
    case FsyncPolicy::kNone:
      return "None";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Policies, WalCrash,
                         ::testing::Values(FsyncPolicy::kGroup, FsyncPolicy::kEach,
                                           FsyncPolicy::kNone),
                         policy_name);
INSTANTIATE_TEST_SUITE_P(Policies, WalPowerCut,
                         ::testing::Values(FsyncPolicy::kGroup, FsyncPolicy::kEach), policy_name);

}  // namespace
}  // namespace cairn::storage::columnar
