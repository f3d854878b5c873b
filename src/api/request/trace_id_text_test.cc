// SPDX-License-Identifier: Apache-2.0
#include "api/request/trace_id_text.h"

#include <gtest/gtest.h>

namespace cairn::api::request {
namespace {

constexpr std::string_view kHex = "5b8efff798038103d269b633813fc60c";

TEST(ParseTraceId, ReadsHexOfAnyLengthAndCase) {
  EXPECT_EQ(parse_trace_id(kHex).value().to_hex(), kHex);
  EXPECT_EQ(parse_trace_id("5B8EFFF798038103D269B633813FC60C").value().to_hex(), kHex);
  EXPECT_EQ(parse_trace_id("a").value().to_hex(), "0000000000000000000000000000000a");
}

TEST(ParseTraceId, ReadsBase64OfBothAlphabets) {
  EXPECT_EQ(parse_trace_id("W47/95gDgQPSabYzgT/GDA==").value().to_hex(), kHex);
  EXPECT_EQ(parse_trace_id("W47_95gDgQPSabYzgT_GDA").value().to_hex(), kHex);
  EXPECT_EQ(parse_trace_id("0mm2M4E/xgw=").value().to_hex(), "0000000000000000d269b633813fc60c");
}

TEST(ParseTraceId, RefusesEverythingElse) {
  EXPECT_FALSE(parse_trace_id(""));
  EXPECT_FALSE(parse_trace_id("0"));
  EXPECT_FALSE(parse_trace_id("00000000000000000000000000000000"));
  EXPECT_FALSE(parse_trace_id("not an id"));
  EXPECT_FALSE(parse_trace_id("aGVsbG8="));
  EXPECT_FALSE(parse_trace_id(std::string(33, 'a')));
  EXPECT_FALSE(parse_trace_id(std::string(1000, 'a')));
}

}  // namespace
}  // namespace cairn::api::request
