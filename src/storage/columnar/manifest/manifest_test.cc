// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/manifest/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/manifest/manifest_format.h"
#include "storage/columnar/manifest/manifest_testing.h"

namespace cairn::storage::columnar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ManifestTest : public ::testing::Test {
 protected:
  ManifestTest() { EXPECT_TRUE(disk_.make_directories("d")); }

  std::unique_ptr<Manifest> open() {
    auto manifest = Manifest::open(disk_, "d");
    EXPECT_TRUE(manifest) << manifest.error().message;
    return *std::move(manifest);
  }
  std::string refusal() {
    const auto manifest = Manifest::open(disk_, "d");
    EXPECT_FALSE(manifest);
    if (manifest) return "";
    EXPECT_EQ(manifest.error().code, ErrorCode::kCorruption);
    return manifest.error().message;
  }
  static void publish(Manifest& manifest, const ManifestEdit& edit) {
    const auto published = manifest.publish(edit);
    EXPECT_TRUE(published) << published.error().message;
  }
  std::string current() { return std::string(as_text(disk_.content("d/CURRENT"))); }

  FaultFileSystem disk_;
};

TEST_F(ManifestTest, BeginsEmpty) {
  EXPECT_EQ(open()->state(), ManifestState{});
  EXPECT_THAT(disk_.files(), ElementsAre("d/CURRENT", "d/MANIFEST-000001"));
  EXPECT_EQ(current(), "MANIFEST-000001\n");
  EXPECT_EQ(open()->state(), ManifestState{});
}

TEST_F(ManifestTest, FindsWhatWasPublished) {
  {
    const auto manifest = open();
    publish(*manifest, add_segment(1));
    ManifestEdit edit = add_segment(3);
    edit.remove_segments = {1};
    edit.finished_heads = {2, 4};
    edit.next_id = 9;
    publish(*manifest, edit);
    ManifestEdit forget;
    forget.forgotten_heads = {2, 77};
    publish(*manifest, forget);
  }
  ManifestState expected;
  expected.segments = {{3, segment_info(3)}};
  expected.finished_heads = {4};
  expected.next_id = 9;
  EXPECT_EQ(open()->state(), expected);
  disk_.crash(PowerCut::kForgetUnsynced);
  EXPECT_EQ(open()->state(), expected);
}

TEST_F(ManifestTest, TheNextIdNeverFallsAndIsAboveAllIds) {
  const auto manifest = open();
  publish(*manifest, add_segment(8));
  EXPECT_EQ(manifest->state().next_id, 9U);
  ManifestEdit edit;
  edit.next_id = 5;
  edit.finished_heads = {9};
  publish(*manifest, edit);
  EXPECT_EQ(manifest->state().next_id, 10U);
}

TEST_F(ManifestTest, RefusesAnEditThatCannotBeAndStaysAsItIs) {
  const auto manifest = open();
  publish(*manifest, add_segment(1));
  const ManifestState before = manifest->state();
  ManifestEdit half = add_segment(2);
  half.remove_segments = {1, 5};
  for (const ManifestEdit& edit :
       {remove_segment(2), add_segment(1), add_segment(0), half, add_segment(UINT64_MAX)}) {
    const auto published = manifest->publish(edit);
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().code, ErrorCode::kCorruption);
    EXPECT_EQ(manifest->state(), before);
  }
  publish(*manifest, add_segment(2));
  EXPECT_EQ(current(), "MANIFEST-000001\n");
  EXPECT_EQ(open()->state(), manifest->state());
}

TEST_F(ManifestTest, LeavesATornTailBehind) {
  publish(*open(), add_segment(1));
  Bytes file = disk_.content("d/MANIFEST-000001");
  file.resize(file.size() - 3);
  disk_.put("d/MANIFEST-000001", file);
  EXPECT_TRUE(read_manifest(disk_, "d")->torn);
  const auto manifest = open();
  EXPECT_EQ(manifest->state(), ManifestState{});
  EXPECT_FALSE(read_manifest(disk_, "d")->torn);
  EXPECT_EQ(current(), "MANIFEST-000002\n");
  publish(*manifest, add_segment(2));
  EXPECT_TRUE(open()->state().segments.contains(2));
}

