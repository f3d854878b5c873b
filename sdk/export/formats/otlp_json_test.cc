// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/otlp_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/export/formats/json/value_text.h"
#include "sdk/export/formats/testing/golden.h"
#include "sdk/export/formats/testing/sample_batch.h"

namespace cairn::trace::formats {
namespace {

using ::testing::HasSubstr;
using namespace testing;

ProtobufMessage nested_lists(int depth) {
  ProtobufMessage value = text_value("deep");
  for (int i = 0; i < depth; ++i) value = array_value({value});
  return value;
}

TEST(OtlpJson, Golden) {
  expect_golden("otlp.json", indented(to_otlp_json(sample_batch().batch())));
}

TEST(OtlpJson, IsOneLine) {
  EXPECT_EQ(to_otlp_json(sample_batch().batch()).find('\n'), std::string::npos);
}

TEST(OtlpJson, LeavesOutWhatIsZero) {
  BatchBuilder builder;
  builder.scope("").span(span_message('\1', '\2', ""));
  EXPECT_EQ(to_otlp_json(builder.batch()),
            R"({"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{)"
            R"("traceId":"01010101010101010101010101010101","spanId":"0202020202020202",)"
            R"("name":"","kind":1,"startTimeUnixNano":"0","endTimeUnixNano":"0"}]}]}]})");
}

TEST(OtlpJson, ListsThatLieTooDeepAreEmptyValues) {
  BatchBuilder builder;
  builder.span(span_message('\1', '\2', "x").message(9, attribute("deep", nested_lists(3000))));
  const std::string json = to_otlp_json(builder.batch());
  EXPECT_THAT(json, HasSubstr(R"({"arrayValue":{"values":[{}]}})"));
  EXPECT_LT(json.size(), 3000U);
}

std::string text_of(const ProtobufMessage& value) {
  std::string text;
  append_text(AnyValueView(value.view()), text);
  return text;
}

// Source: OpenTelemetry common, "AnyValue representation for non-OTLP protocols".
TEST(ValueText, IsJsonWithinListsAndMapsOnly) {
  EXPECT_EQ(text_of(text_value("hello world")), "hello world");
  EXPECT_EQ(text_of(bool_value(true)), "true");
  EXPECT_EQ(text_of(int_value(-123)), "-123");
  EXPECT_EQ(text_of(double_value(3.14159)), "3.14159");
  EXPECT_EQ(text_of(double_value(-INFINITY)), "-Infinity");
  EXPECT_EQ(text_of(bytes_value("hello world")), "aGVsbG8gd29ybGQ=");
  EXPECT_EQ(text_of(ProtobufMessage()), "");
  EXPECT_EQ(text_of(array_value({int_value(1), text_value("a\"b"), ProtobufMessage(),
                                 double_value(NAN), bytes_value("f")})),
            R"([1,"a\"b",null,"NaN","Zg=="])");
  EXPECT_EQ(text_of(map_value({attribute("a", "1"), attribute("b", map_value({}))})),
            R"({"a":"1","b":{}})");
}

TEST(ValueText, IsNullWhereListsLieTooDeep) {
  const std::string text = text_of(nested_lists(3000));
  EXPECT_EQ(text, std::string(kMaxValueDepth, '[') + "null" + std::string(kMaxValueDepth, ']'));
}

}  // namespace
}  // namespace cairn::trace::formats
