// SPDX-License-Identifier: Apache-2.0
//
// Zipkin's spans of version 1 as Apache Thrift's library writes them: in emitZipkinBatch to each of
// the agent's ports, and as a list to Zipkin's own door. Every field comes back through the query
// API.
#include <bit>

#include <gtest/gtest.h>

#include "Agent.h"
#include "thriftcpp/client.h"
#include "thriftcpp/stored_trace.h"

namespace cairn::interop {
namespace {

using zipkincore::Annotation;
using zipkincore::AnnotationType;
using zipkincore::BinaryAnnotation;
using zipkincore::Endpoint;
using zipkincore::Span;

constexpr std::int64_t kStart = 1'760'000'000'123'457;

struct Sent {
  std::vector<Span> spans;
  std::string trace_id;
  Json expected;
};

// The number's bytes, the highest first.
template <typename T>
std::string big_endian(T value) {
  std::string bytes;
  for (std::size_t shift = 8 * sizeof(T); shift > 0; shift -= 8) {
    bytes += static_cast<char>(value >> (shift - 8));
  }
  return bytes;
}

Endpoint endpoint_of(const std::string& service, std::uint32_t ipv4, std::uint16_t port) {
  Endpoint made;
  made.__set_service_name(service);
  made.__set_ipv4(static_cast<std::int32_t>(ipv4));
  made.__set_port(static_cast<std::int16_t>(port));
  return made;
}

const Endpoint kHere = endpoint_of("interop-thriftcpp", 0xc000'0201, 8080);
const Endpoint kThere = endpoint_of("cards", 0xc633'6407, 50'000);

Annotation annotation_of(std::int64_t offset, const std::string& value) {
  Annotation made;
  made.__set_timestamp(kStart + offset);
  made.__set_value(value);
  made.__set_host(kHere);
  return made;
}

BinaryAnnotation tag_of(const std::string& key, AnnotationType::type type, const std::string& value,
                        const Endpoint& host = kHere) {
  BinaryAnnotation made;
  made.__set_key(key);
  made.__set_annotation_type(type);
  made.__set_value(value);
  made.__set_host(host);
  return made;
}

const std::vector<std::pair<BinaryAnnotation, Json>>& every_tag() {
  static const std::vector<std::pair<BinaryAnnotation, Json>> tags = {
      {tag_of("bool.false", AnnotationType::BOOL, std::string(1, '\0')),
       tag("bool.false", "bool", false)},
      {tag_of("bool.true", AnnotationType::BOOL, "\x01"), tag("bool.true", "bool", true)},
      {tag_of("bytes", AnnotationType::BYTES, "\xfe\xff"), tag("bytes", "binary", "/v8=")},
      {tag_of("double", AnnotationType::DOUBLE, big_endian(std::bit_cast<std::uint64_t>(0.1))),
       tag("double", "float64", 0.1)},
      {tag_of("i16", AnnotationType::I16, big_endian(static_cast<std::uint16_t>(-7))),
       tag("i16", "int64", -7)},
      {tag_of("i32", AnnotationType::I32, big_endian(std::uint32_t{70'000})),
       tag("i32", "int64", 70'000)},
      {tag_of("i64", AnnotationType::I64, big_endian(std::uint64_t{1} << 40)),
       tag("i64", "int64", std::int64_t{1} << 40)},
      {tag_of("text", AnnotationType::STRING, "Grüße, 世界 \"\\\n"),
       tag("text", "string", "Grüße, 世界 \"\\\n")},
      {tag_of("text.empty", AnnotationType::STRING, ""), tag("text.empty", "string", "")},
  };
  return tags;
}

Span span_of(std::uint64_t high, std::uint64_t low, std::uint64_t id) {
  Span span;
  span.__set_trace_id(static_cast<std::int64_t>(low));
  if (high != 0) span.__set_trace_id_high(static_cast<std::int64_t>(high));
  span.__set_id(static_cast<std::int64_t>(id));
  span.__set_name("Charge");
  return span;
}

Json picture(const std::string& trace_id, std::uint64_t id, const std::string& kind) {
  return {{"traceID", trace_id},
          {"spanID", hex(id)},
          {"flags", 0},
          {"operationName", "charge"},
          {"references", Json::array()},
          {"startTime", kStart},
          {"duration", 321},
          {"tags",
           {tag("network.local.address", "string", "192.0.2.1"),
            tag("network.local.port", "int64", 8080), tag("span.kind", "string", kind)}},
          {"logs", Json::array()},
          {"service", "interop-thriftcpp"},
          {"processTags", Json::array()}};
}

// A client's span with all there is, a server's with the debug flag, a plain one.
Sent make_spans(std::uint64_t high) {
  const std::uint64_t low = random_id();
  const std::uint64_t client_id = 0xffff'ffff'ffff'fff0;
  Sent sent;
  sent.trace_id = high == 0 ? hex(low) : hex(high) + hex(low);

  Span client = span_of(high, low, client_id);
  client.__set_timestamp(kStart);
  client.__set_duration(321);
  client.__set_annotations({annotation_of(0, "cs"), annotation_of(20, "cache miss"),
                            annotation_of(30, "Grüße"), annotation_of(321, "cr")});
  Json client_picture = picture(sent.trace_id, client_id, "client");
  client_picture["logs"] = {
      {{"timestamp", kStart + 20}, {"fields", Json::array({tag("event", "string", "cache miss")})}},
      {{"timestamp", kStart + 30}, {"fields", Json::array({tag("event", "string", "Grüße")})}}};
  for (const auto& [made, expected] : every_tag()) {
    client.binary_annotations.push_back(made);
    client_picture["tags"].push_back(expected);
  }
  client.binary_annotations.push_back(tag_of("sa", AnnotationType::BOOL, "\x01", kThere));
  client_picture["tags"].push_back(tag("peer.service", "string", "cards"));
  client_picture["tags"].push_back(tag("network.peer.address", "string", "198.51.100.7"));
  client_picture["tags"].push_back(tag("network.peer.port", "int64", 50'000));
  client_picture["tags"] = sorted_tags(client_picture["tags"]);

  Span served = span_of(high, low, 2);
  served.__set_parent_id(static_cast<std::int64_t>(client_id));
  served.__set_timestamp(kStart);
  served.__set_duration(321);
  served.__set_debug(true);
  served.__set_annotations({annotation_of(0, "sr"), annotation_of(321, "ss")});
  Json served_picture = picture(sent.trace_id, 2, "server");
  served_picture["references"].push_back(reference("CHILD_OF", sent.trace_id, hex(client_id)));
  served_picture["flags"] = 1;

  sent.spans = {client, served};
  sent.expected = in_order(Json::array({client_picture, served_picture}));
  return sent;
}

class EmitZipkinBatchTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<ServerProcess>(std::vector<std::string>{"--log.level", "warn"});
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->stop(), 0);
    server_ = nullptr;
  }

  static void emit(const Way& way, const std::vector<Span>& spans) {
    const Write write = [&](const ProtocolPtr& protocol) {
      if (!way.is_call) return agent::AgentClient(protocol).emitZipkinBatch(spans);
      agent::Agent_emitZipkinBatch_pargs arguments;
      arguments.spans = &spans;
      protocol->writeMessageBegin("emitZipkinBatch", apache::thrift::protocol::T_CALL, 1);
      arguments.write(protocol.get());
      protocol->writeMessageEnd();
    };
    send_datagram(server_->address(way.port), written(way.framing, write));
  }
  static void write_list(const ProtocolPtr& protocol, const std::vector<Span>& spans) {
    protocol->writeListBegin(apache::thrift::protocol::T_STRUCT,
                             static_cast<std::uint32_t>(spans.size()));
    for (const Span& span : spans) span.write(protocol.get());
    protocol->writeListEnd();
  }
  static void expect_stored(const Sent& sent) {
    EXPECT_EQ(stored_trace(*server_, sent.trace_id, sent.expected.size()), sent.expected);
  }

  static std::unique_ptr<ServerProcess> server_;
};

std::unique_ptr<ServerProcess> EmitZipkinBatchTest::server_;

TEST_F(EmitZipkinBatchTest, ComesBackFromEveryPortInEveryFraming) {
  for (const std::uint64_t high : {random_id(), std::uint64_t{0}}) {
    for (const Way& way : every_way()) {
      SCOPED_TRACE(::testing::PrintToString(way));
      const Sent sent = make_spans(high);
      emit(way, sent.spans);
      expect_stored(sent);
    }
  }
}

TEST_F(EmitZipkinBatchTest, AListIsTakenByZipkinsOwnDoor) {
  const Sent sent = make_spans(random_id());
  const std::string status =
      post(server_->address("zipkin_http"), "/api/v1/spans",
           [&](const ProtocolPtr& protocol) { write_list(protocol, sent.spans); });
  EXPECT_EQ(status, "HTTP/1.1 202 Accepted");
  expect_stored(sent);
}

TEST_F(EmitZipkinBatchTest, OneSpanOfClientAndServerBecomesTwo) {
  const std::uint64_t low = random_id();
  Span both = span_of(0, low, 7);
  both.__set_timestamp(kStart);
  both.__set_duration(321);
  std::vector<Annotation> annotations = {annotation_of(0, "cs"), annotation_of(100, "sr"),
                                         annotation_of(200, "ss"), annotation_of(321, "cr")};
  for (const std::size_t i : {1U, 2U}) annotations[i].__set_host(kThere);
  both.__set_annotations(annotations);
  emit({"jaeger_zipkin_compact", Framing::kCompact, false}, {both});

  Json client = picture(hex(low), 7, "client");
  Json server = picture(hex(low), 7, "server");
  server["service"] = "cards";
  server["startTime"] = kStart + 100;
  server["duration"] = 100;
  server["tags"] = {tag("network.local.address", "string", "198.51.100.7"),
                    tag("network.local.port", "int64", 50'000),
                    tag("span.kind", "string", "server")};
  Json found = stored_trace(*server_, hex(low), 2);
  if (found.size() == 2 && found[0]["service"] == "cards") std::swap(found[0], found[1]);
  EXPECT_EQ(found, Json::array({client, server}));
}

}  // namespace
}  // namespace cairn::interop
