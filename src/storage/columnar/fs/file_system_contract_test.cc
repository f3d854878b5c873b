// SPDX-License-Identifier: Apache-2.0
//
// What every FileSystem promises, run on the real disk and on the one of the tests.
#include <filesystem>
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "storage/columnar/fs/posix_file_system.h"
#include "storage/columnar/fs/testing/fault_file_system.h"

namespace cairn::storage::columnar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Disk {
  std::string name;
  std::function<std::unique_ptr<FileSystem>()> make;
};

// A fresh folder on the disk under test; removed afterwards.
class FileSystemContract : public ::testing::TestWithParam<Disk> {
 protected:
  FileSystemContract() {
    std::string pattern = std::filesystem::temp_directory_path() / "cairn_fs_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    fs_ = GetParam().make();
    EXPECT_TRUE(fs_->make_directories(root_));
  }
  ~FileSystemContract() override { std::filesystem::remove_all(root_); }

  std::string path(std::string_view name) const { return fmt::format("{}/{}", root_, name); }
  FileSystem& fs() { return *fs_; }

  void write(std::string_view name, std::string_view text) {
    auto file = fs().create(path(name));
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->append(as_bytes(text)));
  }
  std::string read(std::string_view name) {
    auto bytes = read_file(fs(), path(name), 1_MiB);
    return bytes ? std::string(as_text(*bytes)) : "error: " + bytes.error().message;
  }

  std::string root_;
  std::unique_ptr<FileSystem> fs_;
};

INSTANTIATE_TEST_SUITE_P(
    Disks, FileSystemContract,
    ::testing::Values(Disk{"posix", make_posix_file_system},
                      Disk{"fault", [] { return std::make_unique<FaultFileSystem>(); }}),
    [](const auto& disk) { return disk.param.name; });

TEST_P(FileSystemContract, AppendsAtTheEnd) {
  auto file = fs().create(path("a"));
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->size(), 0U);
  ASSERT_TRUE((*file)->append(as_bytes("one ")));
  ASSERT_TRUE((*file)->append({}));
  ASSERT_TRUE((*file)->append(as_bytes("two")));
  ASSERT_TRUE((*file)->sync());
  EXPECT_EQ((*file)->size(), 7U);
  EXPECT_EQ(read("a"), "one two");
}

TEST_P(FileSystemContract, CreateTruncatesAFileThatIsThere) {
  write("a", "a long content");
  write("a", "short");
  EXPECT_EQ(read("a"), "short");
}

TEST_P(FileSystemContract, OpensAFileToAppendToIt) {
  write("a", "one ");
  auto file = fs().open_append(path("a"));
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->size(), 4U);
  ASSERT_TRUE((*file)->append(as_bytes("two")));
  EXPECT_EQ(read("a"), "one two");
}

TEST_P(FileSystemContract, GoesOnAtTheEndAfterTruncate) {
  auto file = fs().create(path("a"));
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append(as_bytes("one two")));
  ASSERT_TRUE((*file)->truncate(4));
  EXPECT_EQ((*file)->size(), 4U);
  ASSERT_TRUE((*file)->append(as_bytes("2")));
  EXPECT_EQ(read("a"), "one 2");
}

TEST_P(FileSystemContract, RefusesToTruncateToMoreThanThereIs) {
  auto file = fs().create(path("a"));
  ASSERT_TRUE(file);
  const auto grown = (*file)->truncate(1);
  ASSERT_FALSE(grown);
  EXPECT_EQ(grown.error().code, ErrorCode::kInvalidArgument);
}

TEST_P(FileSystemContract, ReadsAtAnyPlace) {
  write("a", "0123456789");
  auto file = fs().open_read(path("a"));
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->size(), 10U);
  Bytes three(3);
  ASSERT_TRUE((*file)->read(4, three));
  EXPECT_EQ(as_text(three), "456");
  EXPECT_TRUE((*file)->read(10, {}));
}

