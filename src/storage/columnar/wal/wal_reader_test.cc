// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/wal/wal_reader.h"

#include <fstream>
#include <iterator>
#include <random>

#include <gmock/gmock.h>

#include "storage/columnar/fs/testing/fault_file_system.h"

namespace cairn::storage::columnar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Reading {
  std::vector<std::string> payloads;
  Result<WalEnd> end;
};

Reading read(const Bytes& bytes) {
  FaultFileSystem disk;
  disk.put("f.wal", bytes);
  std::vector<std::string> payloads;
  auto end = read_wal(disk, "f.wal", [&](std::uint64_t, ByteView payload) -> Result<void> {
    payloads.emplace_back(as_text(payload));
    return {};
  });
  return {std::move(payloads), std::move(end)};
}

struct File {
  WalHeader header{.tenant = "t", .shard = 2, .head = 9, .created_unix_nanos = 5};
  Bytes bytes;
  std::vector<std::size_t> begins;

  File() { encode_wal_header(header, bytes); }
  void add(std::string_view payload) {
    begins.push_back(bytes.size());
    encode_wal_record(header.head, bytes.size(), as_bytes(payload), bytes);
  }
};

File three_records() {
  File file;
  file.add("first");
  file.add("the second one");
  file.add("third");
  return file;
}

TEST(WalReader, ReadsTheGoldenFileOfVersionOne) {
  std::ifstream in(std::string(CAIRN_SOURCE_DIR) + "/tests/golden/storage/wal/v1.wal",
                   std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const ByteView view = as_bytes(text);
  FaultFileSystem disk;
  disk.put("f.wal", Bytes(view.begin(), view.end()));
  const auto header = read_wal_header(disk, "f.wal");
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(*header, (WalHeader{.tenant = "acme",
                                .shard = 1,
                                .head = 7,
                                .created_unix_nanos = 1'700'000'000'000'000'000}));
  const Reading reading = read(disk.content("f.wal"));
  ASSERT_TRUE(reading.end);
  EXPECT_THAT(reading.payloads, ElementsAre("hello", std::string(20, 'x')));
  EXPECT_FALSE(reading.end->torn);
  EXPECT_EQ(reading.end->damage, "");
}

TEST(WalReader, GivesRecordsInOrderWithTheirPlaces) {
  const File file = three_records();
  FaultFileSystem disk;
  disk.put("f.wal", file.bytes);
  std::vector<std::size_t> offsets;
  const auto end = read_wal(disk, "f.wal", [&](std::uint64_t offset, ByteView) -> Result<void> {
    offsets.push_back(offset);
    return {};
  });
  ASSERT_TRUE(end);
  EXPECT_EQ(offsets, file.begins);
  EXPECT_EQ(end->records, 3u);
  EXPECT_EQ(end->good_bytes, file.bytes.size());
  EXPECT_EQ(end->file_bytes, file.bytes.size());
}

TEST(WalReader, ReadsRecordsLargerAndSmallerThanItsWindow) {
  std::mt19937 random(1);
  File file;
  std::vector<std::string> payloads;
  for (const std::size_t size : {5, 700'000, 600'000, 3'000'000, 1, 1'048'560, 1'048'576, 10}) {
    std::string payload(size, ' ');
    for (char& c : payload) c = static_cast<char>(random());
    file.add(payload);
    payloads.push_back(std::move(payload));
  }
  const Reading reading = read(file.bytes);
  ASSERT_TRUE(reading.end);
  EXPECT_EQ(reading.payloads, payloads);
  EXPECT_EQ(reading.end->good_bytes, file.bytes.size());
}

// Wherever a crash cuts the file, what is whole is read and the rest is torn, not damage.
TEST(WalReader, TakesACutAnywhereForATornTail) {
  const File file = three_records();
  for (std::size_t size = 0; size < file.bytes.size(); ++size) {
    const Reading reading = read(Bytes(file.bytes.begin(), file.bytes.begin() + long(size)));
    if (size < file.begins[0]) {
      ASSERT_FALSE(reading.end) << size;
      EXPECT_EQ(reading.end.error().code, ErrorCode::kNotFound) << size;
      continue;
    }
    std::size_t whole = 0;
    while (whole + 1 < file.begins.size() && file.begins[whole + 1] <= size) ++whole;
    ASSERT_TRUE(reading.end) << size;
    EXPECT_EQ(reading.payloads.size(), whole) << size;
    EXPECT_EQ(reading.end->torn, size != file.begins[whole]) << size;
    EXPECT_EQ(reading.end->damage, "") << size;
    EXPECT_EQ(reading.end->good_bytes, file.begins[whole]) << size;
  }
}

// No flipped bit passes, none is taken for a torn tail, and what lies before it is read.
TEST(WalReader, NoticesAFlippedBitAnywhere) {
  const File file = three_records();
  for (std::size_t bit = 0; bit < file.bytes.size() * 8; ++bit) {
    Bytes bytes = file.bytes;
    bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    const Reading reading = read(bytes);
    if (bit / 8 < file.begins[0]) {
      ASSERT_FALSE(reading.end) << bit;
      EXPECT_EQ(reading.end.error().code, ErrorCode::kCorruption) << bit;
      EXPECT_THAT(reading.end.error().message, HasSubstr("f.wal: header")) << bit;
      continue;
    }
    std::size_t hit = 0;
    while (hit + 1 < file.begins.size() && file.begins[hit + 1] <= bit / 8) ++hit;
    ASSERT_TRUE(reading.end) << bit;
    EXPECT_EQ(reading.payloads.size(), hit) << bit;
    EXPECT_FALSE(reading.end->torn) << bit;
    EXPECT_THAT(reading.end->damage, HasSubstr("record " + std::to_string(hit) + " at " +
                                               std::to_string(file.begins[hit]) + ": "))
        << bit;
    EXPECT_EQ(reading.end->good_bytes, file.begins[hit]) << bit;
  }
}

TEST(WalReader, TakesZerosAfterTheLastRecordForDamage) {
  File file = three_records();
  const std::size_t end = file.bytes.size();
  file.bytes.resize(end + 64);
  const Reading reading = read(file.bytes);
  ASSERT_TRUE(reading.end);
  EXPECT_EQ(reading.payloads.size(), 3u);
  EXPECT_EQ(reading.end->good_bytes, end);
  EXPECT_FALSE(reading.end->torn);
  EXPECT_NE(reading.end->damage, "");
}

TEST(WalReader, StopsAtTheErrorOfTheCaller) {
  FaultFileSystem disk;
  disk.put("f.wal", three_records().bytes);
  int calls = 0;
  const auto end = read_wal(disk, "f.wal", [&](std::uint64_t, ByteView) -> Result<void> {
    return ++calls == 2 ? Result<void>(corruption("not a record of rows")) : Result<void>();
  });
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().message, "not a record of rows");
  EXPECT_EQ(calls, 2);
}

TEST(WalReader, SaysThatTheFileIsNotThere) {
  FaultFileSystem disk;
  EXPECT_EQ(read_wal_header(disk, "f.wal").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace cairn::storage::columnar
