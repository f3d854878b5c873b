// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "model/testing.h"
#include "model/text.h"

namespace cairn::wire::otlp {
namespace {

using model::RejectionReason;

constexpr std::string_view kSpan =
    R"("traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"a1a2a3a4a5a6a7a8")";

std::string request_of(const std::string& spans) {
  return R"({"resourceSpans":[{"scopeSpans":[{"spans":[)" + spans + "]}]}]}";
}
std::string span_with(const std::string& members) {
  return "{" + std::string(kSpan) + (members.empty() ? "" : ",") + members + "}";
}

model::Rejections decode(const std::string& json, model::Batch& batch) {
  auto rejections = decode_traces_json(as_bytes(json), batch);
  EXPECT_TRUE(rejections) << json << (rejections ? "" : rejections.error().message);
  return std::move(rejections).value_or({});
}

std::string error_of(const std::string& json) {
  model::Batch batch;
  const auto result = decode_traces_json(as_bytes(json), batch);
  EXPECT_TRUE(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty());
  if (result) return "no error";
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  return result.error().message;
}

TEST(OtlpJson, TheRequestMayBeFreedAfterwards) {
  auto json = std::make_unique<std::string>(request_of(span_with(R"("name":"GET \/cart")")));
  model::Batch batch;
  decode(*json, batch);
  json.reset();
  EXPECT_EQ(batch.spans.at(0).name, "GET /cart");
}

TEST(OtlpJson, AnEmptyRequestIsValid) {
  for (const char* json : {"{}", R"({"resourceSpans":[]})", R"({"resourceSpans":null})",
                           R"({"resourceSpans":[{},{"scopeSpans":[{}]}]})"}) {
    model::Batch batch;
    EXPECT_FALSE(decode(json, batch).any());
    EXPECT_TRUE(batch.resources.empty() && batch.scopes.empty());
  }
}

TEST(OtlpJson, SyntaxErrorsFailTheRequest) {
  const std::string good = span_with("");
  for (const std::string& bad :
       {std::string(), std::string("  "), std::string("{"), std::string("nul"), std::string("[]"),
        request_of(good) + "x", request_of(good) + "{}", request_of(good + "," + good + "]"),
        request_of(good + good), request_of(good).substr(0, 90),
        request_of(span_with(R"("name":"no end)")), request_of(span_with("\"name\":\"\xff\"")),
        request_of(span_with("\"name\":\"line\nbreak\"")),
        request_of(span_with(R"("name" "x")"))}) {
    EXPECT_THAT(error_of(bad), ::testing::StartsWith("OTLP JSON: ")) << bad;
  }
}

TEST(OtlpJson, SaysWhatWasExpectedWhere) {
  EXPECT_EQ(error_of(R"({"resourceSpans":{}})"),
            "OTLP JSON: resourceSpans must be an array, at byte 17");
  EXPECT_EQ(error_of(R"({"resourceSpans":[{"schemaUrl":7}]})"),
            "OTLP JSON: schemaUrl must be a string, at byte 31");
  EXPECT_EQ(error_of(R"({"resourceSpans":[7]})"),
            "OTLP JSON: resourceSpans must be an object, at byte 18");
}

TEST(OtlpJson, AnErrorNamesItsOwnMemberNotThatOfABadSpanBefore) {
  const std::string bad_span = request_of(span_with(R"("name":5)"));
  const std::string groups = bad_span.substr(0, bad_span.size() - 2);
  EXPECT_THAT(error_of(groups + R"(,{"schemaUrl":7}]})"),
              ::testing::StartsWith("OTLP JSON: schemaUrl must be a string"));
}

TEST(OtlpJson, OfAValueGivenTwiceTheLastOneHoldsEvenWhenItIsEmpty) {
  model::Batch batch;
  decode(request_of(span_with(R"("attributes":[{"value":{"intValue":1},"value":{}}])")), batch);
  EXPECT_TRUE(batch.spans.at(0).attributes[0].value.is(model::AnyValue::Kind::kEmpty));
}

