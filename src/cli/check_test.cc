// SPDX-License-Identifier: Apache-2.0
#include "cli/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/store_testing.h"

namespace cairn::cli {
namespace {

using namespace storage::columnar;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Finding = CheckReport::Finding;

CheckReport look(FaultFileSystem& disk) {
  KeptConsole kept;
  Progress progress(kept.console);
  auto report = check_store(disk, "d/", progress);
  EXPECT_TRUE(report) << report.error().message;
  return *std::move(report);
}

// The one thing that is damaged.
Finding damage(FaultFileSystem& disk) {
  const CheckReport report = look(disk);
  EXPECT_THAT(report.damage, SizeIs(1));
  EXPECT_EQ(report.exit_code(), kDamaged);
  return report.damage.empty() ? Finding{} : report.damage[0];
}

TEST(Check, AStoreThatWasClosedIsClean) {
  TestStore store;
  const auto files = store.disk.files();
  const CheckReport report = look(store.disk);
  EXPECT_EQ(report.exit_code(), kClean);
  EXPECT_THAT(report.damage, IsEmpty());
  EXPECT_THAT(report.unseen, IsEmpty());
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_EQ(report.shared, "");
  EXPECT_EQ(report.segments.files, 2U);
  EXPECT_EQ(report.segments.rows, 12U);
  EXPECT_EQ(report.segments.traces, 4U);
  EXPECT_EQ(report.segments.bytes, store.disk.content(TestStore::segment(1)).size() +
                                       store.disk.content(TestStore::segment(2)).size());
  EXPECT_EQ(report.wal.files, 1U);
  EXPECT_EQ(report.wal.records, 2U);
  EXPECT_GE(report.wal.rows, 2U);
  EXPECT_EQ(report.wal.bytes, store.disk.content(TestStore::wal(11)).size());
  EXPECT_EQ(store.disk.files(), files);
}

TEST(Check, ChangesNothingInACopyThatWasNeverLocked) {
  TestStore store;
  EXPECT_TRUE(store.disk.remove("d/LOCK"));
  EXPECT_EQ(look(store.disk).exit_code(), kClean);
  EXPECT_FALSE(store.disk.exists("d/LOCK"));
}

TEST(Check, HoldsTheLockWhileItLooks) {
  TestStore store;
  store.disk.record_calls();
  look(store.disk);
  EXPECT_THAT(store.disk.calls(), ::testing::Contains("lock d"));
  EXPECT_TRUE(store.disk.lock("d"));
}

TEST(Check, SaysWhenAnotherProcessHasTheStoreAndLooksAllTheSame) {
  TestStore store;
  const auto lock = store.disk.lock("d");
  const CheckReport report = look(store.disk);
  EXPECT_THAT(report.shared, HasSubstr("another process has it"));
  EXPECT_EQ(report.exit_code(), kClean);
  EXPECT_EQ(report.segments.files, 2U);
}

TEST(Check, EveryFlippedBitOfASegmentIsFound) {
  TestStore store;
  const std::string path = TestStore::segment(1);
  const std::size_t bits = store.disk.content(path).size() * 8;
  for (std::size_t bit = 0; bit < bits; bit += 61) {
    store.disk.flip_bit(path, bit);
    const CheckReport report = look(store.disk);
    EXPECT_EQ(report.damage.size() + report.unseen.size(), 1U) << bit;
    EXPECT_EQ(report.segments.files, 1U);
    store.disk.flip_bit(path, bit);
  }
}

TEST(Check, EveryFlippedBitOfTheLogIsFound) {
  TestStore store;
  const std::string path = TestStore::wal(11);
  const std::size_t bits = store.disk.content(path).size() * 8;
  for (std::size_t bit = 0; bit < bits; bit += 7) {
    store.disk.flip_bit(path, bit);
    const CheckReport report = look(store.disk);
    EXPECT_EQ(report.damage.size() + report.unseen.size(), 1U) << bit;
    store.disk.flip_bit(path, bit);
  }
}

TEST(Check, NamesASegmentThatIsMissing) {
  TestStore store;
  EXPECT_TRUE(store.disk.remove(TestStore::segment(2)));
  EXPECT_EQ(damage(store.disk),
            (Finding{TestStore::segment(2), "the manifest names it, but it is missing"}));
}

TEST(Check, NamesASegmentThatIsNotWhatTheManifestSays) {
  TestStore store;
  {
    auto manifest = Manifest::open(store.disk, "d");
    ManifestEdit edit;
    edit.add_segments = {(*manifest)->state().segments.at(1)};
    edit.add_segments[0].rows = 7;
    edit.remove_segments = {1};
    EXPECT_TRUE((*manifest)->publish(edit));
  }
  EXPECT_EQ(damage(store.disk),
            (Finding{TestStore::segment(1), "it has rows 6, the manifest says 7"}));
}

TEST(Check, ADamagedManifestDoesNotKeepItFromTheRest) {
  TestStore store;
  store.disk.flip_bit(TestStore::manifest(), 8 * 30);
  const CheckReport report = look(store.disk);
  ASSERT_THAT(report.damage, SizeIs(1));
  EXPECT_EQ(report.damage[0], (Finding{TestStore::manifest(), "record at 24: it is damaged"}));
  EXPECT_EQ(report.segments.files, 2U);
  EXPECT_EQ(report.wal.files, 1U);
}

TEST(Check, AMissingCurrentIsDamageWhereAStoreIs) {
  TestStore store;
  EXPECT_TRUE(store.disk.remove("d/CURRENT"));
  EXPECT_EQ(damage(store.disk), (Finding{"d/CURRENT", "it is missing"}));
}

TEST(Check, ATornTailOfTheLogIsNoDamage) {
  TestStore store;
  store.cut(TestStore::wal(11), 3);
  const CheckReport report = look(store.disk);
  EXPECT_EQ(report.exit_code(), kClean);
  EXPECT_EQ(report.wal.records, 1U);
  ASSERT_THAT(report.warnings, SizeIs(1));
  EXPECT_THAT(report.warnings[0].what, HasSubstr("left by a crash"));
}

TEST(Check, ALogThatEndsWithinItsHeaderIsNoDamage) {
  TestStore store;
  store.disk.put(TestStore::wal(13), as_bytes("CAIRN"));
  const CheckReport report = look(store.disk);
  EXPECT_THAT(report.warnings,
              ElementsAre(Finding{TestStore::wal(13), "it ends within its header"}));
  EXPECT_EQ(report.exit_code(), kClean);
}

TEST(Check, ALogUnderTheNameOfAnotherHeadIsDamage) {
  TestStore store;
  EXPECT_TRUE(store.disk.rename(TestStore::wal(11), TestStore::wal(12)));
  EXPECT_EQ(damage(store.disk), (Finding{TestStore::wal(12), "it is of head 11"}));
}

TEST(Check, NamesWhatNothingRefersTo) {
  TestStore store;
  store.write_segment(9);
  store.write_wal(10);
  store.disk.put("d/MANIFEST-000007", {});
  store.disk.put("d/notes.txt", {});
  store.disk.put("d/wal/x", {});
  const CheckReport report = look(store.disk);
  EXPECT_EQ(report.exit_code(), kClean);
  EXPECT_THAT(
      report.warnings,
      ElementsAre(
          Finding{TestStore::wal(10), "its spans are in segments; the next start removes it"},
          Finding{TestStore::segment(9), "nothing refers to it; the next start removes it"},
          Finding{"d/MANIFEST-000007", "nothing refers to it; the next start removes it"},
          Finding{"d/notes.txt", "it does not belong to a store"},
          Finding{"d/wal/x", "it does not belong to a store"}));
}

TEST(Check, ALogThatTheStoreSetAsideIsDamage) {
  TestStore store;
  EXPECT_TRUE(store.disk.rename(TestStore::wal(11), TestStore::wal(11) + ".damaged"));
  EXPECT_THAT(damage(store.disk).what, HasSubstr("looked into"));
}

TEST(Check, WhatCannotBeReadIsNotCalledDamaged) {
  TestStore store;
  store.disk.fail({.forever = true, .call = "read", .path = TestStore::segment(1)});
  KeptConsole kept;
  EXPECT_EQ(check(store.disk, "d", false, kept.console), kCouldNotLook);
  EXPECT_THAT(kept.out, HasSubstr("not seen: " + TestStore::segment(1)));
  EXPECT_THAT(kept.out, HasSubstr("d: not everything could be looked at"));
}

TEST(Check, ADirectoryWithoutAStoreCouldNotBeLookedAt) {
  FaultFileSystem disk;
  KeptConsole kept;
  EXPECT_EQ(check(disk, "nowhere", false, kept.console), kCouldNotLook);
  EXPECT_EQ(kept.err, "cairn: nowhere: there is no store\n");
  EXPECT_EQ(kept.out, "");
}

TEST(Check, PrintsPlainTextWhereThereIsNoTerminal) {
  TestStore store;
  KeptConsole kept;
  EXPECT_EQ(check(store.disk, "d", false, kept.console), kClean);
  EXPECT_THAT(kept.out, HasSubstr("d: clean\n"));
  EXPECT_EQ(kept.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(kept.err, "");
}

TEST(Check, ColoursAndProgressAreForTerminals) {
  TestStore store;
  KeptConsole kept;
  kept.console.colored = true;
  kept.console.shows_progress = true;
  EXPECT_EQ(check(store.disk, "d", false, kept.console), kClean);
  EXPECT_THAT(kept.out, HasSubstr("\x1b[32mclean\x1b[0m"));
  EXPECT_THAT(kept.err, HasSubstr("segment 2 of 2"));
  EXPECT_TRUE(kept.err.ends_with("\r\x1b[K"));
}

TEST(Check, TellsMachinesTheSame) {
  TestStore store;
  EXPECT_TRUE(store.disk.remove(TestStore::segment(2)));
  KeptConsole kept;
  EXPECT_EQ(check(store.disk, "d", true, kept.console), kDamaged);
  const auto json = nlohmann::json::parse(kept.out);
  EXPECT_EQ(json["clean"], false);
  EXPECT_EQ(json["segments"]["files"], 1);
  EXPECT_EQ(json["wal"]["records"], 2);
  EXPECT_EQ(json["damage"][0]["path"], TestStore::segment(2));
}

}  // namespace
}  // namespace cairn::cli
