// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp/protobuf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"
#include "model/text.h"
#include "wire/otlp/testing.h"

namespace cairn::wire::otlp {
namespace {

using model::AnyValue;
using model::RejectionReason;
using namespace testing;  // NOLINT(google-build-using-namespace): the request makers

// The batch keeps `bytes` alive.
model::Rejections decode(std::string bytes, model::Batch& batch) {
  const PinnedBytes pinned = PinnedBytes::own(std::move(bytes));
  batch.pins.push_back(pinned.owner);
  auto rejections = decode_traces(pinned.view, batch);
  EXPECT_TRUE(rejections) << (rejections ? "" : rejections.error().message);
  return std::move(rejections).value_or({});
}

TEST(OtlpProtobuf, TextPointsIntoTheRequest) {
  const std::string bytes = request({ids() + text(5, "GET /cart")});
  model::Batch batch;
  ASSERT_TRUE(decode_traces(as_bytes(bytes), batch));
  const std::string_view name = batch.spans.at(0).name;
  EXPECT_EQ(name, "GET /cart");
  EXPECT_TRUE(name.data() >= bytes.data() && name.data() < bytes.data() + bytes.size());
}

TEST(OtlpProtobuf, AppendsToWhatTheBatchHolds) {
  const std::string bytes = request({ids()});
  model::Batch batch;
  decode(bytes, batch);
  decode(bytes, batch);
  ASSERT_EQ(batch.spans.size(), 2U);
  EXPECT_EQ(batch.spans[1].scope, 1U);
  EXPECT_EQ(batch.scopes.at(1).resource, 1U);
  EXPECT_EQ(batch.service_of(batch.spans[1]), "cart");
}

TEST(OtlpProtobuf, GroupsWithoutGoodSpansLeaveNoTrace) {
  model::Batch batch;
  const auto rejections = decode(request({}) + request({text(1, "bad")}) + message(1, ""), batch);
  EXPECT_EQ(rejections.total(), 1U);
  EXPECT_TRUE(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty());
}

TEST(OtlpProtobuf, EveryTruncationIsAnErrorOrLosesOnlyWholeGroups) {
  const std::string bytes = golden_cases().at(0).bytes;
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    model::Batch batch;
    const auto result = decode_traces(as_bytes(bytes).first(size), batch);
    ASSERT_FALSE(result) << size;
    EXPECT_THAT(result.error().message, ::testing::HasSubstr("at byte "));
    EXPECT_TRUE(batch.spans.empty());
  }
}

TEST(OtlpProtobuf, NamesTheByteOfTheFirstBadFieldOutsideASpan) {
  const std::string good = request({ids()});
  // A ScopeSpans whose scope is a number: the tag after ResourceSpans' and ScopeSpans' own.
  const std::string bad = message(1, message(2, varint(1, 7)));
  model::Batch batch;
  const auto result = decode_traces(as_bytes(good + bad), batch);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(result.error().message, "OTLP protobuf: malformed or truncated field at byte " +
                                        std::to_string(good.size() + 4));
  EXPECT_TRUE(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty());
}

TEST(OtlpProtobuf, AnErrorKeepsWhatTheBatchHeldBefore) {
  model::TestBatch t;
  t.span("01", "0a");
  EXPECT_FALSE(decode_traces(as_bytes(request({ids()}) + "\x0a"), t.batch()));
  EXPECT_EQ(t.batch().spans.size(), 1U);
  EXPECT_EQ(t.batch().scopes.size(), 1U);
}

TEST(OtlpProtobuf, BadAttributesOfAResourceFailTheRequest) {
  model::Batch batch;
  const auto result =
      decode_traces(as_bytes(message(1, message(1, message(1, varint(1, 1))))), batch);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, ::testing::EndsWith("at byte 6"));
}

