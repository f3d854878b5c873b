// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/wal/wal_writer.h"

#include <optional>
#include <thread>

#include <gmock/gmock.h>

#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/wal/wal_testing.h"

namespace cairn::storage::columnar {
namespace {

using testing::Answers;
using testing::bytes_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::payloads;

const std::string kFile5 = "wal/0000000000000005.wal";
const std::string kFile6 = "wal/0000000000000006.wal";

WalOptions quick(FsyncPolicy fsync = FsyncPolicy::kGroup) {
  return {.fsync = fsync, .retry_pause = std::chrono::milliseconds(1)};
}
Fault for_good(ErrorCode code) {
  Fault fault;
  fault.forever = true;
  fault.error = {code, "injected fault"};
  return fault;
}
WalHeader header_of(std::uint64_t head) {
  return {.tenant = "acme", .shard = 0, .head = head, .created_unix_nanos = 1};
}

class WalWriterFixture : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(disk.make_directories("wal")); }

  FaultFileSystem disk;
  Answers answers;
};

class WalWriterTest : public WalWriterFixture, public ::testing::WithParamInterface<FsyncPolicy> {};

TEST_P(WalWriterTest, WritesRecordsOfSeveralFilesInOrder) {
  WalWriter writer(disk, "wal", quick(GetParam()));
  const auto five = writer.open(header_of(5));
  const auto six = writer.open(header_of(6));
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 100; ++i) {
    expected.push_back("record " + std::to_string(i));
    writer.append(five, bytes_of(expected.back()), answers.take(i));
    if (i == 50) writer.append(six, bytes_of("other"), answers.take(100));
  }
  ASSERT_TRUE(writer.flush(Deadline::never()));
  EXPECT_EQ(answers.given(), 101u);
  for (std::size_t i = 0; i <= 100; ++i) EXPECT_EQ(answers.of(i), "ok");
  EXPECT_EQ(payloads(disk, kFile5), expected);
  EXPECT_THAT(payloads(disk, kFile6), ElementsAre("other"));
  EXPECT_EQ(read_wal_header(disk, kFile5).value(), header_of(5));
  EXPECT_EQ(writer.statistics().records, 101u);
  EXPECT_EQ(writer.statistics().queued_bytes, 0u);
  EXPECT_EQ(writer.statistics().written_bytes,
            disk.content(kFile5).size() + disk.content(kFile6).size());
}

