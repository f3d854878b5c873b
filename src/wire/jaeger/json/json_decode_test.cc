// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json_decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"
#include "model/text.h"
#include "wire/jaeger/json/json_time.h"

namespace cairn::wire::jaeger {
namespace {

using model::RejectionReason;
using ::testing::HasSubstr;

constexpr std::string_view kTrace = R"({"traceID":"1","spans":[{"traceID":"1","spanID":"2",)"
                                    R"("operationName":"op","references":[{"refType":"CHILD_OF",)"
                                    R"("traceID":"1","spanID":"1"}],"flags":3,"startTime":5,)"
                                    R"("duration":6,"tags":[{"key":"k","type":"int64","value":1}],)"
                                    R"("logs":[{"timestamp":5,"fields":[{"key":"event","type":)"
                                    R"("string","value":"e\u0041"}]}],"processID":"p1",)"
                                    R"("warnings":["w"]}],"processes":{"p1":{"serviceName":"s",)"
                                    R"("tags":[]}},"warnings":null})";
constexpr std::string_view kSpan =
    R"({"traceId":"W47/95gDgQPSabYzgT/GDA==","spanId":"7uGbfsPBsXQ=","startTime":)"
    R"("2023-11-14T22:13:20Z","duration":"1s","tags":[{"key":"k","vStr":"\u0041"}],)"
    R"("process":{"serviceName":"s"},"warnings":["w"]})";

bool is_empty(const model::Batch& batch) {
  return batch.spans.empty() && batch.scopes.empty() && batch.resources.empty();
}

TEST(JaegerJsonDecode, ReadsATraceAnArrayAndAnAnswerOfTheApi) {
  const std::string trace(kTrace);
  std::string texts[3];
  const std::string inputs[] = {trace, "[" + trace + "]",
                                R"({"errors":null,"data":[)" + trace + "]}"};
  for (std::size_t i = 0; i < 3; ++i) {
    model::Batch batch;
    const auto rejections = decode_ui_json(as_bytes(inputs[i]), batch);
    ASSERT_TRUE(rejections) << rejections.error().message;
    EXPECT_EQ(batch.spans.size(), 1U);
    texts[i] = model::to_text(batch);
  }
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_EQ(texts[0], texts[2]);
}

TEST(JaegerJsonDecode, KeepsTheProcessesOfTracesApart) {
  const std::string first = R"({"spans":[{"traceID":"1","spanID":"1","processID":"p1"}],)"
                            R"("processes":{"p1":{"serviceName":"a"}}})";
  const std::string second = R"({"spans":[{"traceID":"2","spanID":"1","processID":"p1"}],)"
                             R"("processes":{"p1":{"serviceName":"b"}}})";
  model::Batch batch;
  const std::string text = "[" + first + "," + second + "]";
  ASSERT_TRUE(decode_ui_json(as_bytes(text), batch));
  ASSERT_EQ(batch.spans.size(), 2U);
  EXPECT_EQ(batch.service_of(batch.spans[0]), "a");
  EXPECT_EQ(batch.service_of(batch.spans[1]), "b");
}

TEST(JaegerJsonDecode, AppendsToABatchThatHasSpans) {
  model::Batch batch;
  ASSERT_TRUE(decode_ui_json(as_bytes(kTrace), batch));
  const std::string with_unknown =
      R"({"spans":[{"traceID":"2","spanID":"1","processID":"gone"},)"
      R"({"traceID":"2","spanID":"2","processID":"p1"}],"processes":{"p0":{},"p1":{"serviceName":"t"}}})";
  const auto rejections = decode_ui_json(as_bytes(with_unknown), batch);
  ASSERT_TRUE(rejections);
  EXPECT_EQ(rejections->of(RejectionReason::kMalformedSpan), 1U);
  ASSERT_EQ(batch.spans.size(), 2U);
  EXPECT_EQ(batch.resources.size(), 2U);
  EXPECT_EQ(batch.scopes.size(), 2U);
  EXPECT_EQ(batch.service_of(batch.spans[0]), "s");
  EXPECT_EQ(batch.service_of(batch.spans[1]), "t");
}

TEST(JaegerJsonDecode, RefusesWhatIsNoTraceAndLeavesNothing) {
  for (const char* bad :
       {"",
        " ",
        "7",
        "null",
        "\"text\"",
        "{",
        "[",
        "{}",
        R"({"resourceSpans":[]})",
        "[7]",
        "[[]]",
        R"({"data":7})",
        R"({"data":{}})",
        R"({"data":[7]})",
        R"({"spans":{}})",
        R"({"spans":[],"processes":[]})",
        R"({"spans":[],"processes":{"p1":7}})",
        R"({"spans":[],"processes":{"p1":null}})",
        R"({"spans":[],"processes":{"p1":{"serviceName":7}}})",
        R"({"spans":[],"processes":{"p1":{"tags":[{"key":"k","type":"bool","value":"x"}]}}})",
        R"({"spans":[]} {"spans":[]})",
        R"({"spans":[]}x)",
        R"([{"spans":[]}]])"}) {
    model::Batch batch;
    const auto result = decode_ui_json(as_bytes(bad), batch);
    ASSERT_FALSE(result) << bad;
    EXPECT_THAT(result.error().message, HasSubstr("Jaeger JSON: ")) << bad;
    EXPECT_TRUE(is_empty(batch)) << bad;
  }
}

TEST(JaegerJsonDecode, ATextCutAnywhereIsAnError) {
  for (std::size_t size = 0; size < kTrace.size(); ++size) {
    model::Batch batch;
    EXPECT_FALSE(decode_ui_json(as_bytes(kTrace.substr(0, size)), batch)) << size;
    EXPECT_TRUE(is_empty(batch)) << size;
  }
  for (std::size_t size = 0; size < kSpan.size(); ++size) {
    model::Batch batch;
    EXPECT_FALSE(decode_span_json(as_bytes(kSpan.substr(0, size)), batch)) << size;
    EXPECT_TRUE(is_empty(batch)) << size;
  }
}

TEST(JaegerJsonDecode, NobodyFollowsDeepNesting) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const std::string& text : {deep, R"({"spans":[],"x":)" + deep + "}",
                                  R"({"spans":[{"tags":[{"key":"k","value":)" + deep + "}]}]}",
                                  R"({"data":[)" + deep + "]}"}) {
    model::Batch batch;
    (void)decode_ui_json(as_bytes(text), batch);
    (void)decode_span_json(as_bytes(text), batch);
    EXPECT_TRUE(is_empty(batch));
  }
}

