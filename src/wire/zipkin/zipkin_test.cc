// SPDX-License-Identifier: Apache-2.0
//
// What holds of all four formats: telling them apart, the debug mark, hostile input, and what spans
// of other protocols look like to Zipkin.
#include <gtest/gtest.h>

#include "model/reserved.h"
#include "model/testing.h"
#include "wire/zipkin/testing.h"

namespace cairn::wire::zipkin {
namespace {

using namespace std::chrono_literals;
using model::AnyValue;
using testing::decoded;
using testing::translated;
using testing::v2_span;

constexpr Format kFormats[] = {Format::kJsonV2, Format::kProtobuf, Format::kJsonV1,
                               Format::kThrift};

std::string rich_span() {
  return v2_span(
      R"("kind":"SERVER","name":"get","timestamp":1000,"duration":500,"debug":true,)"
      R"("localEndpoint":{"serviceName":"a","ipv4":"1.2.3.4","ipv6":"2001:db8::1","port":80},)"
      R"("remoteEndpoint":{"serviceName":"b","ipv6":"2001:db8::2","port":8080},)"
      R"("annotations":[{"timestamp":1001,"value":"x"}],"tags":{"k":"v","n":""})");
}

TEST(ZipkinSniff, TellsTheFourFormatsApart) {
  for (const Format format : kFormats) {
    EXPECT_EQ(sniff(as_bytes(translated(Format::kJsonV2, rich_span(), format))), format);
  }
  EXPECT_EQ(sniff(as_bytes(std::string_view("\x0a\x00\x01", 3))), Format::kThrift);  // one span
  for (const std::string_view neither : {"", "[", "{}", "hello", "\x11\x11"}) {
    EXPECT_EQ(sniff(as_bytes(neither)), std::nullopt) << neither;
  }
}

TEST(ZipkinFormats, SayWhichOneWasExpectedAndWhichReceived) {
  const std::string v1 = translated(Format::kJsonV2, rich_span(), Format::kJsonV1);
  const std::string protobuf = translated(Format::kJsonV2, rich_span(), Format::kProtobuf);
  const std::string thrift = translated(Format::kJsonV2, rich_span(), Format::kThrift);
  EXPECT_EQ(decoded(Format::kJsonV2, v1),
            "error: Expected a JSON_V2 encoded list, but received: JSON_V1");
  EXPECT_EQ(decoded(Format::kJsonV1, rich_span()),
            "error: Expected a JSON_V1 encoded list, but received: JSON_V2");
  EXPECT_EQ(decoded(Format::kJsonV2, protobuf),
            "error: Expected a JSON_V2 encoded list, but received: PROTO3");
  EXPECT_EQ(decoded(Format::kJsonV1, thrift),
            "error: Expected a JSON_V1 encoded list, but received: THRIFT");
  EXPECT_EQ(decoded(Format::kProtobuf, rich_span()),
            "error: Expected a PROTO3 encoded list, but received: JSON_V2");
  EXPECT_EQ(decoded(Format::kThrift, v1),
            "error: Expected a THRIFT encoded list, but received: JSON_V1");
  EXPECT_EQ(decoded(Format::kJsonV2, "{}"), "error: Expected a JSON_V2 encoded list");
  EXPECT_EQ(decoded(Format::kJsonV2, "hello"), "error: Expected a JSON_V2 encoded list");
}

TEST(ZipkinDebug, MarksTheSpansFromThereOn) {
  model::Batch batch;
  ASSERT_TRUE(decode(Format::kJsonV2, as_bytes(v2_span("")), batch));
  ASSERT_TRUE(decode(Format::kJsonV2, as_bytes(v2_span(R"("tags":{"a":"b"})")), batch));
  ASSERT_TRUE(decode(Format::kJsonV2, as_bytes(v2_span(R"("debug":true)")), batch));
  mark_debug(batch, 1);
  EXPECT_EQ(batch.spans[0].flags, 0U);
  EXPECT_TRUE(batch.spans[0].attributes.empty());
  for (const model::Span& span : std::span(batch.spans).subspan(1)) {
    EXPECT_EQ(span.flags, 1U);
    ASSERT_EQ(span.attributes.back().key, model::reserved::kZipkinDebug);
    EXPECT_EQ(span.attributes.back().value, AnyValue::boolean(true));
  }
  EXPECT_EQ(batch.spans[1].attributes.size(), 2U);
  EXPECT_EQ(batch.spans[2].attributes.size(), 1U);
}

TEST(ZipkinHostile, EveryFormatRefusesWhatIsCutOffAnywhere) {
  for (const Format format : kFormats) {
    const std::string whole = translated(Format::kJsonV2, rich_span(), format);
    for (std::size_t size = 1; size < whole.size(); ++size) {
      EXPECT_TRUE(decoded(format, whole.substr(0, size)).starts_with("error: ")) << size;
    }
  }
}

TEST(ZipkinHostile, EveryFormatSurvivesEachByteChanged) {
  for (const Format format : kFormats) {
    const std::string whole = translated(Format::kJsonV2, rich_span(), format);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const char byte : {'\0', '\x7f', '\x80', '\xff', '"', '['}) {
        std::string changed = whole;
        changed[at] = byte;
        decoded(format, changed);
      }
    }
  }
}

