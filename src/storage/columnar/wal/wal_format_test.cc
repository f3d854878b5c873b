// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/wal/wal_format.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "base/hex.h"

namespace cairn::storage::columnar {
namespace {

const std::string kRoot = CAIRN_SOURCE_DIR;

// The example of docs/formats/wal.md, and the golden file.
Bytes example() {
  const WalHeader header{
      .tenant = "acme", .shard = 1, .head = 7, .created_unix_nanos = 1'700'000'000'000'000'000};
  Bytes out;
  encode_wal_header(header, out);
  encode_wal_record(header.head, out.size(), as_bytes("hello"), out);
  encode_wal_record(header.head, out.size(), as_bytes(std::string(20, 'x')), out);
  return out;
}

std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// All hex digits of the first ``` block after `heading`, up to two spaces and a remark on each
// line.
std::string hex_of_page(const std::string& page, const std::string& heading) {
  const std::size_t begin = page.find("```\n", page.find(heading)) + 4;
  std::string hex;
  for (std::size_t at = begin; page.compare(at, 3, "```") != 0;) {
    const std::size_t line_end = page.find('\n', at);
    const std::string line = page.substr(at, page.find("  ", at) - at);
    for (const char c : line) {
      if (c != ' ') hex += c;
    }
    at = line_end + 1;
  }
  return hex;
}

TEST(WalFormat, WritesTheExampleOfThePage) {
  const std::string page = file_text(kRoot + "/docs/formats/wal.md");
  ASSERT_FALSE(page.empty());
  EXPECT_EQ(to_hex(example()), hex_of_page(page, "## Example"));
}

TEST(WalFormat, WritesTheGoldenFile) {
  const std::string path = kRoot + "/tests/golden/storage/wal/v1.wal";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << as_text(example());
  }
  EXPECT_EQ(to_hex(example()), to_hex(as_bytes(file_text(path))));
}

TEST(WalFormat, GivesTheHeaderBack) {
  for (const std::string& tenant : {std::string(), std::string("a"), std::string(4096, 't')}) {
    const WalHeader header{
        .tenant = tenant, .shard = 3, .head = ~0ULL, .created_unix_nanos = 123456789};
    Bytes bytes;
    encode_wal_header(header, bytes);
    EXPECT_EQ(bytes.size(), wal_header_bytes(header));
    const auto size = decode_wal_header_prefix(ByteView(bytes).first(kWalHeaderPrefixBytes));
    ASSERT_TRUE(size);
    EXPECT_EQ(*size, bytes.size());
    const auto back = decode_wal_header(bytes);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, header);
  }
}

TEST(WalFormat, RefusesAnUnknownVersionByItsNumber) {
  // A later version as it would look: everything checks, only the number is another.
  const std::string later =
      "434149524e57414c"
      "02000000"
      "18000000"
      "441ec772";
  std::array<std::byte, kWalHeaderPrefixBytes> bytes;
  ASSERT_TRUE(from_hex(later, bytes));
  const auto size = decode_wal_header_prefix(bytes);
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().code, ErrorCode::kUnimplemented);
  EXPECT_EQ(size.error().message, "header: version 2, this build reads 1");
}

TEST(WalFormat, RefusesARecordOfAnotherPlaceOrAnotherHead) {
  Bytes record;
  encode_wal_record(7, 100, as_bytes("hello"), record);
  const ByteView frame = ByteView(record).first(kWalFrameBytes);
  const ByteView payload = ByteView(record).subspan(kWalFrameBytes);
  const auto right = decode_wal_frame(7, 100, frame);
  ASSERT_TRUE(right);
  EXPECT_EQ(right->payload_bytes, 5u);
  EXPECT_TRUE(wal_payload_checks(7, 100, *right, payload));
  EXPECT_FALSE(wal_payload_checks(8, 100, *right, payload));
  EXPECT_FALSE(wal_payload_checks(7, 101, *right, payload));
  EXPECT_FALSE(decode_wal_frame(8, 100, frame));
  EXPECT_FALSE(decode_wal_frame(7, 101, frame));
}

TEST(WalFormat, NamesFilesByTheHeadInHex) {
  EXPECT_EQ(wal_file_name(0xbeef), "000000000000beef.wal");
}

}  // namespace
}  // namespace cairn::storage::columnar
