// SPDX-License-Identifier: Apache-2.0
//
// Damaged groups: an error or arrays that agree with one another, never more.
#include <gtest/gtest.h>

#include "storage/columnar/segment/group/group_testing.h"
#include "storage/columnar/segment/segment_testing.h"

namespace cairn::storage::columnar {
namespace {

// Asks everything, as a query would, and looks at every value it may look at.
void ask_everything(const SegmentGroup& group) {
  std::uint64_t sum = 0;
  const auto classes = group.classes();
  const auto schema = group.schema();
  for (const ClassRows& entry : classes ? *classes : std::vector<ClassRows>()) {
    if (const auto rows = group.rows(entry.span_class)) {
      ASSERT_EQ(rows->size(), entry.rows);
      for (const RowIndex row : rows->view) ASSERT_LT(row, group.facts().rows);
    }
    if (const auto starts = group.starts(entry.span_class)) {
      ASSERT_EQ(starts->size(), entry.rows);
    }
    if (const auto made = group.durations(entry.span_class)) {
      ASSERT_EQ(made->size(), entry.rows);
    }
    if (const auto resources = group.resources(entry.span_class)) {
      for (const ResourceId id : resources->view) ASSERT_LT(id, (*schema)->resources.size());
    }
    if (const auto shapes = group.shapes(entry.span_class)) {
      for (const ShapeId id : shapes->view) ASSERT_LT(id, (*schema)->shapes.size());
    }
    if (const auto extras = group.extras(entry.span_class)) {
      for (const std::string_view text : extras->view) sum += text.size();
    }
    const auto columns = group.columns(entry.span_class);
    for (const ColumnId id : columns ? columns->view : std::span<const ColumnId>()) {
      const auto values = group.column(entry.span_class, id);
      if (!values) continue;
      const auto known = group.dictionary(id);
      for (const std::uint32_t code : values->codes.view) ASSERT_LT(code, known->size());
      for (const std::string_view text : values->texts.view) sum += text.size();
      const std::size_t most =
          std::max({values->codes.size(), values->texts.size(), values->numbers.size()});
      ASSERT_TRUE(most == entry.rows || (most <= 1 && values->constant));
    }
  }
  const auto traces = group.traces();
  if (traces) {
    ASSERT_EQ(traces->ids.size(), group.facts().traces);
  }
  if (traces) (void)group.find(traces->ids[traces->ids.size() / 2]);
  if (const auto ids = group.span_ids()) {
    ASSERT_EQ(ids->size(), group.facts().rows);
  }
  if (const auto ids = group.parent_span_ids()) {
    ASSERT_EQ(ids->size(), group.facts().rows);
  }
  if (const auto of = group.trace_of_rows()) {
    ASSERT_EQ(of->size(), group.facts().rows);
  }
  model::Batch batch;
  (void)group.materialize(first_rows(group.facts().rows), batch);
  EXPECT_NE(sum, std::uint64_t{0} - 1);
}

std::shared_ptr<const SpanTable> small_table() {
  model::Batch batch;
  RandomSpans(4, {.traces = 12}).append(60, batch);
  return make_table(batch);
}

TEST(DamagedGroup, BitsOfItsDirectoryMayBeWrong) {
  GroupOnDisk disk(small_table());
  ASSERT_TRUE(disk.write());
  const Bytes sound = disk.directory;
  for (std::size_t bit = 0; bit < 8 * sound.size(); bit += 23) {
    disk.directory = sound;
    disk.directory[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    const auto group = disk.open();
    if (group) ask_everything(**group);
    (void)disk.inspect();
  }
}

TEST(DamagedGroup, ItsDirectoryMayEndAnywhere) {
  GroupOnDisk disk(small_table());
  ASSERT_TRUE(disk.write());
  const Bytes sound = disk.directory;
  for (std::size_t size = 0; size < sound.size(); ++size) {
    disk.directory.assign(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(disk.open());
  }
}

TEST(DamagedGroup, ChecksumsKeepDamagedPagesOut) {
  GroupOnDisk disk(small_table());
  ASSERT_TRUE(disk.write());
  const auto pages = disk.inspect(false);
  ASSERT_TRUE(pages);
  const Bytes sound = disk.disk.content("group");
  for (const GroupPage& page : *pages) {
    Bytes damaged = sound;
    damaged[static_cast<std::size_t>(page.page.offset) + page.page.size / 2] ^= std::byte{16};
    disk.disk.put("group", damaged);
    const auto made = disk.inspect();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kCorruption);
  }
}

// Replaces the checksum of a page in the directory, so that what it holds is read.
void forge(GroupOnDisk& disk, const PageRef& page, const Bytes& file) {
  const ByteView bytes = ByteView(file).subspan(static_cast<std::size_t>(page.offset), page.size);
  const std::uint32_t made = page_checksum(bytes);
  for (std::size_t i = 0; i + sizeof made <= disk.directory.size(); ++i) {
    if (std::memcmp(&disk.directory[i], &page.checksum, sizeof made) != 0) continue;
    std::memcpy(&disk.directory[i], &made, sizeof made);
  }
}

TEST(DamagedGroup, PagesMayHoldAnythingBehindAGoodChecksum) {
  GroupOnDisk disk(small_table());
  ASSERT_TRUE(disk.write());
  const auto pages = disk.inspect(false);
  ASSERT_TRUE(pages);
  const Bytes sound = disk.disk.content("group");
  const Bytes directory = disk.directory;
  std::mt19937_64 random(1);
  for (const GroupPage& page : *pages) {
    for (int round = 0; round < 3; ++round) {
      Bytes damaged = sound;
      const std::size_t at = static_cast<std::size_t>(page.page.offset) + random() % page.page.size;
      damaged[at] = static_cast<std::byte>(random());
      disk.disk.put("group", damaged);
      disk.directory = directory;
      forge(disk, page.page, damaged);
      const auto group = disk.open();
      ASSERT_TRUE(group);
      ask_everything(**group);
      (void)disk.inspect();
    }
  }
}

TEST(DamagedGroup, AFileThatEndsEarlyIsRefused) {
  GroupOnDisk disk(small_table());
  ASSERT_TRUE(disk.write());
  Bytes file = disk.disk.content("group");
  file.pop_back();
  disk.disk.put("group", file);
  const auto group = disk.open();
  ASSERT_FALSE(group);
  EXPECT_EQ(group.error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace cairn::storage::columnar