TEST(JaegerJsonDecode, EmptyTagsCannotGrowManyTimesOver) {
  std::string tags = "{}";
  for (int i = 0; i < 200'000; ++i) tags += ",{}";
  const std::string text = R"({"spans":[{"traceID":"1","spanID":"1","processID":"p","tags":[)" +
                           tags + R"(]}],"processes":{"p":{"serviceName":"s"}}})";
  model::Batch batch;
  const auto result = decode_ui_json(as_bytes(text), batch);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("too many empty elements"));
  EXPECT_TRUE(is_empty(batch));
}

TEST(JaegerJsonDecode, ClampsTimesThatNanosecondsCannotSay) {
  const auto start_of = [](const std::string& micros) {
    const std::string text =
        R"({"spans":[{"traceID":"1","spanID":"1","processID":"p","startTime":)" + micros +
        R"(}],"processes":{"p":{}}})";
    model::Batch batch;
    EXPECT_TRUE(decode_ui_json(as_bytes(text), batch));
    return batch.spans.empty() ? 1 : batch.spans[0].start.unix_nanos;
  };
  EXPECT_EQ(start_of("-1"), 0U);
  EXPECT_EQ(start_of("9223372036854775807"), 18446744073709551000U);
  EXPECT_EQ(start_of("-9223372036854775808"), 0U);
  EXPECT_EQ(start_of("1.7e15"), 1'700'000'000'000'000'000U);
}

