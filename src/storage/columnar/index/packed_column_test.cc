// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/index/packed_column.h"

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

Bytes packed(const Bytes& column) {
  Bytes out;
  put_packed_column(column, out);
  return out;
}

bool refused(const Bytes& bytes) {
  ByteReader in(bytes);
  const Result<Bytes> column = take_packed_column(in);
  return !column && column.error().code == ErrorCode::kCorruption && in.failed();
}

void expect_back(const Bytes& column) {
  const Bytes bytes = packed(column);
  ByteReader in(bytes);
  const Result<Bytes> back = take_packed_column(in);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, column);
  EXPECT_TRUE(in.at_end());
}

TEST(PackedColumnTest, ComesBackAsItWasWritten) {
  expect_back({});
  expect_back({std::byte{7}});
  expect_back(Bytes(1'000, std::byte{7}));
  expect_back(Bytes(1'000'000, std::byte{7}));  // compresses better than a reader believes
  Bytes mixed;
  for (int i = 0; i < 10'000; ++i) mixed.push_back(static_cast<std::byte>(i % 7));
  expect_back(mixed);
}

TEST(PackedColumnTest, CompressesWhatRepeats) {
  EXPECT_LT(packed(Bytes(1'000, std::byte{7})).size(), 100);
}

TEST(PackedColumnTest, RefusesBytesThatEndEarly) {
  const Bytes bytes = packed(Bytes(1'000, std::byte{7}));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(refused(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))));
  }
}

TEST(PackedColumnTest, RefusesASizeThatIsNotTheColumns) {
  const Bytes column(1'000, std::byte{7});
  Bytes bytes = packed(column);
  bytes[0] = static_cast<std::byte>(std::to_integer<int>(bytes[0]) ^ 1);
  EXPECT_TRUE(refused(bytes));
}

TEST(PackedColumnTest, RefusesToMakeFarMoreThanItWasGiven) {
  Bytes bytes;
  put_varint(bytes, 1'000'000);
  put_sized(bytes, Bytes(100, std::byte{0}));
  EXPECT_TRUE(refused(bytes));
}

}  // namespace
}  // namespace cairn::storage::columnar
