// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/fs/testing/fault_file_system.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

using ::testing::ElementsAre;

class FaultFileSystemTest : public ::testing::Test {
 protected:
  FaultFileSystemTest() { EXPECT_TRUE(disk_.make_directories("d")); }

  std::unique_ptr<AppendFile> create(const std::string& path) {
    auto file = disk_.create(path);
    EXPECT_TRUE(file);
    return *std::move(file);
  }
  static void append(AppendFile& file, std::string_view text) {
    EXPECT_TRUE(file.append(as_bytes(text)));
  }
  // A file whose bytes and name are durable; open to go on.
  std::unique_ptr<AppendFile> durable(const std::string& path, std::string_view text) {
    auto file = create(path);
    append(*file, text);
    EXPECT_TRUE(file->sync());
    EXPECT_TRUE(disk_.sync_directory("d"));
    return file;
  }
  std::string text(const std::string& path) {
    return disk_.exists(path) ? std::string(as_text(disk_.content(path))) : "(missing)";
  }

  FaultFileSystem disk_;
};

TEST_F(FaultFileSystemTest, APowerCutForgetsWhatWasNotSynced) {
  const auto file = durable("d/a", "synced");
  append(*file, " and not");
  EXPECT_EQ(disk_.unsynced_bytes("d/a"), 8U);
  disk_.crash(PowerCut::kForgetUnsynced);
  EXPECT_EQ(text("d/a"), "synced");
}

TEST_F(FaultFileSystemTest, AKilledProcessLosesNothingThatWasWritten) {
  const auto file = durable("d/a", "synced");
  append(*file, " and not");
  disk_.crash(PowerCut::kProcessOnly);
  EXPECT_EQ(text("d/a"), "synced and not");
  disk_.crash(PowerCut::kForgetUnsynced);  // it was still not on the disk
  EXPECT_EQ(text("d/a"), "synced");
}

TEST_F(FaultFileSystemTest, ASeedKeepsAPrefixOfTheTail) {
  std::set<std::string> found;
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    FaultFileSystem disk;
    disk.put("a", as_bytes("0"));
    auto file = disk.open_append("a");
    append(**file, "123");
    disk.crash(PowerCut::kForgetUnsynced, seed);
    found.emplace(as_text(disk.content("a")));
  }
  EXPECT_THAT(found, ElementsAre("0", "01", "012", "0123"));
}

TEST_F(FaultFileSystemTest, ATruncationThatWasNotSyncedMayNotHaveHappened) {
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    FaultFileSystem disk;
    disk.put("a", as_bytes("0123"));
    auto file = disk.open_append("a");
    EXPECT_TRUE((*file)->truncate(2));
    append(**file, "x");
    disk.crash(PowerCut::kForgetUnsynced, seed);
    found.emplace(as_text(disk.content("a")));
    if (seed == 0) {
      EXPECT_THAT(found, ElementsAre("0123"));
    }
  }
  EXPECT_THAT(found, ElementsAre("01", "0123", "01x"));
}

TEST_F(FaultFileSystemTest, APowerCutForgetsANameThatWasNotSynced) {
  const auto file = create("d/a");
  append(*file, "content");
  EXPECT_TRUE(file->sync());  // of the bytes, not of the name
  disk_.crash(PowerCut::kForgetUnsynced);
  EXPECT_EQ(text("d/a"), "(missing)");
}

TEST_F(FaultFileSystemTest, APowerCutUndoesRenamesAndRemovals) {
  durable("d/a", "a");
  durable("d/b", "b");
  durable("d/c", "c");
  EXPECT_TRUE(disk_.rename("d/a", "d/b"));
  EXPECT_TRUE(disk_.remove("d/c"));
  EXPECT_EQ(text("d/b"), "a");
  disk_.crash(PowerCut::kForgetUnsynced);
  EXPECT_EQ(text("d/a") + text("d/b") + text("d/c"), "abc");
}