TEST_P(FileSystemContract, ReadingPastTheEndIsCorruption) {
  write("a", "0123456789");
  auto file = fs().open_read(path("a"));
  ASSERT_TRUE(file);
  Bytes three(3);
  for (const std::uint64_t offset : {std::uint64_t{8}, std::uint64_t{11}, UINT64_MAX}) {
    const auto outcome = (*file)->read(offset, three);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(outcome.error().message, HasSubstr(path("a")));
  }
}

TEST_P(FileSystemContract, AMissingFileIsNotFound) {
  const std::string nothing = path("nothing");
  EXPECT_EQ(fs().open_read(nothing).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(fs().open_append(nothing).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(fs().remove(nothing).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(fs().rename(nothing, path("b")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(fs().create(path("nowhere/a")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(fs().sync_directory(path("nowhere")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(fs().lock(path("nowhere")).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(fs().open_read(nothing).error().message, HasSubstr(nothing));
}

TEST_P(FileSystemContract, AFolderIsNotAFile) {
  ASSERT_TRUE(fs().make_directories(path("folder")));
  EXPECT_EQ(fs().open_read(path("folder")).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(fs().create(path("folder")).error().code, ErrorCode::kUnavailable);
}

TEST_P(FileSystemContract, RenameReplacesWhatIsThere) {
  write("old", "old");
  write("new", "new");
  ASSERT_TRUE(fs().rename(path("new"), path("old")));
  EXPECT_EQ(read("old"), "new");
  EXPECT_FALSE(fs().open_read(path("new")));
}

TEST_P(FileSystemContract, AnOpenFileStaysReadableWhenItIsRemoved) {
  write("a", "content");
  auto file = fs().open_read(path("a"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(fs().remove(path("a")));
  Bytes seven(7);
  ASSERT_TRUE((*file)->read(0, seven));
  EXPECT_EQ(as_text(seven), "content");
}

TEST_P(FileSystemContract, ListsFilesAndFoldersByName) {
  write("b", "");
  ASSERT_TRUE(fs().make_directories(path("c/d")));
  write("a", "");
  write("c/e", "");
  EXPECT_THAT(*fs().list(root_), ElementsAre("a", "b", "c"));
  EXPECT_THAT(*fs().list(path("c")), ElementsAre("d", "e"));
  EXPECT_THAT(*fs().list(path("missing")), ElementsAre());
  EXPECT_EQ(fs().list(path("a")).error().code, ErrorCode::kUnavailable);
}

TEST_P(FileSystemContract, MakesFoldersThatAreThereAlready) {
  EXPECT_TRUE(fs().make_directories(path("x/y")));
  EXPECT_TRUE(fs().make_directories(path("x/y/")));
  write("x/file", "");
  EXPECT_FALSE(fs().make_directories(path("x/file")));
  EXPECT_FALSE(fs().make_directories(path("x/file/z")));
}

TEST_P(FileSystemContract, SyncsFolders) {
  write("a", "content");
  EXPECT_TRUE(fs().sync_directory(root_));
}

TEST_P(FileSystemContract, KnowsHowMuchIsFree) {
  const auto free = fs().free_bytes(root_);
  ASSERT_TRUE(free);
  EXPECT_GT(*free, 0U);
}

TEST_P(FileSystemContract, LocksAFolderOnceEvenInOneProcess) {
  auto first = fs().lock(root_);
  ASSERT_TRUE(first);
  const auto second = fs().lock(root_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("another process"));
  EXPECT_THAT(*fs().list(root_), ElementsAre("LOCK"));
  first->reset();
  EXPECT_TRUE(fs().lock(root_));
}

TEST_P(FileSystemContract, ReadsNoFileThatIsLargerThanExpected) {
  write("a", "0123456789");
  EXPECT_TRUE(read_file(fs(), path("a"), 10));
  const auto outcome = read_file(fs(), path("a"), 9);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kCorruption);
}

TEST_P(FileSystemContract, WritesAFileAtomically) {
  ASSERT_TRUE(write_file_atomically(fs(), root_, "a", as_bytes("one")));
  ASSERT_TRUE(write_file_atomically(fs(), root_, "a", as_bytes("two")));
  EXPECT_EQ(read("a"), "two");
  EXPECT_THAT(*fs().list(root_), ElementsAre("a"));
}

}  // namespace
}  // namespace cairn::storage::columnar
