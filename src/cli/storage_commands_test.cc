// SPDX-License-Identifier: Apache-2.0
#include "cli/storage_commands.h"

#include <filesystem>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include "storage/columnar/fs/posix_file_system.h"
#include "storage/columnar/manifest/manifest.h"

namespace cairn::cli {
namespace {

// On the real disk, through the command line.
class StorageCommandsTest : public ::testing::Test {
 protected:
  StorageCommandsTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "cairn_cli_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~StorageCommandsTest() override { std::filesystem::remove_all(root_); }

  void make_store() {
    const auto fs = storage::columnar::make_posix_file_system();
    EXPECT_TRUE(fs->lock(root_));
    EXPECT_TRUE(storage::columnar::Manifest::open(*fs, root_));
  }
  // The exit code; nullopt when the line is another command's or not understood.
  static std::optional<int> run(const std::string& line) {
    CLI::App app;
    app.add_subcommand("serve");
    const StorageCommands commands(app);
    try {
      app.parse(line);
    } catch (const CLI::ParseError&) {
      return std::nullopt;
    }
    return commands.run();
  }

  std::string root_;
};

TEST_F(StorageCommandsTest, ChecksAndDumpsAStoreOnTheDisk) {
  make_store();
  EXPECT_EQ(run("check " + root_), 0);
  EXPECT_EQ(run("check --json " + root_), 0);
  EXPECT_EQ(run("dump manifest " + root_), 0);
  EXPECT_EQ(run("dump manifest --json " + root_ + "/MANIFEST-000001"), 0);
  EXPECT_EQ(run("dump segment " + root_), 0);
  EXPECT_EQ(run("dump wal " + root_), 0);
}

TEST_F(StorageCommandsTest, CannotLookWhereThereIsNoStore) {
  EXPECT_EQ(run("check " + root_ + "/nothing"), 2);
  EXPECT_EQ(run("dump segment " + root_), 2);
}

TEST_F(StorageCommandsTest, FindsDamageOnTheDisk) {
  make_store();
  std::filesystem::resize_file(root_ + "/MANIFEST-000001", 30);
  EXPECT_EQ(run("check " + root_), 1);
  EXPECT_EQ(run("dump manifest " + root_), 1);
}

TEST_F(StorageCommandsTest, LeavesOtherCommandsAlone) {
  EXPECT_EQ(run("serve"), std::nullopt);
  EXPECT_EQ(run("dump"), std::nullopt);
  EXPECT_EQ(run("check"), std::nullopt);
}

}  // namespace
}  // namespace cairn::cli
