// SPDX-License-Identifier: Apache-2.0
#include "wire/json/scalar.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace cairn::wire::json {
namespace {

TEST(JsonScalar, ReadsIntegersBareAndQuoted) {
  EXPECT_EQ(parse_int64("-12"), -12);
  EXPECT_EQ(parse_int64("\"-9223372036854775808\""), INT64_MIN);
  EXPECT_EQ(parse_uint64("\"18446744073709551615\""), UINT64_MAX);
  EXPECT_EQ(parse_uint64("1.7e18"), 1'700'000'000'000'000'000U);
  EXPECT_EQ(parse_int64("-2.0"), -2);
  EXPECT_EQ(parse_uint32("4294967295"), UINT32_MAX);
  EXPECT_EQ(parse_int32("-1"), -1);
}

TEST(JsonScalar, RefusesWhatIsNoIntegerOfThatRange) {
  for (const char* bad : {"", "\"\"", "\"", "-", "1.5", "1e999", "nan", "inf", "\"inf\"", "true",
                          "{", "1x", "+1", " 1", "0x10", "9223372036854775808", "1e19", "\"1\"2"}) {
    EXPECT_EQ(parse_int64(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(parse_uint64("-1"), std::nullopt);
  EXPECT_EQ(parse_uint64("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_uint32("4294967296"), std::nullopt);
  EXPECT_EQ(parse_int32("2147483648"), std::nullopt);
}

TEST(JsonScalar, ReadsDoublesAndTheirNames) {
  EXPECT_EQ(parse_double("1.5"), 1.5);
  EXPECT_EQ(parse_double("\"-2e3\""), -2000.0);
  EXPECT_TRUE(std::isnan(parse_double("\"NaN\"").value()));
  EXPECT_EQ(parse_double("\"Infinity\""), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_double("\"-Infinity\""), -std::numeric_limits<double>::infinity());
  for (const char* bad : {"NaN", "\"nan\"", "\"inf\"", "infinity", "-", "1e999", "\"\"", "null"}) {
    EXPECT_EQ(parse_double(bad), std::nullopt) << bad;
  }
}

TEST(JsonScalar, UnescapesText) {
  Arena arena;
  EXPECT_EQ(parse_string(R"("")", arena), "");
  EXPECT_EQ(parse_string(R"("a\"\\\/\b\f\n\r\tz")", arena), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(parse_string(R"("\u0041\u00e9\u2603\ud83c\udf88")", arena),
            "A\xc3\xa9\xe2\x98\x83\xf0\x9f\x8e\x88");
  EXPECT_EQ(parse_string(R"("\u0000")", arena), std::string_view("\0", 1));
}

TEST(JsonScalar, ALoneSurrogateBecomesTheReplacementCharacter) {
  Arena arena;
  EXPECT_EQ(parse_string(R"("\ud83c")", arena), "\xef\xbf\xbd");
  EXPECT_EQ(parse_string(R"("\udf88x")", arena), "\xef\xbf\xbdx");
  EXPECT_EQ(parse_string(R"("\ud83c\u0041")", arena),
            "\xef\xbf\xbd"
            "A");
  EXPECT_EQ(parse_string(R"("\ud83cA")", arena),
            "\xef\xbf\xbd"
            "A");
}

TEST(JsonScalar, RefusesBrokenEscapes) {
  Arena arena;
  for (const char* bad :
       {R"("\x")", R"("\u12")", R"("\u12g4")", R"("\ud83c\u12")", R"("no end)", "7", "\""}) {
    EXPECT_EQ(parse_string(bad, arena), std::nullopt) << bad;
  }
}

TEST(JsonScalar, ReadsIdsOfExactLength) {
  std::array<std::byte, 2> id{};
  EXPECT_TRUE(parse_hex("\"0aFf\"", id));
  EXPECT_EQ(id[1], std::byte{0xff});
  for (const char* bad : {"\"0a\"", "\"0aff00\"", "\"0agg\"", "0aff", "\"\""}) {
    EXPECT_FALSE(parse_hex(bad, id)) << bad;
  }
}

TEST(JsonScalar, ReadsBase64OfBothAlphabets) {
  Arena arena;
  const ByteView bytes = parse_base64("\"_-8=\"", arena).value();
  EXPECT_EQ(as_text(bytes), "\xff\xef");
  EXPECT_EQ(parse_base64("\"\\/+8=\"", arena).value().size(), 2U);
  EXPECT_EQ(parse_base64("\"a\"", arena), std::nullopt);
}

}  // namespace
}  // namespace cairn::wire::json