TEST(OtlpJson, AnIntValuePast64BitsIsKeptAsADouble) {
  model::Batch batch;
  decode(request_of(span_with(
             R"("attributes":[{"key":"max","value":{"intValue":1.7976931348623157e308}}])")),
         batch);
  EXPECT_EQ(batch.spans.at(0).attributes[0].value, model::AnyValue::real(1.7976931348623157e308));
}

TEST(OtlpJson, SiblingsOfABadSpanAreKept) {
  const std::string bad =
      span_with(R"("attributes":[{"key":"lost"},{"key":{"a":[1,2]}}],"name":"n")");
  model::Batch batch;
  const auto rejections =
      decode(request_of(bad + "," + span_with(R"("attributes":[{"key":"kept"}])")), batch);
  EXPECT_EQ(rejections.of(RejectionReason::kMalformedSpan), 1U);
  ASSERT_EQ(batch.spans.size(), 1U);
  ASSERT_EQ(batch.spans[0].attributes.size(), 1U);
  EXPECT_EQ(batch.spans[0].attributes[0].key, "kept");
}

TEST(OtlpJson, DeepNestingNeitherRecursesNorFails) {
  std::string value = R"({"stringValue":"deep"})";
  for (int i = 0; i < 120; ++i) value = R"({"arrayValue":{"values":[)" + value + "]}}";
  model::Batch batch;
  EXPECT_FALSE(
      decode(request_of(span_with(R"("attributes":[{"key":"k","value":)" + value + "}]")), batch)
          .any());
  EXPECT_EQ(model::to_text(batch.spans.at(0).attributes[0].value),
            std::string(32, '[') + "empty" + std::string(32, ']'));

  EXPECT_THAT(error_of(R"({"resourceSpans":)" + std::string(100'000, '[') + "}"),
              ::testing::StartsWith("OTLP JSON: "));
}

TEST(OtlpJson, ManyTinyElementsAreRefusedBeforeTheyFillTheMemory) {
  std::string events = "{}";
  for (int i = 0; i < 100'000; ++i) events += ",{}";  // 3 bytes here, 64 in memory
  const std::string json =
      request_of(span_with("\"events\":[" + events + "]") + "," + span_with(""));
  model::Batch batch;
  EXPECT_EQ(decode(json, batch).of(RejectionReason::kTooLarge), 1U);
  EXPECT_EQ(batch.spans.size(), 1U);
  EXPECT_LT(batch.arena.reserved_bytes(), 10 * json.size());
}

TEST(OtlpJson, EncodesValidJsonWhateverTheText) {
  model::TestBatch t;
  t.span("01", "0a", "bad \xff utf-8 \x01 \"").attribute("k\xc0", "v\n");
  std::string json;
  encode_traces_json(t.batch(), json);
  const auto parsed = nlohmann::json::parse(json);
  const auto& span = parsed["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
  EXPECT_EQ(span["name"], "bad \xef\xbf\xbd utf-8 \x01 \"");
  EXPECT_EQ(span["attributes"][0]["value"]["stringValue"], "v\n");
  EXPECT_EQ(span["startTimeUnixNano"], "1700000000000000000");
}

TEST(OtlpJson, AnEmptyBatchIsAnEmptyList) {
  std::string json;
  encode_traces_json({}, json);
  EXPECT_EQ(json, R"({"resourceSpans":[]})");
}

TEST(OtlpJson, ResponsesSpellWhatWasRejected) {
  EXPECT_EQ(encode_export_response_json(0, ""), R"({"partialSuccess":{}})");
  EXPECT_EQ(encode_export_response_json(3, "bad \"ids\""),
            R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"bad \"ids\""}})");
  EXPECT_EQ(encode_status_json(3, "bad"), R"({"code":3,"message":"bad"})");
}

}  // namespace
}  // namespace cairn::wire::otlp
