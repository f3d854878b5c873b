// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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