TEST_P(WalWriterTest, WritesLargeRecordsBesideSmallOnes) {
  WalWriter writer(disk, "wal", quick(GetParam()));
  const auto file = writer.open(header_of(5));
  std::vector<std::string> expected;
  for (const std::size_t size : {10, 300'000, 262'144, 262'143, 1, 200'000, 200'000, 5'000'000}) {
    expected.push_back(std::string(size, static_cast<char>('a' + expected.size())));
    writer.append(file, bytes_of(expected.back()), answers.take(expected.size()));
  }
  ASSERT_TRUE(writer.flush(Deadline::never()));
  EXPECT_EQ(payloads(disk, kFile5), expected);
}

TEST_P(WalWriterTest, CommitsWhatIsQueuedBeforeItEnds) {
  {
    WalWriter writer(disk, "wal", quick(GetParam()));
    const auto file = writer.open(header_of(5));
    for (std::size_t i = 0; i < 10; ++i) writer.append(file, bytes_of("x"), answers.take(i));
  }
  EXPECT_EQ(answers.given(), 10u);
  EXPECT_EQ(payloads(disk, kFile5).size(), 10u);
}

TEST_P(WalWriterTest, AnEmptyRecordIsAnsweredInItsTurnAndNotWritten) {
  WalWriter writer(disk, "wal", quick(GetParam()));
  const auto file = writer.open(header_of(5));
  writer.append(file, bytes_of("a"), answers.take(0));
  writer.append(file, {}, answers.take(1));
  writer.append(file, bytes_of("b"), nullptr);
  ASSERT_TRUE(writer.flush(Deadline::never()));
  EXPECT_EQ(answers.of(1), "ok");
  EXPECT_THAT(payloads(disk, kFile5), ElementsAre("a", "b"));
}

// Writes with a full disk for a while: every sender is told once, nothing is lost or written twice.
TEST_P(WalWriterTest, KeepsWhatItCouldNotWriteUntilTheDiskHeals) {
  WalWriter writer(disk, "wal", quick(GetParam()));
  const auto file = writer.open(header_of(5));
  writer.append(file, bytes_of("before"), answers.take(0));
  ASSERT_TRUE(writer.flush(Deadline::never()));
  disk.fail(for_good(ErrorCode::kResourceExhausted));
  writer.append(file, bytes_of("during"), answers.take(1));
  answers.wait_for(2);
  EXPECT_THAT(answers.of(1), HasSubstr("sending the same again is safe"));
  EXPECT_THAT(answers.codes(), ElementsAre(ErrorCode::kUnavailable));
  ASSERT_FALSE(writer.room());
  EXPECT_EQ(writer.room().error().code, ErrorCode::kUnavailable);
  writer.append(file, bytes_of("also during"), answers.take(2));
  answers.wait_for(3);
  EXPECT_THAT(answers.of(2), HasSubstr("injected"));
  EXPECT_EQ(writer.statistics().queued_bytes, 17u);
  EXPECT_EQ(writer.flush(Deadline::after(Duration(0))).error().code, ErrorCode::kUnavailable);
  disk.heal();
  ASSERT_TRUE(writer.flush(Deadline::never()));
  EXPECT_TRUE(writer.room());
  EXPECT_EQ(answers.given(), 3u);
  EXPECT_THAT(payloads(disk, kFile5), ElementsAre("before", "during", "also during"));
  EXPECT_EQ(writer.statistics().queued_bytes, 0u);
}

// One call after the other fails, once each, and the writer goes on as if nothing had been.
TEST_P(WalWriterTest, SurvivesTheFailureOfAnyOneCall) {
  for (std::uint64_t n = 0; n < 12; ++n) {
    FaultFileSystem sick;
    ASSERT_TRUE(sick.make_directories("wal"));
    Answers replies;
    WalWriter writer(sick, "wal", quick(GetParam()));
    const auto file = writer.open(header_of(5));
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < 4; ++i) {
      if (sick.call_count() <= n) sick.fail({});
      expected.push_back(std::string(1 + i, 'r'));
      writer.append(file, bytes_of(expected.back()), replies.take(i));
      ASSERT_TRUE(writer.flush(Deadline::never()));
    }
    EXPECT_EQ(replies.given(), 4u);
    EXPECT_EQ(payloads(sick, kFile5), expected);
    sick.crash(PowerCut::kForgetUnsynced);
    if (GetParam() != FsyncPolicy::kNone) {
      EXPECT_EQ(payloads(sick, kFile5), expected);
    }
  }
}

TEST_P(WalWriterTest, EndsWhileTheDiskFails) {
  std::optional<WalWriter> writer;
  writer.emplace(disk, "wal",
                 WalOptions{.fsync = GetParam(), .retry_pause = std::chrono::hours(1)});
  const auto file = writer->open(header_of(5));
  disk.fail(for_good(ErrorCode::kUnavailable));
  writer->append(file, bytes_of("never written"), answers.take(0));
  answers.wait_for(1);
  writer->append(file, bytes_of("answered at the end"), answers.take(1));
  writer.reset();
  EXPECT_THAT(answers.of(1), HasSubstr("injected"));
}

TEST_P(WalWriterTest, RemovesAFileAndDropsWhatComesLater) {
  WalWriter writer(disk, "wal", quick(GetParam()));
  const auto file = writer.open(header_of(5));
  writer.append(file, bytes_of("a"), answers.take(0));
  ASSERT_TRUE(writer.flush(Deadline::never()));
  writer.remove(file, answers.take(1));
  writer.append(file, bytes_of("late"), answers.take(2));
  answers.wait_for(3);
  EXPECT_EQ(answers.of(1), "ok");
  EXPECT_EQ(answers.of(2), "ok");
  EXPECT_THAT(disk.list("wal").value(), IsEmpty());
  disk.crash(PowerCut::kForgetUnsynced);
  EXPECT_THAT(disk.list("wal").value(), IsEmpty());
}

TEST_P(WalWriterTest, RemovalOfAFailingFileHeals) {
  WalWriter writer(disk, "wal",
                   WalOptions{.fsync = GetParam(), .retry_pause = std::chrono::milliseconds(1)});
  const auto file = writer.open(header_of(5));
  disk.fail(for_good(ErrorCode::kUnavailable));
  writer.append(file, bytes_of("kept"), answers.take(0));
  answers.wait_for(1);
  writer.append(file, bytes_of("queued"), nullptr);
  writer.remove(file, answers.take(2));
  ASSERT_TRUE(writer.flush(Deadline::never()));
  EXPECT_TRUE(writer.room());
  disk.heal();
  answers.wait_for(2);
  EXPECT_EQ(answers.of(2), "ok");
  EXPECT_THAT(disk.list("wal").value(), IsEmpty());
}

