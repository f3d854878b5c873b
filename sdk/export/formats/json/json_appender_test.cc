// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/json/json_appender.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "sdk/export/formats/json/utf8.h"

namespace cairn::trace::formats {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  JsonAppender(out).string(text);
  return out;
}

std::string real(double value) {
  std::string out;
  JsonAppender(out).real(value);
  return out;
}

TEST(JsonAppender, PutsCommasBetweenMembersAndElements) {
  std::string out;
  JsonAppender json(out);
  json.begin_object();
  json.key("a").number(std::int64_t{-1});
  json.key("b").begin_array();
  json.begin_object();
  json.end_object();
  json.begin_array();
  json.end_array();
  json.null();
  json.end_array();
  json.key("c").boolean(false);
  json.key("d").quoted(std::numeric_limits<std::uint64_t>::max());
  json.end_object();
  EXPECT_EQ(out, R"({"a":-1,"b":[{},[],null],"c":false,"d":"18446744073709551615"})");
}

TEST(JsonAppender, EscapesWhatJsonMayNotHold) {
  EXPECT_EQ(quoted("plain /path"), R"("plain /path")");
  EXPECT_EQ(quoted("\"\\"), R"("\"\\")");
  EXPECT_EQ(quoted(std::string_view("\0\n\r\t\x1F\x7F", 6)), "\"\\u0000\\n\\r\\t\\u001f\x7F\"");
  EXPECT_EQ(quoted(""), R"("")");
}

TEST(JsonAppender, KeepsCharactersAndReplacesOtherBytes) {
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(quoted("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
            "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
  EXPECT_EQ(quoted("\xFF"), '"' + mark + '"');
  EXPECT_EQ(quoted("\xC3"), '"' + mark + '"');      // cut off
  EXPECT_EQ(quoted("\xE2\x82"), '"' + mark + '"');  // one run, one mark
  EXPECT_EQ(quoted("\xE2\x82z"), '"' + mark + "z\"");
  EXPECT_EQ(quoted("\xC0\x80"), '"' + mark + mark + '"');                        // overlong
  EXPECT_EQ(quoted("\xED\xA0\x80"), '"' + mark + mark + mark + '"');             // a surrogate
  EXPECT_EQ(quoted("\xF4\x90\x80\x80"), '"' + mark + mark + mark + mark + '"');  // past U+10FFFF
  EXPECT_EQ(quoted("\xF0\x9F\x98"), '"' + mark + '"');
}

TEST(JsonAppender, WritesTheShortestDoubleThatReadsBackEqual) {
  EXPECT_EQ(real(0.1), "0.1");
  EXPECT_EQ(real(1), "1");
  EXPECT_EQ(real(-0.0), "-0");
  EXPECT_EQ(real(1e300), "1e+300");
  EXPECT_EQ(real(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(real(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(real(std::nan("")), R"("NaN")");
  EXPECT_EQ(real(INFINITY), R"("Infinity")");
  EXPECT_EQ(real(-INFINITY), R"("-Infinity")");
}

// Source: RFC 4648, "Test Vectors".
TEST(JsonAppender, PadsBase64) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"},
                                                         {"\xFB\xFF", "+/8="}};
  for (const auto& [bytes, text] : vectors) {
    std::string out;
    append_base64(bytes, out);
    EXPECT_EQ(out, text);
  }
}

TEST(JsonAppender, WritesHexInLowerCase) {
  const std::uint8_t bytes[] = {0x00, 0xAB, 0xFF};
  std::string out;
  JsonAppender(out).hex(bytes, sizeof bytes);
  EXPECT_EQ(out, R"("00abff")");
}

}  // namespace
}  // namespace cairn::trace::formats