TEST(ZipkinHostile, AMillionTagsAreTaken) {
  constexpr int kMany = 1'000'000;
  std::string tags = R"("tags":{)";
  std::string annotations = R"("annotations":[)";
  for (int i = 0; i < kMany; ++i) {
    tags += "\"" + std::to_string(i % 1000) + "\":\"" + std::to_string(i) + "\",";
    if (i % 10 == 0)
      annotations += R"({"timestamp":)" + std::to_string(i % 500 + 1) + R"(,"value":"v"},)";
  }
  tags.back() = '}';
  annotations.back() = ']';
  model::Batch batch;
  ASSERT_TRUE(decode(Format::kJsonV2, as_bytes(v2_span(tags + "," + annotations)), batch));
  EXPECT_EQ(batch.spans[0].attributes.size(), 1000U);
  EXPECT_EQ(model::find_string(batch.spans[0].attributes, "999"), "999999");
  EXPECT_EQ(batch.spans[0].events.size(), 50U);
}

TEST(ZipkinHostile, ListsOfEmptyElementsAreRefusedBeforeTheyGrow) {
  std::string tags("\x0a\x02\x00\x01", 4);
  std::string span = std::string("\x0a\x08\0\0\0\0\0\0\0\1\x1a\x08\0\0\0\0\0\0\0\2", 20);
  for (int i = 0; i < 100'000; ++i) span += std::string_view("\x5a\x00", 2);
  std::string body = "\x0a";
  for (std::size_t size = span.size(); size != 0; size >>= 7) {
    body += static_cast<char>((size & 127) | (size > 127 ? 128 : 0));
  }
  EXPECT_EQ(decoded(Format::kProtobuf, body + span),
            "error: Too many empty elements for the size of the message reading List<Span> from "
            "proto3");
}

TEST(ZipkinHostile, DeepNestingIsPassedOver) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  decoded(Format::kJsonV2, v2_span("\"x\":" + deep));
  decoded(Format::kJsonV2, deep);
  decoded(Format::kJsonV2, std::string(100'000, '['));
  std::string thrift("\x0c\0\0\0\1", 5);
  for (int i = 0; i < 100'000; ++i) thrift += std::string_view("\x0c\0\x20", 3);
  EXPECT_TRUE(decoded(Format::kThrift, thrift).starts_with("error: "));
}

TEST(ZipkinOtherSpans, AreSaidInItsWords) {
  model::TestBatch t;
  t.resource("Cart", {{"host.name", AnyValue::string("h1")}}).scope("io.http", "1.2");
  t.span("01", "0a", "GET /Cart").kind(model::SpanKind::kInternal).lasting(300ns);
  t.status(model::StatusCode::kError, "boom");
  t.attribute("n", AnyValue::integer(7)).attribute("network.peer.address", "/var/socket");
  t.attribute("peer.service", "DB").attribute("cairn.wire.jaeger.flags", AnyValue::integer(3));
  t.event("retry", 1ms, {{"attempt", AnyValue::integer(2)}});
  EXPECT_EQ(
      encode(Format::kJsonV2, t.batch()),
      R"([{"traceId":"0000000000000001","id":"000000000000000a","name":"get /cart",)"
      R"("timestamp":1700000000000000,"duration":1,"localEndpoint":{"serviceName":"cart"},)"
      R"("remoteEndpoint":{"serviceName":"db"},)"
      R"("annotations":[{"timestamp":1700000000001000,"value":"\"retry\":{\"attempt\":2}"}],)"
      R"("tags":{"error":"boom","host.name":"h1","n":"7","network.peer.address":"/var/socket",)"
      R"("otel.scope.name":"io.http","otel.scope.version":"1.2","otel.status_code":"ERROR"},)"
      R"("debug":true}])");
}

TEST(ZipkinOtherSpans, AnErrorThatIsFalseIsNoTag) {
  model::TestBatch t;
  t.span("01", "0a").attribute("error", AnyValue::boolean(false));
  EXPECT_EQ(encode(Format::kJsonV2, t.batch()).find("error"), std::string::npos);
}

TEST(ZipkinEncode, WritesEmptyListsOfNoSpans) {
  EXPECT_EQ(encode(Format::kJsonV2, {}), "[]");
  EXPECT_EQ(encode(Format::kJsonV1, {}), "[]");
  EXPECT_EQ(encode(Format::kProtobuf, {}), "");
  EXPECT_EQ(encode(Format::kThrift, {}), std::string("\x0c\0\0\0\0", 5));
}

}  // namespace
}  // namespace cairn::wire::zipkin
