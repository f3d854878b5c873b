// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/manifest/manifest_format.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.h"
#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/manifest/manifest_testing.h"

namespace cairn::storage::columnar {
namespace {

using ::testing::HasSubstr;

const std::string kSource = CAIRN_SOURCE_DIR;

std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

ManifestEdit edit_with_everything() {
  ManifestEdit edit;
  edit.add_segments = {segment_info(9, "team \"a\""), segment_info(10)};
  edit.add_segments[1].min_start = {0};
  edit.add_segments[1].max_start = model::Timestamp::max();
  edit.remove_segments = {7, 300};
  edit.finished_heads = {5, 6};
  edit.forgotten_heads = {4};
  edit.next_id = 12;
  return edit;
}

// The file of the worked example in docs/formats/manifest.md.
Bytes example() {
  ManifestState state;
  state.next_id = 2;
  Bytes file = encode_manifest_file(1, state);
  ManifestEdit edit;
  edit.add_segments = {segment_info(2, "a")};
  edit.finished_heads = {1};
  Bytes payload;
  encode_edit(edit, payload);
  encode_manifest_record(1, 0, payload, file);
  return file;
}

// The golden file: a state, then edits that together use every field.
Bytes golden() {
  ManifestState state;
  state.segments = {{7, segment_info(7)}, {300, segment_info(300, "b")}};
  state.finished_heads = {4};
  state.next_id = 301;
  Bytes file = encode_manifest_file(12, state);
  for (const ManifestEdit& edit : {edit_with_everything(), remove_segment(9), ManifestEdit{}}) {
    Bytes payload;
    encode_edit(edit, payload);
    encode_manifest_record(12, 0, payload, file);
  }
  return file;
}

std::string describe(ByteView file) {
  FaultFileSystem fs;
  fs.put("d/CURRENT", as_bytes("MANIFEST-000012\n"));
  fs.put("d/MANIFEST-000012", file);
  const auto found = read_manifest(fs, "d");
  if (!found) return found.error().message;
  std::string text;
  for (const auto& [offset, edit] : found->edits) {
    text += fmt::format("offset {}\n{}\n", offset, to_text(edit));
  }
  return text + "state\n" + to_text(whole_state(found->state)) + "\n";
}

// As the reader of a store does it: damage is an error.
Result<ManifestRecords> split(std::uint64_t number, ByteView file) {
  ASSIGN_OR_RETURN(const std::uint64_t written, decode_manifest_header(file));
  if (written != number) return corruption("another number");
  ManifestRecords records = split_manifest_file(number, file);
  if (!records.damage.empty()) return corruption(records.damage);
  return records;
}

TEST(ManifestFormat, AnEditComesBackAsItWas) {
  for (const ManifestEdit& edit : {ManifestEdit{}, edit_with_everything(), add_segment(1)}) {
    Bytes payload;
    encode_edit(edit, payload);
    const auto decoded = decode_edit(payload);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, edit);
  }
}

TEST(ManifestFormat, RefusesAnEditThatEndsEarlyOrLate) {
  Bytes payload;
  encode_edit(edit_with_everything(), payload);
  for (std::size_t size = 0; size < payload.size(); ++size) {
    EXPECT_FALSE(decode_edit(ByteView(payload).first(size))) << size;
  }
  payload.push_back(std::byte{0});
  EXPECT_FALSE(decode_edit(payload));
}

TEST(ManifestFormat, RefusesCountsThatTheEditCannotHold) {
  const Bytes many = {std::byte{0xff}, std::byte{0xff}, std::byte{0xff},
                      std::byte{0xff}, std::byte{0x0f}, std::byte{0xed}};
  EXPECT_FALSE(decode_edit(many));
}

TEST(ManifestFormat, NamesFilesByNumber) {
  EXPECT_EQ(manifest_file_name(12), "MANIFEST-000012");
  EXPECT_EQ(manifest_file_name(12'345'678), "MANIFEST-12345678");
  EXPECT_EQ(manifest_file_number("MANIFEST-000012"), 12U);
  for (const char* name :
       {"MANIFEST-12", "MANIFEST-", "MANIFEST-000000", "MANIFEST-0000012", "MANIFEST-00001a",
        "manifest-000012", "MANIFEST-../012", "MANIFEST-99999999999", "MANIFEST-000012\n"}) {
    EXPECT_EQ(manifest_file_number(name), std::nullopt) << name;
  }
}

TEST(ManifestFormat, TheExampleOfThePageIsWhatIsWritten) {
  const std::string page = file_text(kSource + "/docs/formats/manifest.md");
  const std::size_t begin = page.find("```hex\n");
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = page.find("```", begin + 7);
  std::string digits;
  bool comment = false;
  for (const char c : page.substr(begin + 7, end - begin - 7)) {
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    if (!comment && c != ' ' && c != '\n') digits += c;
  }
  EXPECT_EQ(digits, to_hex(example()));
}

TEST(ManifestFormat, WritesVersion1AsTheGoldenFile) {
  const std::string path = kSource + "/tests/golden/storage/manifest/version_1";
  if (std::getenv("UPDATE_GOLDEN") != nullptr && !std::filesystem::exists(path + ".bin")) {
    std::ofstream(path + ".bin", std::ios::binary) << as_text(golden());
    std::ofstream(path + ".txt") << describe(golden());
  }
  if (kManifestVersion == 1) {
    EXPECT_EQ(to_hex(golden()), to_hex(as_bytes(file_text(path + ".bin"))));
  }
}

// Every version that was ever written stays readable, or says what to do.
TEST(ManifestFormat, ReadsTheGoldenFileOfVersion1) {
  const std::string path = kSource + "/tests/golden/storage/manifest/version_1";
  EXPECT_EQ(describe(as_bytes(file_text(path + ".bin"))), file_text(path + ".txt"));
}

TEST(ManifestFormat, EveryFlippedBitIsDamageOrAtLeastNotSilent) {
  const Bytes file = golden();
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    Bytes flipped = file;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto records = split(12, flipped);
    ASSERT_FALSE(records) << "bit " << bit;
    EXPECT_EQ(records.error().code, ErrorCode::kCorruption);
  }
}

