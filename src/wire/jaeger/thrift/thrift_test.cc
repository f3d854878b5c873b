// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/thrift.h"

#include <functional>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "model/text.h"
#include "wire/jaeger/thrift/thrift_cases.h"
#include "wire/thrift/writer.h"

namespace cairn::wire::jaeger {
namespace {

using namespace std::string_view_literals;
using model::RejectionReason;
using testing::BatchCase;
using testing::Framing;
using testing::SpanCase;
using thrift::Type;

const BatchCase& full_case() {
  static const BatchCase full = testing::golden_cases().front();
  return full;
}

Result<model::Rejections> decode(Framing framing, const std::string& bytes, model::Batch& batch) {
  return framing == Framing::kBatch ? decode_thrift_batch(as_bytes(bytes), batch)
                                    : decode_agent_message(as_bytes(bytes), batch);
}

void expect_unchanged(const model::Batch& batch) {
  EXPECT_TRUE(batch.resources.empty());
  EXPECT_TRUE(batch.scopes.empty());
  EXPECT_TRUE(batch.spans.empty());
}

constexpr Framing kFramings[] = {Framing::kBatch, Framing::kCompact, Framing::kBinary,
                                 Framing::kOldBinary};

TEST(JaegerThrift, AMessageCutAnywhereIsRefusedAndLeavesNothing) {
  for (const Framing framing : kFramings) {
    const std::string whole = testing::to_thrift(full_case(), framing);
    // Its last byte ends the arguments, behind the batch.
    const std::size_t needed = framing == Framing::kBatch ? whole.size() : whole.size() - 1;
    for (std::size_t size = 0; size < needed; ++size) {
      const std::string cut = whole.substr(0, size);
      model::Batch batch;
      const auto result = decode(framing, cut, batch);
      ASSERT_FALSE(result) << size;
      EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
      EXPECT_TRUE(result.error().message.starts_with("Jaeger Thrift: ")) << result.error().message;
      expect_unchanged(batch);
    }
  }
}

TEST(JaegerThrift, NoBytesAreNoBatch) {
  for (const ByteView nothing : {ByteView(), as_bytes("")}) {
    model::Batch batch;
    EXPECT_FALSE(decode_thrift_batch(nothing, batch));
    EXPECT_FALSE(decode_agent_message(nothing, batch));
  }
}

TEST(JaegerThrift, BytesBehindTheMessageAreIgnored) {
  for (const Framing framing : kFramings) {
    model::Batch batch;
    EXPECT_TRUE(decode(framing, testing::to_thrift(full_case(), framing) + "garbage", batch));
    EXPECT_EQ(batch.spans.size(), 2U);
  }
}

TEST(JaegerThrift, AFailureKeepsWhatTheBatchHeldBefore) {
  const std::string good = testing::to_thrift(full_case(), Framing::kBatch);
  model::Batch batch;
  ASSERT_TRUE(decode(Framing::kBatch, good, batch));
  const std::string before = model::to_text(batch);
  const std::string cut = good.substr(0, good.size() - 1);
  ASSERT_FALSE(decode(Framing::kBatch, cut, batch));
  EXPECT_EQ(model::to_text(batch), before);
}

TEST(JaegerThrift, AnErrorNamesTheByteWhereTheValueStarts) {
  // The process is field 1 of a type that does not exist.
  model::Batch batch;
  const auto result = decode_thrift_batch(as_bytes("\x05\x00\x01\x00"sv), batch);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "Jaeger Thrift: malformed or truncated value at byte 0");
}

TEST(JaegerThrift, SpansWithoutIdsAreRejectedByReasonAndTheRestIsKept) {
  SpanCase no_trace;
  no_trace.trace_id_low = no_trace.trace_id_high = 0;
  SpanCase no_span;
  no_span.span_id = 0;
  SpanCase half;  // the low half is enough
  half.trace_id_high = 0;
  SpanCase other_half;
  other_half.trace_id_low = 0;
  BatchCase sent{.name = "", .process_tags = {}, .spans = {no_trace, half, no_span, other_half}};
  for (const Framing framing : kFramings) {
    const std::string bytes = testing::to_thrift(sent, framing);
    model::Batch batch;
    const auto rejections = decode(framing, bytes, batch);
    ASSERT_TRUE(rejections);
    EXPECT_EQ(rejections->of(RejectionReason::kInvalidTraceId), 1U);
    EXPECT_EQ(rejections->of(RejectionReason::kInvalidSpanId), 1U);
    EXPECT_EQ(rejections->total(), 2U);
    EXPECT_EQ(batch.spans.size(), 2U);
  }
}

TEST(JaegerThrift, WhenNoSpanIsGoodNothingIsLeft) {
  SpanCase bad;
  bad.span_id = 0;
  const BatchCase sent{.name = "", .process_tags = {}, .spans = {bad}};
  const std::string bytes = testing::to_thrift(sent, Framing::kBatch);
  model::Batch batch;
  EXPECT_TRUE(decode_thrift_batch(as_bytes(bytes), batch));
  expect_unchanged(batch);
}

TEST(AgentMessage, TheNameDecidesAndNotTheType) {
  const std::string bytes = testing::to_thrift(full_case(), Framing::kCompact);
  for (int type = 0; type < 8; ++type) {
    std::string changed = bytes;
    changed[1] = static_cast<char>(type << 5 | 1);
    model::Batch batch;
    EXPECT_TRUE(decode_agent_message(as_bytes(changed), batch)) << type;
    EXPECT_EQ(batch.spans.size(), 2U);
  }
}

TEST(AgentMessage, RefusesOtherNamesAndOtherProtocols) {
  const std::string other = testing::to_thrift(full_case(), Framing::kCompact, "emitBatch2");
  for (const std::string_view bytes :
       {""sv, "x"sv, "{\"traceId\":\"1\"}"sv, "\xff\xff\xff\xff"sv, "\x82\x22\x00\x09"sv,
        "\x80\x02\x00\x01\x00\x00\x00\x00"sv, std::string_view(other)}) {
    model::Batch batch;
    const auto result = decode_agent_message(as_bytes(bytes), batch);
    ASSERT_FALSE(result) << bytes;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    expect_unchanged(batch);
  }
}

TEST(AgentMessage, WithoutArgumentsHoldsNoSpans) {
  model::Batch batch;
  const auto result = decode_agent_message(as_bytes("\x82\x21\x00\x09"
                                                    "emitBatch\x00"sv),
                                           batch);
  ASSERT_TRUE(result) << result.error().message;
  expect_unchanged(batch);
}

template <typename W>
std::string zipkin_message(std::int64_t span_id) {
  std::string bytes;
  W w(bytes);
  w.message({"emitZipkinBatch", thrift::MessageType::kOneway, 0});
  w.begin_struct();
  w.list_field(1, Type::kStruct, 1);
  w.begin_struct();
  w.i64_field(1, 1);
  w.bytes_field(3, "get");
  w.i64_field(4, span_id);
  w.i64_field(10, 1'700'000'000'000'000);
  w.i64_field(11, 1500);
  w.end_struct();
  w.end_struct();
  return bytes;
}

TEST(AgentMessage, ReadsZipkinsSpansInBothProtocols) {
  for (const std::string& bytes :
       {zipkin_message<thrift::CompactWriter>(2), zipkin_message<thrift::BinaryWriter>(2)}) {
    model::Batch batch;
    const auto rejections = decode_agent_message(as_bytes(bytes), batch);
    ASSERT_TRUE(rejections) << rejections.error().message;
    ASSERT_EQ(batch.spans.size(), 1U);
    EXPECT_EQ(batch.spans[0].name, "get");
    EXPECT_EQ(batch.spans[0].trace_id, model::trace_id("01"));
    EXPECT_EQ(batch.spans[0].span_id, model::span_id("02"));
    EXPECT_EQ(batch.spans[0].end.unix_nanos, 1'700'000'000'001'500'000U);
  }
}

TEST(AgentMessage, RefusesCutOrBadZipkinSpansAndKeepsWhatTheBatchHeld) {
  const std::string whole = zipkin_message<thrift::CompactWriter>(2);
  model::Batch batch;
  ASSERT_TRUE(decode_agent_message(as_bytes(whole), batch));
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    EXPECT_FALSE(decode_agent_message(as_bytes(whole.substr(0, size)), batch)) << size;
  }
  EXPECT_FALSE(decode_agent_message(as_bytes(zipkin_message<thrift::BinaryWriter>(0)), batch));
  EXPECT_EQ(batch.spans.size(), 1U);
}

// What a peer can write that is small and asks for much.
struct Hostile {
  const char* why;
  std::function<void(thrift::CompactWriter&)> batch_fields;
};

void nest(thrift::CompactWriter& w, int levels) {
  w.field(100, Type::kStruct);
  w.begin_struct();
  if (levels > 1) nest(w, levels - 1);
  w.end_struct();
}

const std::vector<Hostile> kHostile = {
    {"a hundred million spans", [](auto& w) { w.list_field(2, Type::kStruct, 100'000'000); }},
    {"spans of negative count", [](auto& w) { w.list_field(2, Type::kStruct, 0xffffffff); }},
    {"a hundred million tags",
     [](auto& w) {
       w.list_field(2, Type::kStruct, 1);
       w.begin_struct();
       w.list_field(10, Type::kStruct, 100'000'000);
       w.end_struct();
     }},
    {"a name longer than the message",
     [](auto& w) {
       w.list_field(2, Type::kStruct, 1);
       w.begin_struct();
       w.field(5, Type::kString);
       w.i64(1000);  // as a size: 2000
       w.end_struct();
     }},
    {"an unknown field of a thousand structs within each other", [](auto& w) { nest(w, 1000); }},
};

TEST(AgentMessage, RefusesSmallMessagesThatAskForMuch) {
  for (const Hostile& hostile : kHostile) {
    std::string bytes;
    thrift::CompactWriter w(bytes);
    w.message({"emitBatch", thrift::MessageType::kOneway, 0});
    w.begin_struct();
    w.field(1, Type::kStruct);
    w.begin_struct();
    hostile.batch_fields(w);
    w.end_struct();
    w.end_struct();
    model::Batch batch;
    EXPECT_FALSE(decode_agent_message(as_bytes(bytes), batch)) << hostile.why;
    expect_unchanged(batch);
    EXPECT_LT(batch.memory_bytes(), 100'000U) << hostile.why;
  }
}

// A span of 65,000 tags of two bytes would take thirty times the message's size.
TEST(AgentMessage, ASpanOfTooManyEmptyTagsIsRejectedAndItsSiblingsKept) {
  constexpr std::size_t kTags = 60'000;
  std::string bytes;
  thrift::CompactWriter w(bytes);
  const auto span = [&w](std::size_t tags) {
    w.begin_struct();
    w.i64_field(1, 1);
    w.i64_field(3, 1);
    w.list_field(10, Type::kStruct, tags);
    for (std::size_t i = 0; i < tags; ++i) {
      w.begin_struct();
      w.end_struct();
    }
    w.end_struct();
  };
  w.message({"emitBatch", thrift::MessageType::kOneway, 0});
  w.begin_struct();
  w.field(1, Type::kStruct);
  w.begin_struct();
  w.list_field(2, Type::kStruct, 3);
  span(1);
  span(kTags);
  w.begin_struct();  // smaller than what is left
  w.end_struct();
  w.end_struct();
  w.end_struct();
  model::Batch batch;
  const auto rejections = decode_agent_message(as_bytes(bytes), batch);
  ASSERT_TRUE(rejections) << rejections.error().message;
  EXPECT_EQ(rejections->of(RejectionReason::kTooLarge), 1U);
  EXPECT_EQ(rejections->of(RejectionReason::kInvalidTraceId), 1U);
  EXPECT_EQ(batch.spans.size(), 1U);
  EXPECT_LT(batch.memory_bytes(), 16 * bytes.size());
}

TEST(JaegerThrift, AProcessOfTooManyEmptyTagsIsRefused) {
  constexpr std::size_t kTags = 2'000'000;
  std::string bytes;
  thrift::BinaryWriter w(bytes);
  w.field(1, Type::kStruct);
  w.list_field(2, Type::kStruct, kTags);
  bytes.append(kTags, '\0');
  w.end_struct();
  w.end_struct();
  model::Batch batch;
  const auto result = decode_thrift_batch(as_bytes(bytes), batch);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "Jaeger Thrift: too many tags for the size of the input");
  expect_unchanged(batch);
}

TEST(JaegerThrift, WritesWhatOnlyOtlpCanSayAsJaegersTags) {
  model::TestBatch made;
  made.resource("cart", {{"list", model::AnyValue::boolean(true)}});
  made.scope("io.http", "2");
  made.span("0102", "0a", "op")
      .parent("0b")
      .kind(model::SpanKind::kClient)
      .status(model::StatusCode::kError, "boom")
      .attribute("a", "1")
      .attribute("cairn.wire.zipkin.shared", model::AnyValue::boolean(true))
      .event("e", {});
  made.last().trace_state = "x=1";
  made.last().flags = 0x101;
  for (const auto protocol : {ThriftProtocol::kBinary, ThriftProtocol::kCompact}) {
    const auto messages = encode_agent_messages(protocol, made.batch());
    ASSERT_EQ(messages.size(), 1U);
    model::Batch batch;
    ASSERT_TRUE(decode_agent_message(as_bytes(messages[0]), batch));
    ASSERT_EQ(batch.spans.size(), 1U);
    const model::Span& span = batch.spans[0];
    EXPECT_EQ(span.parent_span_id, model::span_id("0b"));
    EXPECT_EQ(span.kind, model::SpanKind::kClient);
    EXPECT_EQ(span.status.code, model::StatusCode::kError);
    EXPECT_EQ(span.status.message, "boom");
    EXPECT_EQ(span.trace_state, "x=1");
    EXPECT_EQ(span.flags, 1U);
    EXPECT_EQ(batch.scope_of(span).name, "io.http");
    EXPECT_EQ(batch.scope_of(span).version, "2");
    EXPECT_TRUE(span.links.empty());
    EXPECT_EQ(model::find_attribute(span.attributes, "cairn.wire.zipkin.shared"), nullptr);
    EXPECT_EQ(model::find_string(span.attributes, "otel.status_code"), "ERROR");
    EXPECT_EQ(span.attributes.size(), 4U);  // a, otel.status_code, error, otel.status_description
  }
}

TEST(JaegerThrift, EachResourceBecomesABatchOfItsOwn) {
  model::TestBatch made;
  made.resource("cart").span("01", "0a").resource("shop").span("01", "0b").span("01", "0c");
  const auto batches = encode_thrift_batches(ThriftProtocol::kBinary, made.batch());
  ASSERT_EQ(batches.size(), 2U);
  model::Batch batch;
  for (const std::string& one : batches) ASSERT_TRUE(decode_thrift_batch(as_bytes(one), batch));
  ASSERT_EQ(batch.spans.size(), 3U);
  EXPECT_EQ(batch.service_of(batch.spans[0]), "cart");
  EXPECT_EQ(batch.service_of(batch.spans[2]), "shop");
}

}  // namespace
}  // namespace cairn::wire::jaeger