TEST(JaegerSpanJson, RejectsASpanWithABadMemberButNotASyntaxError) {
  const struct {
    const char* member;
    RejectionReason reason;
  } cases[] = {
      {R"("traceId":"AQ==")", RejectionReason::kInvalidTraceId},
      {R"("traceId":"?")", RejectionReason::kInvalidTraceId},
      {R"("traceId":7)", RejectionReason::kInvalidTraceId},
      {R"("spanId":"AAAAAAAAAAA=")", RejectionReason::kInvalidSpanId},
      {R"("spanId":"AAAAAAAAAAAAAAAAAAAAAA==")", RejectionReason::kInvalidSpanId},
      {R"("startTime":"yesterday")", RejectionReason::kMalformedSpan},
      {R"("startTime":1700000000)", RejectionReason::kMalformedSpan},
      {R"("duration":"1.5")", RejectionReason::kMalformedSpan},
      {R"("flags":-1)", RejectionReason::kMalformedSpan},
      {R"("tags":7)", RejectionReason::kMalformedSpan},
      {R"("tags":[7])", RejectionReason::kMalformedSpan},
      {R"("tags":[{"vType":"INT64","vInt64":"x"}])", RejectionReason::kMalformedSpan},
      {R"("logs":[{"timestamp":[]}])", RejectionReason::kMalformedSpan},
      {R"("process":[])", RejectionReason::kMalformedSpan},
      {R"("warnings":[{}])", RejectionReason::kMalformedSpan},
      {R"("references":[{"traceId":"AQ=="}])", RejectionReason::kInvalidLink},
  };
  for (const auto& c : cases) {
    std::string text(kSpan);
    text.insert(text.size() - 1, "," + std::string(c.member));
    model::Batch batch;
    const auto rejections = decode_span_json(as_bytes(text), batch);
    ASSERT_TRUE(rejections) << c.member << rejections.error().message;
    EXPECT_EQ(rejections->of(c.reason), 1U) << c.member << rejections->to_text();
    EXPECT_TRUE(is_empty(batch)) << c.member;
    EXPECT_FALSE(decode_span_json(as_bytes(text + "}"), batch));
  }
}

TEST(JaegerSpanJson, OfWarningsThatOccurTwiceTheLastHold) {
  std::string text(kSpan);
  text.insert(text.size() - 1, R"(,"warnings":["last"])");
  model::Batch batch;
  ASSERT_TRUE(decode_span_json(as_bytes(text), batch));
  const std::string shown = model::to_text(batch);
  EXPECT_THAT(shown, HasSubstr("cairn.wire.jaeger.warnings=[\"last\"]"));
  EXPECT_THAT(shown, ::testing::Not(HasSubstr("[\"w\"]")));
}

TEST(JaegerSpanJson, ReadsTimesOfAnyOffsetAndPrecision) {
  const struct {
    const char* text;
    std::int64_t seconds;
    std::int32_t nanos;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0, 0},
      {"2023-11-14T22:13:20Z", 1'700'000'000, 0},
      {"2023-11-14t22:13:20.5z", 1'700'000'000, 500'000'000},
      {"2023-11-15T00:13:20.123456789123+02:00", 1'700'000'000, 123'456'789},
      {"2023-11-14T20:43:20-01:30", 1'700'000'000, 0},
      {"2016-12-31T23:59:60Z", 1'483'228'800, 0},
      {"0001-01-01T00:00:00Z", -62'135'596'800, 0},
      {"9999-12-31T23:59:59.999999999Z", 253'402'300'799, 999'999'999},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_timestamp_text(c.text);
    ASSERT_TRUE(parsed) << c.text;
    EXPECT_EQ(parsed->seconds, c.seconds) << c.text;
    EXPECT_EQ(parsed->nanos, c.nanos) << c.text;
  }
}

TEST(JaegerSpanJson, RefusesWhatIsNoTime) {
  for (const char* bad :
       {"", "2023", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14T22:13Z",
        "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-00-01T00:00:00Z",
        "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z", "2023-01-01T00:00:61Z",
        "2023-01-01T00:00:00.Z", "2023-01-01T00:00:00+2:00", "2023-01-01T00:00:00+24:00",
        "2023-01-01T00:00:00Z ", "-023-01-01T00:00:00Z", "2023-01-01T00:00:00,5Z"}) {
    EXPECT_FALSE(parse_timestamp_text(bad)) << bad;
  }
  for (const char* bad :
       {"", "s", "1", "-s", "1.s", ".5s", "1e3s", "+1s", "1s ", "--1s", "9223372036854775808s"}) {
    EXPECT_FALSE(parse_seconds_text(bad)) << bad;
  }
}

TEST(JaegerSpanJson, ReadsDurationsOfEitherSign) {
  const auto read = [](const char* text) {
    const auto parsed = parse_seconds_text(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? std::pair(parsed->seconds, parsed->nanos) : std::pair<std::int64_t, int>();
  };
  EXPECT_EQ(read("0s"), std::pair(std::int64_t{0}, 0));
  EXPECT_EQ(read("1.5s"), std::pair(std::int64_t{1}, 500'000'000));
  EXPECT_EQ(read("-0.000001s"), std::pair(std::int64_t{0}, -1'000));
  EXPECT_EQ(read("9223372036854775807.9999999999s"), std::pair(INT64_MAX, 999'999'999));
}

}  // namespace
}  // namespace cairn::wire::jaeger