// The reader has a shorter way for attributes in the usual form: others must come out the same.
TEST(OtlpProtobuf, AnAttributeIsReadInWhateverFormItCame) {
  const std::string key = text(1, "k");
  const std::string unknown = text(9, "?");
  struct Case {
    std::string attribute;
    AnyValue value;
  };
  std::vector<Case> cases = {
      {key + message(2, int_value(7)), AnyValue::integer(7)},
      {key + message(2, int_value(-1)), AnyValue::integer(-1)},
      {key + message(2, bool_value(true)), AnyValue::boolean(true)},
      {key + message(2, varint(2, 2)), AnyValue::boolean(true)},
      {key + message(2, double_value(0)), AnyValue::real(0)},
      {key + message(2, ""), AnyValue()},
      {key, AnyValue()},
      {message(2, string_value("v")) + key, AnyValue::string("v")},
      {key + message(2, string_value("v")) + unknown, AnyValue::string("v")},
      {key + message(2, string_value("v") + unknown), AnyValue::string("v")},
      {key + message(2, string_value("old") + int_value(1)), AnyValue::integer(1)},
      {key + message(2, int_value(1) + string_value("v")), AnyValue::string("v")},
      {text(1, "old") + key + message(2, int_value(1)), AnyValue::integer(1)},
      {"\x0a\x81" + std::string(1, '\0') + "k" + message(2, int_value(1)), AnyValue::integer(1)},
  };
  const std::string long_text(300, 'x');
  for (std::size_t size = 0; size < long_text.size(); ++size) {
    const std::string_view value = std::string_view(long_text).substr(0, size);
    cases.push_back({key + message(2, string_value(value)), AnyValue::string(value)});
  }
  for (const Case& c : cases) {
    model::Batch batch;
    EXPECT_EQ(decode(request({ids() + message(9, c.attribute)}), batch).total(), 0U);
    ASSERT_EQ(batch.spans.size(), 1U);
    ASSERT_EQ(batch.spans[0].attributes.size(), 1U);
    EXPECT_EQ(batch.spans[0].attributes[0].key, "k");
    EXPECT_EQ(batch.spans[0].attributes[0].value, c.value) << c.attribute;
  }
}

TEST(OtlpProtobuf, AnAttributeThatDoesNotParseRejectsItsSpan) {
  const std::string bad[] = {
      "\x0a\x01",                            // a key that is not there
      "\x0a\x01k\x12\x03\x0a\x02v",          // a text longer than the value
      "\x0a\x01k\x12\x02\x18\x80",           // an int that does not end
      "\x0a\x01k\x12\x03\x18\x01\x01",       // an int and half a field
      "\x0a\x01k\x12\x02\x10\x81",           // a bool that does not end
      "\x0a\x01k\x12\x04\x0a\x01v",          // a value longer than the attribute
      "\x0a\x01k\x12\x03\x0a\x01v\x08\x01",  // a key that is a number
  };
  for (const std::string& attribute : bad) {
    model::Batch batch;
    const auto rejections = decode(request({ids() + message(9, attribute), ids()}), batch);
    EXPECT_EQ(rejections.of(RejectionReason::kMalformedSpan), 1U) << attribute;
    EXPECT_EQ(batch.spans.size(), 1U);
  }
}

TEST(OtlpProtobuf, FieldsOfASpanMayComeInAnyOrderAndTwice) {
  const std::string fields =
      ids() + text(5, "first") + varint(6, 2) + fixed64(7, 10) + fixed64(8, 20);
  model::Batch batch;
  decode(request({fields + text(5, "last") + varint(6, 3),
                  fixed64(8, 20) + fixed64(7, 10) + varint(6, 3) + text(5, "last") + ids()}),
         batch);
  ASSERT_EQ(batch.spans.size(), 2U);
  EXPECT_EQ(batch.spans[0].name, "last");
  EXPECT_EQ(batch.spans[0].kind, model::SpanKind::kClient);
  EXPECT_TRUE(model::same_content(batch.spans[0], batch.spans[1]));
}

TEST(OtlpProtobuf, AllZeroParentIsARoot) {
  model::Batch batch;
  EXPECT_FALSE(decode(request({ids() + text(4, std::string(8, '\0'))}), batch).any());
  EXPECT_TRUE(batch.spans.at(0).is_root());
}

