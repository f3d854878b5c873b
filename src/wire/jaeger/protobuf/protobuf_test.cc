// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/protobuf.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/reserved.h"
#include "model/testing.h"
#include "model/text.h"
#include "wire/jaeger/testing.h"

namespace cairn::wire::jaeger {
namespace {

using model::RejectionReason;
using ::testing::HasSubstr;
using testing::jaeger_types;
using testing::kIds;

// What decode_post_spans makes of a request in protobuf's text form.
struct Decoded {
  explicit Decoded(const std::string& text)
      : bytes(jaeger_types().bytes("PostSpansRequest", text)) {
    const auto result = decode_post_spans(as_bytes(bytes), batch);
    EXPECT_TRUE(result) << result.error().message;
    if (result) rejections = *result;
  }
  std::string bytes;
  model::Batch batch;
  model::Rejections rejections;
};

std::string one_span(const std::string& fields) {
  return "batch { spans { " + kIds + fields + " } process { service_name: 's' } }";
}

TEST(JaegerProtobuf, AnEmptyRequestIsValid) {
  model::Batch batch;
  EXPECT_TRUE(decode_post_spans({}, batch));
  EXPECT_TRUE(Decoded("batch { process { service_name: 's' } }").batch.resources.empty());
  EXPECT_TRUE(batch.empty());
}

TEST(JaegerProtobuf, SpansWithoutAProcessBelongToTheBatchsWhereverItStands) {
  const Decoded d("batch { spans { " + kIds + " } spans { " + kIds +
                  "process { service_name: 'own' } } spans { " + kIds +
                  "} process { service_name: 'of batch' } }");
  ASSERT_EQ(d.batch.spans.size(), 3U);
  EXPECT_EQ(d.batch.service_of(d.batch.spans[0]), "of batch");
  EXPECT_EQ(d.batch.service_of(d.batch.spans[1]), "own");
  EXPECT_EQ(d.batch.service_of(d.batch.spans[2]), "of batch");
  EXPECT_EQ(d.batch.resources.size(), 2U);
}

TEST(JaegerProtobuf, EqualProcessesOfTheirOwnAreOneResource) {
  const std::string span = "spans { " + kIds + "process { service_name: 'own' } } ";
  const Decoded d("batch { " + span + span + span + "}");
  EXPECT_EQ(d.batch.spans.size(), 3U);
  EXPECT_EQ(d.batch.resources.size(), 1U);
}

TEST(JaegerProtobuf, TheBatchsProcessNotNeededLeavesNoTrace) {
  const Decoded d("batch { spans { " + kIds +
                  "process { service_name: 'own' } } process { service_name: 'of batch' } }");
  ASSERT_EQ(d.batch.resources.size(), 1U);
  EXPECT_EQ(d.batch.resources[0].service_name(), "own");
}

TEST(JaegerProtobuf, AProcessInTwoPiecesIsMerged) {
  const std::string bytes =
      jaeger_types().bytes("PostSpansRequest", one_span("")) +
      jaeger_types().bytes("PostSpansRequest", "batch { process { tags { key: 'k' } } }");
  model::Batch batch;
  ASSERT_TRUE(decode_post_spans(as_bytes(bytes), batch));
  EXPECT_THAT(model::to_text(batch), HasSubstr("resource service.name=\"s\" k=\"\"\n"));
}

TEST(JaegerProtobuf, RejectsSpansWithoutUsableIdsAndKeepsTheirSiblings) {
  const struct {
    const char* fields;
    RejectionReason reason;
  } cases[] = {
      {"", RejectionReason::kInvalidTraceId},
      {R"(trace_id: "\001")", RejectionReason::kInvalidTraceId},
      {R"(trace_id: "\000\000\000\000\000\000\000\000")", RejectionReason::kInvalidTraceId},
      {R"(trace_id: "12345678123456781" span_id: "12345678")", RejectionReason::kInvalidTraceId},
      {R"(trace_id: "12345678")", RejectionReason::kInvalidSpanId},
      {R"(trace_id: "12345678" span_id: "1234567")", RejectionReason::kInvalidSpanId},
      {R"(trace_id: "12345678" span_id: "1234567812345678")", RejectionReason::kInvalidSpanId},
      {R"(trace_id: "12345678" span_id: "12345678" references { trace_id: "1" })",
       RejectionReason::kInvalidLink},
      {R"(trace_id: "12345678" span_id: "12345678" references { span_id: "1" })",
       RejectionReason::kInvalidLink},
  };
  for (const auto& c : cases) {
    const Decoded d("batch { spans { " + std::string(c.fields) + " } spans { " + kIds + " } }");
    EXPECT_EQ(d.rejections.of(c.reason), 1U) << c.fields;
    EXPECT_EQ(d.rejections.total(), 1U) << c.fields;
    EXPECT_EQ(d.batch.spans.size(), 1U) << c.fields;
  }
}

TEST(JaegerProtobuf, TraceIdsOfEightBytesAreTheLowHalf) {
  const Decoded d(R"(batch { spans { trace_id: "\001\002\003\004\005\006\007\010" )"
                  R"(span_id: "\241\242\243\244\245\246\247\250" } })");
  ASSERT_EQ(d.batch.spans.size(), 1U);
  EXPECT_EQ(d.batch.spans[0].trace_id, model::trace_id("0102030405060708"));
}

TEST(JaegerProtobuf, ReadsEveryTypeOfTagAsItsTypeSaysWhateverElseIsThere) {
  const Decoded d(one_span(R"(
      tags { key: 's' v_str: 'text' v_int64: 3 }
      tags { key: 'b' v_type: BOOL v_bool: true v_str: 'no' }
      tags { key: 'b0' v_type: BOOL }
      tags { key: 'i' v_type: INT64 v_int64: -5 }
      tags { key: 'd' v_type: FLOAT64 v_float64: 0.5 }
      tags { key: 'x' v_type: BINARY v_binary: "\377" }
      tags { key: 'later' v_type: 9 v_str: 'as text' })"));
  EXPECT_THAT(model::to_text(d.batch),
              HasSubstr("attribute s=\"text\"\n      attribute b=true\n      attribute b0=false\n"
                        "      attribute i=-5\n      attribute d=0.5\n      attribute x=bytes:ff\n"
                        "      attribute later=\"as text\"\n"));
}

TEST(JaegerProtobuf, ClampsTimesThatNanosecondsCannotSay) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  const struct {
    const char* fields;
    std::uint64_t start;
    std::uint64_t end;
  } cases[] = {
      {"", 0, 0},
      {"start_time { seconds: 1 nanos: 5 } duration { nanos: 7 }", 1'000'000'005, 1'000'000'012},
      {"start_time { seconds: 3 } duration { seconds: -1 nanos: -5 }", 3'000'000'000,
       1'999'999'995},
      {"start_time { seconds: 3 } duration { seconds: -9 }", 3'000'000'000, 0},
      {"start_time { seconds: -62135596800 } duration { seconds: 1 }", 0, 1'000'000'000},
      {"start_time { seconds: 2 nanos: -1 } duration { seconds: -1 nanos: 1 }", 1'999'999'999,
       1'000'000'000},
      {"start_time { seconds: 1 nanos: 2000000000 }", 3'000'000'000, 3'000'000'000},
      {"start_time { seconds: 18446744073 nanos: 709551615 } duration { nanos: 1 }", kMost, kMost},
      {"start_time { seconds: 18446744073 nanos: 709551616 }", kMost, kMost},
      {"start_time { seconds: 9223372036854775807 nanos: 2147483647 }", kMost, kMost},
      {"start_time { seconds: -9223372036854775808 nanos: -2147483648 }", 0, 0},
      {"start_time { seconds: 5 } duration { seconds: 9223372036854775807 }", 5'000'000'000, kMost},
      {"start_time { seconds: 5 } duration { seconds: -9223372036854775808 }", 5'000'000'000, 0},
  };
  for (const auto& c : cases) {
    const Decoded d(one_span(c.fields));
    ASSERT_EQ(d.batch.spans.size(), 1U) << c.fields;
    EXPECT_EQ(d.batch.spans[0].start.unix_nanos, c.start) << c.fields;
    EXPECT_EQ(d.batch.spans[0].end.unix_nanos, c.end) << c.fields;
  }
}

TEST(JaegerProtobuf, WritesTimesThatReadBackExactly) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  const std::pair<std::uint64_t, std::uint64_t> cases[] = {
      {0, 0},        {0, kMost}, {kMost, 0}, {1, 2}, {2, 1}, {1'999'999'999, 1'000'000'000},
      {kMost, kMost}};
  for (const auto& [start, end] : cases) {
    model::TestBatch t;
    t.span("01", "02");
    t.last().start.unix_nanos = start;
    t.last().end.unix_nanos = end;
    const std::string bytes = encode_post_spans(t.batch());
    model::Batch again;
    ASSERT_TRUE(decode_post_spans(as_bytes(bytes), again));
    EXPECT_EQ(again.spans[0].start.unix_nanos, start);
    EXPECT_EQ(again.spans[0].end.unix_nanos, end);
  }
}

TEST(JaegerProtobuf, FlagsAndWarningsComeBack) {
  const Decoded d(one_span("flags: 3 warnings: 'clock' warnings: 'late'"));
  ASSERT_EQ(d.batch.spans.size(), 1U);
  EXPECT_EQ(d.batch.spans[0].flags, 1U);
  EXPECT_THAT(model::to_text(d.batch),
              HasSubstr("attribute cairn.wire.jaeger.warnings=[\"clock\", \"late\"]\n"));
  const auto message = jaeger_types().make("Span");
  ASSERT_TRUE(message->ParseFromString(encode_span(d.batch, d.batch.spans[0])));
  EXPECT_THAT(message->ShortDebugString(), HasSubstr("flags: 3 "));
  EXPECT_THAT(message->ShortDebugString(), HasSubstr("warnings: \"clock\" warnings: \"late\""));
}

TEST(JaegerProtobuf, AMessageOfKafkaIsOneSpan) {
  const std::string bytes =
      jaeger_types().bytes("Span", kIds + "operation_name: 'op' process { service_name: 'own' }");
  model::Batch batch;
  const auto rejections = decode_span(as_bytes(bytes), batch);
  ASSERT_TRUE(rejections);
  ASSERT_EQ(batch.spans.size(), 1U);
  EXPECT_EQ(batch.spans[0].name, "op");
  EXPECT_EQ(batch.service_of(batch.spans[0]), "own");
}

TEST(JaegerProtobuf, AMessageThatIsNoSpanIsARejectedOne) {
  model::Batch batch;
  const auto rejections = decode_span(as_bytes("not a span"), batch);
  ASSERT_TRUE(rejections);
  EXPECT_EQ(rejections->of(RejectionReason::kMalformedSpan), 1U);
  EXPECT_TRUE(batch.empty() && batch.resources.empty() && batch.scopes.empty());
}

TEST(JaegerProtobuf, AFieldOfAWrongTypeRejectsItsSpanOnly) {
  // Field 3 of the first Span is a varint.
  const std::string bad("\x0a\x02\x18\x01", 4);
  const std::string bytes =
      std::string("\x0a\x04") + bad + jaeger_types().bytes("PostSpansRequest", one_span(""));
  model::Batch batch;
  const auto rejections = decode_post_spans(as_bytes(bytes), batch);
  ASSERT_TRUE(rejections) << rejections.error().message;
  EXPECT_EQ(rejections->of(RejectionReason::kMalformedSpan), 1U);
  EXPECT_EQ(batch.spans.size(), 1U);
}

TEST(JaegerProtobuf, SaysWhereARequestBreaksAndLeavesNothing) {
  const std::string good = jaeger_types().bytes("PostSpansRequest", one_span("flags: 1"));
  const struct {
    std::string bytes;
    const char* where;
  } cases[] = {
      {good + "\x0a", "at byte "},                                      // no length
      {good + std::string("\x08\x01", 2), "at byte "},                  // batch as a number
      {good + std::string("\x0a\x04\x12\x02\x08\x01", 6), "at byte "},  // service_name as a number
      {good + std::string("\x0b", 1), "at byte "},                      // a group
  };
  for (const auto& c : cases) {
    model::Batch batch;
    const auto result = decode_post_spans(as_bytes(c.bytes), batch);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("Jaeger protobuf: malformed or truncated field"));
    EXPECT_THAT(result.error().message, HasSubstr(c.where));
    EXPECT_TRUE(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty());
  }
}

TEST(JaegerProtobuf, ARequestCutAnywhereIsAnErrorOrRejectsAndReadsNothingBeyond) {
  const std::string whole = jaeger_types().bytes("PostSpansRequest", one_span(R"(
      operation_name: 'op' references { trace_id: "12345678" span_id: "12345678" }
      flags: 3 start_time { seconds: 5 nanos: 6 } duration { seconds: 1 }
      tags { key: 'k' v_type: FLOAT64 v_float64: 1.5 } logs { timestamp { seconds: 5 }
      fields { key: 'event' v_str: 'e' } } process { service_name: 'p' } warnings: 'w')"));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    // In memory of its own, so that a sanitizer sees a read past the end.
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    model::Batch batch;
    EXPECT_FALSE(decode_post_spans(as_bytes(std::string_view(cut.data(), cut.size())), batch))
        << size;
    EXPECT_TRUE(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty());
  }
}

TEST(JaegerProtobuf, EmptyElementsCannotGrowManyTimesOver) {
  std::string tags;
  for (int i = 0; i < 100'000; ++i) tags += std::string("\x42\x00", 2);  // field 8, no bytes
  const std::string span = jaeger_types().bytes("Span", kIds) + tags;
  model::Batch batch;
  const auto rejections = decode_span(as_bytes(span), batch);
  ASSERT_TRUE(rejections);
  EXPECT_EQ(rejections->of(RejectionReason::kTooLarge), 1U);
}

TEST(JaegerProtobuf, AProcessInVeryManyPiecesIsRefused) {
  std::string batch_fields;
  for (int i = 0; i < 20'000; ++i) batch_fields += std::string("\x12\x03\x0a\x01s", 5);
  std::string bytes = "\x0a";
  for (std::size_t size = batch_fields.size(); size != 0; size >>= 7) {
    bytes += static_cast<char>((size & 127) | (size > 127 ? 128U : 0U));
  }
  bytes += batch_fields;
  model::Batch batch;
  const auto result = decode_post_spans(as_bytes(bytes), batch);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("too many empty elements"));
  EXPECT_LT(batch.arena.reserved_bytes(), 4_MiB);
}

}  // namespace
}  // namespace cairn::wire::jaeger