TEST_F(FaultFileSystemTest, SyncDirectoryMakesNamesDurable) {
  durable("d/a", "a");
  EXPECT_TRUE(disk_.rename("d/a", "d/b"));
  EXPECT_TRUE(disk_.sync_directory("d/"));
  disk_.crash(PowerCut::kForgetUnsynced);
  EXPECT_THAT(disk_.files(), ElementsAre("d/b"));
}

TEST_F(FaultFileSystemTest, ARenameAcrossFoldersNeedsBothSynced) {
  EXPECT_TRUE(disk_.make_directories("e"));
  durable("d/a", "a");
  EXPECT_TRUE(disk_.rename("d/a", "e/a"));
  EXPECT_TRUE(disk_.sync_directory("e"));
  disk_.crash(PowerCut::kForgetUnsynced);
  EXPECT_THAT(disk_.files(), ElementsAre("d/a"));
}

TEST_F(FaultFileSystemTest, ASeedKeepsAFirstPartOfTheOperationsOnNames) {
  std::set<std::vector<std::string>> found;
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    FaultFileSystem disk;
    disk.put("d/a", {});
    EXPECT_TRUE(disk.rename("d/a", "d/b"));
    EXPECT_TRUE(disk.create("d/c"));
    disk.crash(PowerCut::kForgetUnsynced, seed);
    found.insert(disk.files());
  }
  EXPECT_THAT(found,
              ElementsAre(ElementsAre("d/a"), ElementsAre("d/b"), ElementsAre("d/b", "d/c")));
}

TEST_F(FaultFileSystemTest, EverythingFailsFromTheCallItStopsAt) {
  auto file = durable("d/a", "");
  disk_.stop_at_call(2);
  append(*file, "1234");
  EXPECT_FALSE(disk_.stopped());
  EXPECT_FALSE(file->append(as_bytes("5678")));
  EXPECT_TRUE(disk_.stopped());
  EXPECT_FALSE(file->append(as_bytes("9")));
  EXPECT_FALSE(disk_.open_read("d/a"));
  EXPECT_FALSE(disk_.list("d"));
  EXPECT_FALSE(disk_.lock("d"));
  disk_.crash(PowerCut::kProcessOnly);
  EXPECT_EQ(text("d/a"), "123456");  // half of what the process was writing
  EXPECT_TRUE(disk_.open_read("d/a"));
}

TEST_F(FaultFileSystemTest, OpenFilesDieWithTheProcessAndLocksAreFree) {
  auto file = durable("d/a", "a");
  auto reader = disk_.open_read("d/a");
  auto lock = disk_.lock("d");
  ASSERT_TRUE(reader);
  ASSERT_TRUE(lock);
  disk_.crash(PowerCut::kProcessOnly);
  EXPECT_FALSE(file->append(as_bytes("b")));
  EXPECT_FALSE(file->sync());
  Bytes one(1);
  EXPECT_FALSE((*reader)->read(0, one));
  auto next = disk_.lock("d");
  EXPECT_TRUE(next);
  lock->reset();  // of the dead process: not that of the next
  EXPECT_FALSE(disk_.lock("d"));
}

TEST_F(FaultFileSystemTest, FailsTheCallItWasToldTo) {
  auto file = durable("d/a", "");
  disk_.fail({.at = 2, .error = resource_exhausted("full"), .call = "append"});
  append(*file, "12");
  EXPECT_TRUE(file->sync());
  const auto outcome = file->append(as_bytes("3456"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), resource_exhausted("append d/a: full"));
  append(*file, "78");
  EXPECT_EQ(text("d/a"), "123478");
}

TEST_F(FaultFileSystemTest, ADiskThatIsGoneStaysGoneUntilHealed) {
  auto a = durable("d/a", "");
  auto b = durable("d/b", "");
  disk_.fail({.forever = true, .path = "d/a"});
  EXPECT_FALSE(a->sync());
  EXPECT_FALSE(a->append(as_bytes("1")));
  EXPECT_TRUE(b->sync());
  disk_.heal();
  EXPECT_TRUE(a->sync());
}