TEST_P(WalWriterTest, RemovalOfAFileThatWasNeverWrittenSucceeds) {
  WalWriter writer(disk, "wal", quick(GetParam()));
  writer.remove(writer.open(header_of(5)), answers.take(0));
  answers.wait_for(1);
  EXPECT_EQ(answers.of(0), "ok");
}

INSTANTIATE_TEST_SUITE_P(Policies, WalWriterTest,
                         ::testing::Values(FsyncPolicy::kGroup, FsyncPolicy::kEach,
                                           FsyncPolicy::kNone),
                         [](const auto& policy) -> std::string {
                           switch (policy.param) {
                             case FsyncPolicy::kGroup:
                               return "Group";
                             case FsyncPolicy::kEach:
                               return "Each";
                             case FsyncPolicy::kNone:
                               return "None";
                           }
                           return "";
                         });

using WalWriterGroupTest = WalWriterFixture;

TEST_F(WalWriterGroupTest, HasNoRoomWhenTooMuchWaits) {
  disk.fail(for_good(ErrorCode::kUnavailable));
  WalWriter writer(disk, "wal",
                   {.max_queued_bytes = 100, .retry_pause = std::chrono::milliseconds(1)});
  const auto file = writer.open(header_of(5));
  ASSERT_TRUE(writer.room());
  writer.append(file, Bytes(100), nullptr);
  ASSERT_FALSE(writer.room());
  disk.heal();
  ASSERT_TRUE(writer.flush(Deadline::never()));
  EXPECT_TRUE(writer.room());
}

// A duplicate writes nothing into the new file; it is safe only once the older file is.
TEST_F(WalWriterGroupTest, AYoungerFileIsNotAcknowledgedBeforeAnOlderOneThatFails) {
  WalWriter writer(disk, "wal", {.retry_pause = std::chrono::milliseconds(1)});
  const auto older = writer.open(header_of(5));
  const auto younger = writer.open(header_of(6));
  Fault fault = for_good(ErrorCode::kUnavailable);
  fault.path = kFile5;
  disk.fail(fault);
  writer.append(older, bytes_of("spans"), answers.take(0));
  writer.append(younger, {}, answers.take(1));
  answers.wait_for(2);
  EXPECT_THAT(answers.of(1), HasSubstr("injected"));
  disk.heal();
  EXPECT_TRUE(writer.flush(Deadline::never()));
}

TEST_F(WalWriterGroupTest, RecordsThatWaitTogetherShareASync) {
  WalWriter writer(disk, "wal", quick());
  const auto file = writer.open(header_of(5));
  // The first done holds the thread until the others are queued.
  Mutex gate;
  gate.lock();
  writer.append(file, bytes_of("first"), [&](const Result<void>&) { const MutexLock wait(gate); });
  for (std::size_t i = 0; i < 50; ++i) writer.append(file, bytes_of("x"), answers.take(i));
  gate.unlock();
  ASSERT_TRUE(writer.flush(Deadline::never()));
  EXPECT_LE(writer.statistics().syncs, 2u);
}

TEST_F(WalWriterGroupTest, GivesTheMemoryOfWrittenRecordsBack) {
  WalWriter writer(disk, "wal", quick());
  const auto file = writer.open(header_of(5));
  EXPECT_EQ(writer.buffer().capacity(), 0u);
  Bytes payload(5000);
  const std::byte* place = payload.data();
  writer.append(file, std::move(payload), nullptr);
  ASSERT_TRUE(writer.flush(Deadline::never()));
  const Bytes again = writer.buffer();
  EXPECT_EQ(again.size(), 0u);
  EXPECT_EQ(again.data(), place);
}

TEST_F(WalWriterGroupTest, StopsWaitingWhenCancelled) {
  disk.fail(for_good(ErrorCode::kUnavailable));
  WalWriter writer(disk, "wal", {.retry_pause = std::chrono::hours(1)});
  const auto file = writer.open(header_of(5));
  writer.append(file, bytes_of("x"), answers.take(0));
  answers.wait_for(1);
  std::stop_source source;
  const std::jthread canceller([&] { source.request_stop(); });
  const Deadline deadline{.cancelled = source.get_token()};
  EXPECT_EQ(writer.flush(deadline).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace cairn::storage::columnar
