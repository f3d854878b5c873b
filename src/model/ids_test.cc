// SPDX-License-Identifier: Apache-2.0
#include "model/ids.h"

#include <gtest/gtest.h>

namespace cairn::model {
namespace {

TEST(TraceIdTest, PadsShortHex) {
  const auto id = TraceId::from_hex("463AC35c9f6413ad");
  ASSERT_TRUE(id) << id.error().message;
  EXPECT_EQ(id->to_hex(), "0000000000000000463ac35c9f6413ad");
  EXPECT_EQ(TraceId::from_hex("1")->to_hex(), "00000000000000000000000000000001");
}

TEST(TraceIdTest, RefusesWhatIsNoId) {
  EXPECT_FALSE(TraceId::from_hex(""));
  EXPECT_FALSE(TraceId::from_hex("xyz"));
  EXPECT_FALSE(TraceId::from_hex("000000000000000000000000000000001"));
}

TEST(TraceIdTest, ZeroIsInvalid) {
  EXPECT_FALSE(TraceId{}.is_valid());
  EXPECT_TRUE(TraceId::from_hex("1")->is_valid());
}

TEST(SpanIdTest, TakesExactlyEightBytes) {
  SpanId id;
  EXPECT_FALSE(id.assign(as_bytes("1234567")));
  EXPECT_TRUE(id.assign(as_bytes("12345678")));
  EXPECT_EQ(id.to_hex(), "3132333435363738");
}

}  // namespace
}  // namespace cairn::model