TEST_F(ManifestTest, ABadRecordBeforeGoodOnesRefusesToOpen) {
  {
    const auto manifest = open();
    publish(*manifest, add_segment(1));
    publish(*manifest, add_segment(2));
  }
  const std::uint64_t bad = read_manifest(disk_, "d")->edits[1].first;
  disk_.flip_bit("d/MANIFEST-000001", 8 * (bad + 20));
  EXPECT_THAT(refusal(), HasSubstr("d/MANIFEST-000001: record at " + std::to_string(bad)));
}

TEST_F(ManifestTest, ADamagedLastRecordIsNotTakenForATornOne) {
  publish(*open(), add_segment(1));
  const ManifestFile file = *read_manifest(disk_, "d");
  disk_.flip_bit("d/MANIFEST-000001", 8 * (file.edits[1].first + 13));
  EXPECT_THAT(refusal(), HasSubstr("damaged"));
}

TEST_F(ManifestTest, RefusesToTakeItselfForEmptyWhenCurrentIsGone) {
  publish(*open(), add_segment(1));
  EXPECT_TRUE(disk_.remove("d/CURRENT"));
  EXPECT_THAT(refusal(), HasSubstr("CURRENT: it is missing"));
}

TEST_F(ManifestTest, RefusesACurrentThatNamesNothingItKnows) {
  open();
  for (const char* text : {"", "MANIFEST-000001", "MANIFEST-../../1\n", "MANIFEST-000002\n"}) {
    disk_.put("d/CURRENT", as_bytes(text));
    EXPECT_THAT(refusal(), HasSubstr("d/")) << text;
  }
  disk_.put("d/CURRENT", Bytes(1000));
  EXPECT_THAT(refusal(), HasSubstr("d/CURRENT"));
}

TEST_F(ManifestTest, AfterAFailedPublishTheNextOneBeginsANewFile) {
  for (const char* call : {"append", "sync"}) {
    disk_.put("d/CURRENT", {});
    FaultFileSystem disk;
    EXPECT_TRUE(disk.make_directories("d"));
    auto manifest = *Manifest::open(disk, "d");
    publish(*manifest, add_segment(1));
    const ManifestState before = manifest->state();
    disk.fail({.call = call, .path = "MANIFEST"});
    EXPECT_FALSE(manifest->publish(add_segment(2)));
    EXPECT_EQ(manifest->state(), before);
    publish(*manifest, add_segment(3));
    EXPECT_THAT(disk.files(), ElementsAre("d/CURRENT", "d/MANIFEST-000002"));
    disk.crash(PowerCut::kForgetUnsynced);
    const ManifestState found = (*Manifest::open(disk, "d"))->state();
    EXPECT_TRUE(found.segments.contains(1) && found.segments.contains(3));
    EXPECT_FALSE(found.segments.contains(2));
  }
}

TEST_F(ManifestTest, HealsAfterTheDiskWasFull) {
  const auto manifest = open();
  publish(*manifest, add_segment(1));
  disk_.set_free_bytes(10);
  for (std::uint64_t id = 2; id < 5; ++id) {
    const auto published = manifest->publish(add_segment(id));
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().code, ErrorCode::kResourceExhausted);
  }
  disk_.set_free_bytes(std::nullopt);
  publish(*manifest, add_segment(5));
  EXPECT_EQ(open()->state(), manifest->state());
}

TEST_F(ManifestTest, OpensOnAFullDiskAndGoesOnWhenThereIsRoom) {
  publish(*open(), add_segment(1));
  disk_.set_free_bytes(10);
  const auto manifest = open();
  EXPECT_TRUE(manifest->state().segments.contains(1));
  EXPECT_FALSE(manifest->publish(add_segment(2)));
  disk_.crash(PowerCut::kForgetUnsynced);
  const auto again = open();
  EXPECT_EQ(again->state(), manifest->state());
  disk_.set_free_bytes(std::nullopt);
  publish(*again, add_segment(3));
  EXPECT_EQ(open()->state(), again->state());
}