TEST_F(FaultFileSystemTest, WhatAFailedSyncWasForIsLostAlthoughTheNextSucceeds) {
  auto file = durable("d/a", "1");
  append(*file, "2");
  disk_.fail({.call = "sync"});
  EXPECT_FALSE(file->sync());
  append(*file, "3");
  EXPECT_TRUE(file->sync());
  EXPECT_EQ(text("d/a"), "123");
  disk_.crash(PowerCut::kForgetUnsynced, 7);
  EXPECT_EQ(text("d/a"), "1");
}

TEST_F(FaultFileSystemTest, WrittenAgainAfterAFailedSyncItIsDurable) {
  auto file = durable("d/a", "1");
  append(*file, "2");
  disk_.fail({.call = "sync"});
  EXPECT_FALSE(file->sync());
  EXPECT_TRUE(file->truncate(1));
  append(*file, "2");
  EXPECT_TRUE(file->sync());
  disk_.crash(PowerCut::kForgetUnsynced);
  EXPECT_EQ(text("d/a"), "12");
}

TEST_F(FaultFileSystemTest, AFullDiskTakesWhatFitsAndHeals) {
  auto file = durable("d/a", "12");
  disk_.set_free_bytes(3);
  append(*file, "3");
  EXPECT_EQ(*disk_.free_bytes("d"), 2U);
  const auto outcome = file->append(as_bytes("45678"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kResourceExhausted);
  EXPECT_EQ(text("d/a"), "12345");
  EXPECT_EQ(*disk_.free_bytes("d"), 0U);
  EXPECT_TRUE(file->truncate(4));
  EXPECT_EQ(*disk_.free_bytes("d"), 1U);
  disk_.set_free_bytes(10);
  append(*file, "5678");
  EXPECT_TRUE(disk_.remove("d/a"));
  EXPECT_EQ(*disk_.free_bytes("d"), 14U);
}

TEST_F(FaultFileSystemTest, FlipsABit) {
  disk_.put("d/a", as_bytes("ab"));
  disk_.flip_bit("d/a", 9);
  EXPECT_EQ(text("d/a"), "a`");
}

TEST_F(FaultFileSystemTest, WritesCallsDown) {
  const std::uint64_t before = disk_.call_count();
  disk_.record_calls();
  durable("d/a", "12");
  EXPECT_TRUE(disk_.rename("d/a", "d/b"));
  EXPECT_THAT(disk_.calls(), ElementsAre("create d/a", "append d/a 2", "sync d/a",
                                         "sync_directory d", "rename d/a d/b"));
  EXPECT_EQ(disk_.call_count(), before + 5);
}

// What write_file_atomically() promises, at every call and in every way to die.
TEST_F(FaultFileSystemTest, AnAtomicWriteIsOldOrNewWhereverItStops) {
  std::set<std::string> found;
  for (std::uint64_t stop = 1; stop <= 6; ++stop) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      for (const PowerCut cut : {PowerCut::kForgetUnsynced, PowerCut::kProcessOnly}) {
        FaultFileSystem disk;
        disk.put("d/a", as_bytes("old"));
        disk.stop_at_call(stop);
        const auto outcome = write_file_atomically(disk, "d", "a", as_bytes("new"));
        EXPECT_EQ(outcome.has_value(), stop == 6);
        disk.crash(cut, seed);
        const std::string now(as_text(disk.content("d/a")));
        EXPECT_TRUE(now == "new" || (now == "old" && !outcome)) << now;
        found.insert(now);
      }
    }
  }
  EXPECT_THAT(found, ElementsAre("new", "old"));
}

}  // namespace
}  // namespace cairn::storage::columnar
