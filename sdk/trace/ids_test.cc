// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <cairn/trace/ids.h>
#include <gtest/gtest.h>

namespace cairn::trace {
namespace {

template <class Id>
std::string hex_of(const Id& id) {
  std::string hex(Id::kHexSize, '?');
  id.to_hex(hex.data());
  return hex;
}

TEST(SdkIds, ADefaultIdIsInvalid) {
  EXPECT_FALSE(TraceId().is_valid());
  EXPECT_FALSE(SpanId().is_valid());
}

TEST(SdkIds, OneSetBitAnywhereMakesAnIdValid) {
  for (std::size_t i = 0; i < 16; ++i) {
    TraceId id;
    id.bytes[i] = 1;
    EXPECT_TRUE(id.is_valid()) << i;
  }
  for (std::size_t i = 0; i < 8; ++i) {
    SpanId id;
    id.bytes[i] = 0x80;
    EXPECT_TRUE(id.is_valid()) << i;
  }
}

TEST(SdkIds, HexIsInTheOrderOfTheBytes) {
  TraceId trace;
  ASSERT_TRUE(TraceId::from_hex("0af7651916cd43dd8448eb211c80319c", trace));
  EXPECT_EQ(trace.bytes[0], 0x0a);
  EXPECT_EQ(trace.bytes[15], 0x9c);
  EXPECT_EQ(hex_of(trace), "0af7651916cd43dd8448eb211c80319c");
  SpanId span;
  ASSERT_TRUE(SpanId::from_hex("b7ad6b7169203331", span));
  EXPECT_EQ(span.bytes[0], 0xb7);
  EXPECT_EQ(hex_of(span), "b7ad6b7169203331");
}

TEST(SdkIds, EveryByteSurvivesHex) {
  for (unsigned value = 0; value < 256; ++value) {
    SpanId id, again;
    for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(value);
    ASSERT_TRUE(SpanId::from_hex(hex_of(id), again));
    EXPECT_EQ(id, again);
  }
}

TEST(SdkIds, AcceptsZerosAsHex) {
  SpanId id;
  EXPECT_TRUE(SpanId::from_hex("0000000000000000", id));
  EXPECT_FALSE(id.is_valid());
}

TEST(SdkIds, RefusesOtherLengthsAndLeavesTheIdAlone) {
  SpanId id, before;
  ASSERT_TRUE(SpanId::from_hex("b7ad6b7169203331", id));
  before = id;
  for (const char* hex :
       {"", "b7", "b7ad6b716920333", "b7ad6b71692033311", "0af7651916cd43dd8448eb211c80319c"}) {
    EXPECT_FALSE(SpanId::from_hex(hex, id)) << hex;
  }
  EXPECT_EQ(id, before);
}

TEST(SdkIds, RefusesEveryByteThatIsNoLowercaseHexDigitAtEveryPlace) {
  const std::string good = "b7ad6b7169203331";
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      const char digit = static_cast<char>(byte);
      const bool lower = (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
      std::string hex = good;
      hex[place] = digit;
      SpanId id;
      EXPECT_EQ(SpanId::from_hex(hex, id), lower) << place << " " << byte;
    }
  }
}

}  // namespace
}  // namespace cairn::trace
