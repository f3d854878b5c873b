// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

// The vectors of RFC 4648 §10.
TEST(Base64Test, WritesAndReadsTheRfcVectors) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(to_base64(as_bytes(plain)), coded);
    const auto read = from_base64(coded);
    ASSERT_TRUE(read) << coded;
    EXPECT_EQ(as_text(*read), plain);
  }
}

TEST(Base64Test, ReadsTheUrlAlphabetAndMissingPadding) {
  EXPECT_EQ(from_base64("_-8"), from_base64("/+8="));
}

TEST(Base64Test, RefusesWhatIsNotBase64) {
  EXPECT_FALSE(from_base64("Zg=a"));
  EXPECT_FALSE(from_base64("Z"));
  EXPECT_FALSE(from_base64("Zm 8"));
  EXPECT_FALSE(from_base64("===="));
}

}  // namespace
}  // namespace cairn