TEST(OtlpProtobuf, LinksMayHaveZeroIds) {
  model::Batch batch;
  const std::string link = text(1, std::string(16, '\0')) + text(2, std::string(8, '\0'));
  EXPECT_FALSE(decode(request({ids() + message(13, link)}), batch).any());
  EXPECT_EQ(batch.spans.at(0).links.size(), 1U);
}

TEST(OtlpProtobuf, SiblingsOfABadSpanKeepTheirListsApart) {
  const std::string broken = ids() + key_value(9, "lost", int_value(1)) + message(11, "") + "\x48";
  const std::string good = ids() + key_value(9, "kept", int_value(2));
  model::Batch batch;
  EXPECT_EQ(decode(request({broken, good}), batch).of(RejectionReason::kMalformedSpan), 1U);
  ASSERT_EQ(batch.spans.size(), 1U);
  ASSERT_EQ(batch.spans[0].attributes.size(), 1U);
  EXPECT_EQ(batch.spans[0].attributes[0].key, "kept");
  EXPECT_TRUE(batch.spans[0].events.empty());
  EXPECT_TRUE(batch.scopes.at(0).attributes.empty());
  EXPECT_EQ(batch.resources.at(0).attributes.size(), 1U);
}

TEST(OtlpProtobuf, ManyTinyElementsAreRefusedBeforeTheyFillTheMemory) {
  std::string events;
  for (int i = 0; i < 100'000; ++i) events += message(11, "");  // 2 bytes here, 64 in memory
  const std::string bytes = request({ids() + events, varint(1, 1), ids()});
  model::Batch batch;
  const auto rejections = decode(bytes, batch);
  EXPECT_EQ(rejections.of(RejectionReason::kTooLarge), 1U);
  EXPECT_EQ(rejections.of(RejectionReason::kMalformedSpan), 1U);
  EXPECT_EQ(batch.spans.size(), 1U);
  EXPECT_LT(batch.arena.reserved_bytes(), 9 * bytes.size());
}

TEST(OtlpProtobuf, ScatteredUnknownFieldsCostLinearTime) {
  std::string span = ids();
  for (int i = 0; i < 200'000; ++i) span += varint(6, 1) + varint(1001, 1);
  model::Batch batch;
  const std::string bytes = request({span});
  EXPECT_FALSE(decode(bytes, batch).any());
  EXPECT_EQ(batch.spans.at(0).unknown_fields.size(), 200'000U * 3);
}

TEST(OtlpProtobuf, EncodingAppends) {
  std::string out = "before";
  model::TestBatch t;
  t.span("01", "0a");
  encode_traces(t.batch(), out);
  ASSERT_TRUE(out.starts_with("before"));
  model::Batch batch;
  decode(out.substr(6), batch);
  EXPECT_EQ(model::to_text(batch), model::to_text(t.batch()));
}

TEST(OtlpProtobuf, EncodesOneGroupPerRunOfAScope) {
  model::TestBatch t;
  t.resource("a").span("01", "01").scope("s").span("01", "02").resource("b").span("01", "03");
  std::string out;
  encode_traces(t.batch(), out);
  model::Batch batch;
  decode(out, batch);
  EXPECT_EQ(batch.resources.size(), 2U);
  EXPECT_EQ(batch.scopes.size(), 3U);
  EXPECT_EQ(model::to_text(batch), model::to_text(t.batch()));
}

TEST(OtlpProtobuf, ResponsesSpellWhatWasRejected) {
  EXPECT_EQ(encode_export_response(0, ""), "");
  EXPECT_EQ(encode_export_response(300, "bad ids"),
            message(1, varint(1, 300) + text(2, "bad ids")));
  EXPECT_EQ(encode_export_response(0, "a warning"), message(1, text(2, "a warning")));
}

TEST(OtlpProtobuf, StatusCarriesTheRetryDelay) {
  EXPECT_EQ(encode_status(3, "bad", 0), varint(1, 3) + text(2, "bad"));
  EXPECT_EQ(encode_status(8, "full", 30),
            varint(1, 8) + text(2, "full") +
                message(3, text(1, "type.googleapis.com/google.rpc.RetryInfo") +
                               message(2, message(1, varint(1, 30)))));
}

}  // namespace
}  // namespace cairn::wire::otlp
