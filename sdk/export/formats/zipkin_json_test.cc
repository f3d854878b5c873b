// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/zipkin_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/export/formats/testing/golden.h"
#include "sdk/export/formats/testing/sample_batch.h"
#include "sdk/export/formats/zipkin_endpoint.h"

namespace cairn::trace::formats {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;

std::string written(const ProtobufMessage& span) {
  BatchBuilder builder;
  builder.span(span);
  return to_zipkin_json(builder.batch());
}

ZipkinEndpoint remote_of(SpanKind kind, std::initializer_list<ProtobufMessage> attributes) {
  ProtobufMessage span;
  span.varint(6, static_cast<std::uint64_t>(kind));
  for (const ProtobufMessage& one : attributes) span.message(9, one);
  return remote_endpoint(SpanView(span.view()));
}

std::string client_calls(std::initializer_list<ProtobufMessage> attributes) {
  const ZipkinEndpoint to = remote_of(SpanKind::kClient, attributes);
  return to.service_name + '|' + to.address + '|' + (to.port != 0 ? std::to_string(to.port) : "");
}

TEST(ZipkinJson, Golden) {
  expect_golden("zipkin.json", indented(to_zipkin_json(sample_batch().batch())));
}

TEST(ZipkinJson, ABatchWithoutSpansIsAnEmptyList) {
  EXPECT_EQ(to_zipkin_json({}), "[]");
}

TEST(ZipkinJson, AServiceWithoutANameIsUnknown) {
  EXPECT_THAT(written(span_message('\1', '\2', "x")),
              HasSubstr(R"("localEndpoint":{"serviceName":"unknown_service"})"));
}

TEST(ZipkinJson, ADurationIsAtLeastOneMicrosecond) {
  EXPECT_THAT(written(span_message('\1', '\2', "x").fixed64(7, 5000).fixed64(8, 5999)),
              HasSubstr(R"("timestamp":5,"duration":1,)"));
  EXPECT_THAT(written(span_message('\1', '\2', "x").fixed64(7, 5000).fixed64(8, 6999)),
              HasSubstr(R"("timestamp":5,"duration":1,)"));
  EXPECT_THAT(written(span_message('\1', '\2', "x").fixed64(7, 5000).fixed64(8, 7000)),
              HasSubstr(R"("timestamp":5,"duration":2,)"));
}

TEST(ZipkinJson, AnErrorIsTheTagErrorWithTheDescription) {
  const auto status = [](std::string_view text, std::uint64_t code) {
    return span_message('\1', '\2', "x")
        .message(15, ProtobufMessage().bytes(2, text).varint(3, code));
  };
  EXPECT_THAT(written(status("boom", 2)),
              HasSubstr(R"("otel.status_code":"ERROR","error":"boom")"));
  EXPECT_THAT(written(status("", 2)), HasSubstr(R"("otel.status_code":"ERROR","error":"")"));
  EXPECT_THAT(written(status("", 1)), HasSubstr(R"("otel.status_code":"OK")"));
  EXPECT_THAT(written(status("", 1)), Not(HasSubstr(R"("error")")));
}

TEST(ZipkinJson, AnAttributeErrorThatIsFalseIsLeftOut) {
  const auto span = span_message('\1', '\2', "x");
  EXPECT_THAT(written(ProtobufMessage(span).message(9, attribute("error", bool_value(false)))),
              Not(HasSubstr(R"("error")")));
  EXPECT_THAT(written(ProtobufMessage(span).message(9, attribute("error", "false"))),
              Not(HasSubstr(R"("error")")));
  EXPECT_THAT(written(ProtobufMessage(span).message(9, attribute("error", bool_value(true)))),
              HasSubstr(R"("error":"true")"));
}

TEST(ZipkinJson, ATagIsWrittenOnceTheSpansBeforeTheResources) {
  BatchBuilder builder;
  builder.resource(ProtobufMessage()
                       .message(1, attribute("zone", "of resource"))
                       .message(1, attribute("otel.scope.name", "of resource")));
  builder.scope("http").span(
      span_message('\1', '\2', "x").message(9, attribute("zone", "of span")));
  EXPECT_THAT(
      to_zipkin_json(builder.batch()),
      HasSubstr(
          R"("tags":{"otel.scope.name":"http","otel.library.name":"http","zone":"of span"})"));
}

TEST(ZipkinRemoteEndpoint, PrefersTheNameOfAService) {
  EXPECT_EQ(client_calls({}), "||");
  EXPECT_EQ(client_calls({attribute("db.name", "orders"), attribute("server.address", "pg"),
                          attribute("peer.service", "stock")}),
            "stock||");
  EXPECT_EQ(client_calls({attribute("net.peer.name", "b"), attribute("server.address", "a")}),
            "a||");
  EXPECT_EQ(client_calls({attribute("db.name", "orders")}), "orders||");
  EXPECT_EQ(client_calls({attribute("peer.service", ""), attribute("db.name", "orders")}),
            "orders||");
  EXPECT_EQ(client_calls({attribute("peer.service", int_value(3))}), "||");
}

TEST(ZipkinRemoteEndpoint, TakesAddressesWithTheirPorts) {
  EXPECT_EQ(client_calls({attribute("network.peer.address", "10.0.0.1"),
                          attribute("network.peer.port", int_value(443))}),
            "|10.0.0.1|443");
  EXPECT_EQ(client_calls({attribute("net.peer.ip", "10.0.0.1"), attribute("net.peer.port", "80")}),
            "|10.0.0.1|80");
  EXPECT_EQ(client_calls({attribute("net.sock.peer.addr", "::1"),
                          attribute("net.sock.peer.port", int_value(70000))}),
            "|::1|");
  EXPECT_TRUE(remote_of(SpanKind::kClient, {attribute("net.sock.peer.addr", "::1")}).is_ipv6);
  EXPECT_EQ(
      client_calls({attribute("network.peer.address", "/run/db.sock"), attribute("db.name", "d")}),
      "d||");
}

TEST(ZipkinRemoteEndpoint, OfAServerIsItsClient) {
  EXPECT_TRUE(remote_of(SpanKind::kServer, {attribute("server.address", "me")}).empty());
  EXPECT_TRUE(remote_of(SpanKind::kInternal, {attribute("peer.service", "x")}).empty());
  EXPECT_EQ(remote_of(SpanKind::kServer, {attribute("net.peer.name", "caller")}).service_name,
            "caller");
}

}  // namespace
}  // namespace cairn::trace::formats
