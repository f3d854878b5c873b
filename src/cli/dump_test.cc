// SPDX-License-Identifier: Apache-2.0
#include "cli/dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/store_testing.h"

namespace cairn::cli {
namespace {

using namespace storage::columnar;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class Dump : public ::testing::Test {
 protected:
  using Command = ExitCode (*)(FileSystem&, const DumpOptions&, const Console&);

  std::string text(Command command, const std::string& path, ExitCode expected = kClean) {
    KeptConsole kept;
    EXPECT_EQ(command(store_.disk, {.path = path}, kept.console), expected) << kept.err;
    return kept.out + kept.err;
  }
  std::vector<json> lines(Command command, const std::string& path, ExitCode expected = kClean) {
    KeptConsole kept;
    EXPECT_EQ(command(store_.disk, {.path = path, .json = true}, kept.console), expected);
    std::vector<json> parsed;
    for (std::size_t at = 0; at < kept.out.size();) {
      const std::size_t end = kept.out.find('\n', at);
      parsed.push_back(json::parse(kept.out.substr(at, end - at)));
      at = end + 1;
    }
    return parsed;
  }

  TestStore store_;
};

TEST_F(Dump, ShowsEachEditOfTheManifest) {
  const std::string of_directory = text(dump_manifest, "d");
  EXPECT_THAT(of_directory, HasSubstr("MANIFEST-000001: "));
  EXPECT_THAT(of_directory, HasSubstr("record at 24: the state\nnext id 1\n"));
  EXPECT_THAT(of_directory, HasSubstr("\n+ segment 1: tenant \"acme\", hour 472222"));
  EXPECT_THAT(of_directory, HasSubstr("finished head 10\nnext id 12\n"));
  EXPECT_THAT(of_directory, HasSubstr("together: 2 segments, 12 rows, "));
  EXPECT_EQ(text(dump_manifest, TestStore::manifest()), of_directory);
}

TEST_F(Dump, ShowsADamagedManifestUpToItsDamage) {
  const std::uint64_t bad = read_manifest(store_.disk, "d")->edits[1].first;
  store_.disk.flip_bit(TestStore::manifest(), 8 * bad);
  for (const std::string path : {"d", "d/MANIFEST-000001"}) {
    const std::string shown = text(dump_manifest, path, kDamaged);
    EXPECT_THAT(shown, HasSubstr("record at 24: the state"));
    EXPECT_THAT(shown, HasSubstr("damage: record at " + std::to_string(bad)));
  }
}

TEST_F(Dump, ShowsATornManifest) {
  store_.cut(TestStore::manifest(), 1);
  EXPECT_THAT(text(dump_manifest, "d"), HasSubstr("torn: the last "));
}

TEST_F(Dump, GivesTheManifestAsJson) {
  const auto all = lines(dump_manifest, "d");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["file"], "MANIFEST-000001");
  EXPECT_EQ(all[0]["edits"].size(), 2U);
  EXPECT_EQ(all[0]["edits"][1]["add_segments"][1]["rows"], 6);
  EXPECT_EQ(all[0]["edits"][1]["finished_heads"], json::array({10}));
  EXPECT_EQ(all[0]["segments"], 2);
}

TEST_F(Dump, ShowsWhatASegmentsBytesAreFor) {
  const std::string one = text(dump_segments, TestStore::segment(1));
  EXPECT_THAT(one, HasSubstr("tenant \"acme\""));
  EXPECT_THAT(one, HasSubstr("6 rows"));
  EXPECT_THAT(one, HasSubstr("span_id"));
  const std::string both = text(dump_segments, "d");
  EXPECT_THAT(both, HasSubstr(TestStore::segment(1)));
  EXPECT_THAT(both, HasSubstr(TestStore::segment(2)));
}

TEST_F(Dump, GivesSegmentsAsJsonALineEach) {
  const auto all = lines(dump_segments, "d");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1]["file"], TestStore::segment(2));
  EXPECT_EQ(all[1]["rows"], 6);
  std::uint64_t bytes = 0;
  for (const json& column : all[1]["columns"]) bytes += column["bytes"].get<std::uint64_t>();
  EXPECT_EQ(bytes, all[1]["bytes"].get<std::uint64_t>());
}

TEST_F(Dump, GoesOnAfterADamagedSegment) {
  store_.cut(TestStore::segment(1), 1);
  const std::string both = text(dump_segments, "d", kDamaged);
  EXPECT_THAT(both, HasSubstr("cairn: " + TestStore::segment(1)));
  EXPECT_THAT(both, HasSubstr("\n" + TestStore::segment(2)));
}

TEST_F(Dump, ASegmentNeedsItsName) {
  store_.disk.put("d/copy", store_.disk.content(TestStore::segment(1)));
  EXPECT_THAT(text(dump_segments, "d/copy", kCouldNotLook), HasSubstr("16 hex digits"));
}

TEST_F(Dump, ShowsTheRecordsOfALog) {
  const std::string shown = text(dump_wal, "d");
  EXPECT_THAT(shown, HasSubstr("tenant \"acme\", shard 3, head 11"));
  EXPECT_THAT(shown, HasSubstr("2 records, "));
  EXPECT_THAT(shown, Not(HasSubstr("torn")));
  EXPECT_EQ(text(dump_wal, TestStore::wal(11)), shown);
}

TEST_F(Dump, GivesTheRecordsOfALogAsJson) {
  const auto all = lines(dump_wal, "d");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["head"], 11);
  ASSERT_EQ(all[0]["records"].size(), 2U);
  EXPECT_EQ(all[0]["records"][0]["rows"], 1);
  EXPECT_EQ(all[0]["damage"], "");
}

TEST_F(Dump, TellsATornLogFromADamagedOne) {
  const Bytes whole = store_.disk.content(TestStore::wal(11));
  store_.cut(TestStore::wal(11), 1);
  EXPECT_THAT(text(dump_wal, "d"), HasSubstr("torn: the last "));
  store_.disk.put(TestStore::wal(11), whole);
  store_.disk.flip_bit(TestStore::wal(11), 8 * (whole.size() - 1));
  EXPECT_THAT(text(dump_wal, "d", kDamaged), HasSubstr("damage: "));
}

TEST_F(Dump, ShowsARecordThatIsWholeButCannotBeReplayed) {
  Bytes file = store_.disk.content(TestStore::wal(11));
  encode_wal_record(11, file.size(), as_bytes("nonsense"), file);
  store_.disk.put(TestStore::wal(11), file);
  const std::string shown = text(dump_wal, "d", kDamaged);
  EXPECT_THAT(shown, HasSubstr("8        -\n"));
  EXPECT_THAT(shown, HasSubstr("damage: record at "));
}

TEST_F(Dump, SaysWhereThereIsNoStore) {
  EXPECT_EQ(text(dump_wal, "nowhere", kCouldNotLook), "cairn: nowhere: there is no store\n");
  EXPECT_EQ(text(dump_segments, "nowhere", kCouldNotLook), "cairn: nowhere: there is no store\n");
  EXPECT_THAT(text(dump_manifest, "nowhere", kCouldNotLook), HasSubstr("nowhere/CURRENT"));
}

}  // namespace
}  // namespace cairn::cli