TEST(ManifestFormat, ARecordCutShortAtTheEndIsTorn) {
  const Bytes file = golden();
  const auto whole = split(12, file);
  ASSERT_TRUE(whole);
  EXPECT_FALSE(whole->torn);
  EXPECT_EQ(whole->good_bytes, file.size());
  const std::size_t first = whole->records[1].offset;
  for (std::size_t size = first; size < file.size(); ++size) {
    const auto cut = split(12, ByteView(file).first(size));
    ASSERT_TRUE(cut) << size;
    EXPECT_LE(cut->good_bytes, size);
    EXPECT_EQ(cut->torn, cut->good_bytes < size);
  }
}

TEST(ManifestFormat, ATailThatReadsAsZerosIsTorn) {
  const Bytes file = golden();
  const std::size_t last = split(12, file)->records.back().offset;
  for (std::size_t written = last; written < file.size(); ++written) {
    for (const std::size_t more : {0, 1, 4096}) {
      Bytes zeros(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(written));
      zeros.resize(file.size() + more);
      const auto records = split(12, zeros);
      ASSERT_TRUE(records) << written;
      EXPECT_TRUE(records->torn);
      EXPECT_EQ(records->good_bytes, last);
    }
  }
}

TEST(ManifestFormat, AFileWithoutItsFirstRecordIsDamage) {
  const Bytes file = golden();
  const std::size_t second = split(12, file)->records[1].offset;
  for (std::size_t size = 0; size < second; ++size) {
    EXPECT_FALSE(split(12, ByteView(file).first(size))) << size;
  }
}

TEST(ManifestFormat, RefusesAFileThatWasRenamed) {
  FaultFileSystem fs;
  fs.put("d/CURRENT", as_bytes("MANIFEST-000013\n"));
  fs.put("d/MANIFEST-000013", golden());
  const auto found = read_manifest(fs, "d");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(), corruption("d/MANIFEST-000013: header: this is file number 12"));
  EXPECT_TRUE(read_manifest_file(fs, "d/MANIFEST-000013"));
}

TEST(ManifestFormat, RefusesAVersionItDoesNotKnow) {
  Bytes header;
  encode_manifest_header(12, header, kManifestVersion + 1);
  const auto number = decode_manifest_header(header);
  ASSERT_FALSE(number);
  EXPECT_EQ(number.error(), unimplemented("header: version 2, this build knows 1"));
}

TEST(ManifestFormat, ReadsADamagedFileUpToItsDamage) {
  FaultFileSystem fs;
  fs.put("m", golden());
  const ManifestFile whole = *read_manifest_file(fs, "m");
  const std::uint64_t bad = whole.edits[2].first;
  fs.flip_bit("m", 8 * bad);
  const auto found = read_manifest_file(fs, "m");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->edits.size(), 2U);
  EXPECT_EQ(found->good_bytes, bad);
  EXPECT_EQ(found->damage, fmt::format("record at {}: it is damaged", bad));
}

}  // namespace
}  // namespace cairn::storage::columnar
