// SPDX-License-Identifier: Apache-2.0
#include "net/encoding/decompress.h"

#include <gtest/gtest.h>

#include "net/testing/compress.h"

namespace cairn::net {
namespace {

using testing::compressed;

struct Case {
  const char* packed_as;
  const char* name;
};
constexpr Case kCases[] = {{"gzip", "gzip"},
                           {"gzip", "x-gzip"},
                           {"deflate", "deflate"},
                           {"deflate", "zlib"},
                           {"raw_deflate", "deflate"},
                           {"zstd", "zstd"},
                           {"zstd_stream", "zstd"},
                           {"snappy", "snappy"},
                           {"snappy_framed", "snappy"},
                           {"snappy_framed", "x-snappy-framed"},
                           {"lz4", "lz4"}};

std::string text_of(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 7;
  for (char& c : text) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>('a' + (state >> 28));
  }
  return text;
}

ErrorCode error_of(std::string_view name, std::string_view input, std::size_t cap) {
  const auto outcome = decompress(name, as_bytes(input), cap);
  EXPECT_FALSE(outcome.has_value()) << name;
  return outcome.has_value() ? ErrorCode::kInternal : outcome.error().code;
}

TEST(Decompress, UndoesEveryEncoding) {
  for (const Case& each : kCases) {
    for (const std::size_t size : {0U, 1U, 100U, 70'000U, 1'000'000U}) {
      const std::string text = text_of(size);
      const auto made = decompress(each.name, as_bytes(compressed(each.packed_as, text)), 2_MiB);
      ASSERT_TRUE(made.has_value()) << each.packed_as << " " << size << made.error().message;
      EXPECT_TRUE(made->text() == text) << each.packed_as << " " << size;
    }
  }
}

TEST(Decompress, HoldsTheCapToTheByte) {
  const std::string text = text_of(300'000);
  for (const Case& each : kCases) {
    const std::string packed = compressed(each.packed_as, text);
    EXPECT_TRUE(decompress(each.name, as_bytes(packed), text.size()).has_value()) << each.packed_as;
    EXPECT_EQ(error_of(each.name, packed, text.size() - 1), ErrorCode::kResourceExhausted)
        << each.packed_as;
  }
}

TEST(Decompress, HoldsTheCapAgainstBombs) {
  const std::string zeros(8_MiB, '\0');
  for (const Case& each : kCases) {
    EXPECT_EQ(error_of(each.name, compressed(each.packed_as, zeros), 100'000),
              ErrorCode::kResourceExhausted)
        << each.packed_as;
  }
}

TEST(Decompress, RefusesDamagedAndCutInput) {
  const std::string text = text_of(50'000);
  for (const Case& each : kCases) {
    const std::string packed = compressed(each.packed_as, text);
    EXPECT_EQ(error_of(each.name, packed.substr(0, packed.size() / 2), 1_MiB),
              ErrorCode::kInvalidArgument)
        << each.packed_as;
    EXPECT_EQ(error_of(each.name, "certainly not that", 1_MiB), ErrorCode::kInvalidArgument)
        << each.packed_as;
    EXPECT_EQ(error_of(each.name, "", 1_MiB), ErrorCode::kInvalidArgument) << each.packed_as;
  }
}

TEST(Decompress, NoticesAWrongChecksumInSnappyFrames) {
  std::string packed = compressed("snappy_framed", text_of(1000));
  packed[14] = static_cast<char>(packed[14] ^ 1);
  EXPECT_EQ(error_of("snappy", packed, 1_MiB), ErrorCode::kInvalidArgument);
}

TEST(Decompress, JoinsTheMembersOfGzipAndTheFramesOfZstd) {
  for (const char* name : {"gzip", "zstd", "lz4"}) {
    const std::string packed = compressed(name, text_of(1000)) + compressed(name, text_of(90'000));
    const auto made = decompress(name, as_bytes(packed), 1_MiB);
    ASSERT_TRUE(made.has_value()) << name;
    EXPECT_TRUE(made->text() == text_of(1000) + text_of(90'000)) << name;
    EXPECT_EQ(error_of(name, packed, 90'999), ErrorCode::kResourceExhausted) << name;
  }
}

TEST(Decompress, BelievesNoClaimedSize) {
  // A gzip trailer and a snappy header that claim four gigabytes.
  std::string gzip = compressed("gzip", "tiny");
  for (std::size_t i = 1; i <= 4; ++i) gzip[gzip.size() - i] = '\xff';
  EXPECT_EQ(error_of("gzip", gzip, 1_GiB), ErrorCode::kInvalidArgument);
  EXPECT_EQ(error_of("snappy", "\xff\xff\xff\x7f????", 1_GiB), ErrorCode::kInvalidArgument);
}

TEST(Decompress, ChargesTheBudgetWhileTheBytesLive) {
  const auto budget = std::make_shared<ByteBudget>(150'000);
  const std::string packed = compressed("gzip", text_of(100'000));
  {
    const auto first = decompress("gzip", as_bytes(packed), 1_MiB, budget);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(budget->used(), 100'000U);
    const auto second = decompress("gzip", as_bytes(packed), 1_MiB, budget);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  }
  EXPECT_EQ(budget->used(), 0U);
}

TEST(Decompress, KnowsWhichNamesItKnows) {
  EXPECT_TRUE(is_supported_encoding("gzip"));
  EXPECT_FALSE(is_supported_encoding("br"));
  EXPECT_TRUE(is_identity_encoding(""));
  EXPECT_EQ(decompress("identity", as_bytes("as it is"), 100)->text(), "as it is");
  EXPECT_EQ(error_of("br", "x", 100), ErrorCode::kUnimplemented);
  EXPECT_EQ(error_of("identity", "too long", 3), ErrorCode::kResourceExhausted);
}

}  // namespace
}  // namespace cairn::net