// The system shows bytes that it failed to write, and says of the next sync that all is well.
TEST_F(ManifestTest, AnEditWhoseSyncFailedAndThatIsFoundIsWrittenAnew) {
  auto manifest = open();
  disk_.fail({.call = "sync"});
  EXPECT_FALSE(manifest->publish(add_segment(1)));
  disk_.crash(PowerCut::kProcessOnly);
  const ManifestState found = open()->state();
  EXPECT_TRUE(found.segments.contains(1));
  disk_.crash(PowerCut::kForgetUnsynced);
  EXPECT_EQ(open()->state(), found);
}

TEST_F(ManifestTest, BeginsANewFileWhenTheOldOneIsMuchLongerThanItsState) {
  const auto manifest = open();
  ManifestEdit edit;
  for (std::uint64_t id = 1; id <= 1000; ++id) edit.add_segments.push_back(segment_info(id));
  publish(*manifest, edit);
  std::uint64_t longest = 0;
  for (std::uint64_t next = 1001; current() == "MANIFEST-000001\n"; next += 1000) {
    edit.remove_segments.clear();
    for (SegmentInfo& segment : edit.add_segments) {
      edit.remove_segments.push_back(segment.id);
      segment.id += 1000;
    }
    longest = disk_.content("d/MANIFEST-000001").size();
    ASSERT_LT(longest, 2_MiB);
    publish(*manifest, edit);
  }
  EXPECT_GT(longest, 1_MiB);
  EXPECT_THAT(disk_.files(), ElementsAre("d/CURRENT", "d/MANIFEST-000002"));
  EXPECT_LT(disk_.content("d/MANIFEST-000002").size(), 100'000U);
  EXPECT_EQ(open()->state(), manifest->state());
}

TEST_F(ManifestTest, ALargeStateDoesNotBeginANewFileEachTime) {
  const auto manifest = open();
  ManifestEdit edit;
  for (std::uint64_t id = 1; id <= 40'000; ++id) edit.add_segments.push_back(segment_info(id));
  publish(*manifest, edit);
  for (std::uint64_t id = 40'001; id < 40'020; ++id) publish(*manifest, add_segment(id));
  EXPECT_GT(disk_.content("d/MANIFEST-000001").size(), 1_MiB);
  EXPECT_EQ(current(), "MANIFEST-000001\n");
}

TEST_F(ManifestTest, RemovesWhatCrashesLeft) {
  open();
  disk_.put("d/MANIFEST-000007", as_bytes("half a file"));
  disk_.put("d/CURRENT.tmp", as_bytes("MANI"));
  disk_.put("d/MANIFEST-notes", as_bytes("not ours"));
  const auto manifest = open();
  EXPECT_THAT(disk_.files(), ElementsAre("d/CURRENT", "d/MANIFEST-000008", "d/MANIFEST-notes"));
}

TEST_F(ManifestTest, ReadingChangesNothing) {
  publish(*open(), add_segment(1));
  Bytes file = disk_.content("d/MANIFEST-000001");
  file.resize(file.size() - 1);
  disk_.put("d/MANIFEST-000001", file);
  const auto found = read_manifest(disk_, "d");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "MANIFEST-000001");
  EXPECT_EQ(found->edits.size(), 1U);
  EXPECT_EQ(found->bytes, file.size());
  EXPECT_EQ(disk_.content("d/MANIFEST-000001"), file);
  EXPECT_EQ(read_manifest(disk_, "e").error().code, ErrorCode::kNotFound);
}

TEST_F(ManifestTest, SaysAnEditInWords) {
  ManifestEdit edit = add_segment(17);
  edit.add_segments[0].tenant = "a\nb";
  edit.remove_segments = {3};
  edit.finished_heads = {5};
  edit.forgotten_heads = {2};
  edit.next_id = 18;
  EXPECT_EQ(to_text(edit),
            "+ segment 17: tenant \"a\\nb\", hour 490123, level 1, 65536 rows, 4300 traces, "
            "1400000 bytes, 2025-11-29T19:00:00.000000000Z to 2025-11-29T19:59:59.999999999Z\n"
            "- segment 3\nfinished head 5\nforgotten head 2\nnext id 18");
  EXPECT_EQ(to_text(ManifestEdit{}), "nothing");
}

}  // namespace
}  // namespace cairn::storage::columnar
