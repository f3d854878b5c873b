// SPDX-License-Identifier: Apache-2.0
#include "sampling/adaptive/adaptive_state.h"

#include <filesystem>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::sampling {
namespace {

AdaptiveState example() {
  return {.services = {
              {"cart", 0.001, {{"GET \"/\"", 0.02, 300, 6.5}, {"", 1, 0, 0}}},
              {"web", 1, {}},
          }};
}

ErrorCode code_of(const std::string& bytes) {
  const auto state = decode_state(as_bytes(bytes));
  EXPECT_FALSE(state) << bytes;
  return state ? ErrorCode::kInternal : state.error().code;
}

TEST(AdaptiveState, ReadsBackWhatItWrote) {
  EXPECT_EQ(decode_state(as_bytes(encode_state(example()))).value(), example());
  EXPECT_EQ(decode_state(as_bytes(encode_state({}))).value(), AdaptiveState{});
}

// Version 1 as it lies on disks.
TEST(AdaptiveState, ReadsVersionOne) {
  const std::string golden =
      "cairn adaptive sampling 1 247279a62405c2e9\n"
      R"({"services":[{"service":"cart","default_probability":0.001,"operations":[)"
      R"({"operation":"GET \"/\"","probability":0.02,"samples":300,"exposure":6.5},)"
      R"({"operation":"","probability":1,"samples":0,"exposure":0}]},)"
      R"({"service":"web","default_probability":1,"operations":[]}]})"
      "\n";
  EXPECT_EQ(encode_state(example()), golden);
  EXPECT_EQ(decode_state(as_bytes(golden)).value(), example());
}

TEST(AdaptiveState, RefusesEveryFlippedByteAndEveryCut) {
  const std::string good = encode_state(example());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(decode_state(as_bytes(bad))) << i;
    EXPECT_FALSE(decode_state(as_bytes(good.substr(0, i)))) << i;
  }
}

TEST(AdaptiveState, SaysWhichVersionItDoesNotKnow) {
  EXPECT_EQ(code_of("cairn adaptive sampling 2 whatever"), ErrorCode::kUnimplemented);
  EXPECT_EQ(code_of("something else"), ErrorCode::kCorruption);
}

TEST(AdaptiveState, RefusesNumbersThatMakeNoSense) {
  for (const AdaptiveState& bad :
       {AdaptiveState{{{"", 0.5, {}}}}, AdaptiveState{{{"a", 0, {}}}},
        AdaptiveState{{{"a", 1.5, {}}}}, AdaptiveState{{{"a", 0.5, {{"op", -1, 0, 0}}}}},
        AdaptiveState{{{"a", 0.5, {{"op", 0.5, -1, 0}}}}},
        AdaptiveState{{{"a", 0.5, {{"op", 0.5, 0, std::numeric_limits<double>::infinity()}}}}}}) {
    EXPECT_EQ(code_of(encode_state(bad)), ErrorCode::kCorruption);
  }
}

TEST(AdaptiveState, ReplacesItsFileWhole) {
  const std::string path = testing::TempDir() + "/adaptive_state_file";
  std::filesystem::remove(path);
  EXPECT_EQ(read_state(path).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_state(path, {}));
  ASSERT_TRUE(write_state(path, example()));
  EXPECT_EQ(read_state(path).value(), example());
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace cairn::sampling
