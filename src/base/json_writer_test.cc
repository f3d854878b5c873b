// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"

#include <cmath>
#include <limits>
#include <utility>

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(JsonWriterTest, WritesNestedValues) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("name", "checkout");
  json.key("list");
  json.begin_array();
  json.number(1);
  json.number(-2.5);
  json.boolean(true);
  json.null();
  json.begin_object();
  json.end_object();
  json.end_array();
  json.member("big", std::numeric_limits<std::uint64_t>::max());
  json.end_object();
  EXPECT_EQ(out, R"({"name":"checkout","list":[1,-2.5,true,null,{}],"big":18446744073709551615})");
}

TEST(JsonWriterTest, EscapesText) {
  std::string out;
  append_json_string(out, std::string_view("a\"\\\n\x01\0", 6));
  EXPECT_EQ(out, R"("a\"\\\n\u0001\u0000")");
}

TEST(JsonWriterTest, FindsWhatNeedsAnEscapeWhereverItIs) {
  for (const auto& [special, escaped] :
       std::initializer_list<std::pair<std::string, std::string>>{{"\"", "\\\""},
                                                                  {"\\", "\\\\"},
                                                                  {"\x1f", "\\u001f"},
                                                                  {"\xff", "\xef\xbf\xbd"},
                                                                  {"\xc3\xa9", "\xc3\xa9"},
                                                                  {"\x7f", "\x7f"},
                                                                  {" ", " "}}) {
    for (std::size_t before = 0; before < 20; ++before) {
      for (std::size_t after = 0; after < 10; ++after) {
        std::string out;
        append_json_string(out, std::string(before, '!') + special + std::string(after, '~'));
        EXPECT_EQ(out, "\"" + std::string(before, '!') + escaped + std::string(after, '~') + "\"");
      }
    }
  }
}

TEST(JsonWriterTest, WritesQuotedNumbersAndHex) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.quoted_number(std::int64_t{-7});
  json.quoted_number(std::numeric_limits<std::uint64_t>::max());
  json.hex(as_bytes("\x0a\xff"));
  json.end_array();
  EXPECT_EQ(out, R"(["-7","18446744073709551615","0aff"])");
}

TEST(JsonWriterTest, EscapesNamesThatAreNotLiterals) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key(std::string_view("a\"b"));
  json.number(1);
  json.member(std::string_view("c\n"), true);
  json.end_object();
  EXPECT_EQ(out, R"({"a\"b":1,"c\n":true})");
}

TEST(JsonWriterTest, ReplacesInvalidUtf8) {
  std::string out;
  append_json_string(out, "a\xff");
  EXPECT_EQ(out, "\"a\xef\xbf\xbd\"");
}

TEST(JsonWriterTest, WritesNanAndInfinityAsStrings) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.number(std::nan(""));
  json.number(-std::numeric_limits<double>::infinity());
  json.end_array();
  EXPECT_EQ(out, R"(["NaN","-Infinity"])");
}

}  // namespace
}  // namespace cairn
