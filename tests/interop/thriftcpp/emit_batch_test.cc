// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's batches as Apache Thrift's library writes them: to each of the agent's ports in each
// framing, and to the collector over HTTP. Every field comes back through the query API.
#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include "Agent.h"
#include "thriftcpp/client.h"
#include "thriftcpp/stored_trace.h"

namespace cairn::interop {
namespace {

using jaeger::Batch;
using jaeger::Log;
using jaeger::Span;
using jaeger::SpanRef;
using jaeger::SpanRefType;
using jaeger::Tag;
using jaeger::TagType;

constexpr std::int64_t kStart = 1'760'000'000'123'457;
constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

// A batch and what the server should know of its spans.
struct Sent {
  Batch batch;
  std::string trace_id;
  Json expected;
};

Tag tag_of(const std::string& key, TagType::type type) {
  Tag made;
  made.__set_key(key);
  made.__set_vType(type);
  return made;
}
Tag text_tag(const std::string& key, const std::string& value) {
  Tag made = tag_of(key, TagType::STRING);
  made.__set_vStr(value);
  return made;
}
Tag long_tag(const std::string& key, std::int64_t value) {
  Tag made = tag_of(key, TagType::LONG);
  made.__set_vLong(value);
  return made;
}
Tag double_tag(const std::string& key, double value) {
  Tag made = tag_of(key, TagType::DOUBLE);
  made.__set_vDouble(value);
  return made;
}
Tag bool_tag(const std::string& key, bool value) {
  Tag made = tag_of(key, TagType::BOOL);
  made.__set_vBool(value);
  return made;
}
Tag binary_tag(const std::string& key, const std::string& value) {
  Tag made = tag_of(key, TagType::BINARY);
  made.__set_vBinary(value);
  return made;
}

// Every type, their limits, and the keys in order; beside them the same in Jaeger's JSON.
const std::vector<std::pair<Tag, Json>>& every_tag() {
  static const std::vector<std::pair<Tag, Json>> tags = {
      {binary_tag("binary", std::string("\0\x01\xfe\xff", 4)), tag("binary", "binary", "AAH+/w==")},
      {binary_tag("binary.empty", ""), tag("binary.empty", "binary", "")},
      {bool_tag("bool.false", false), tag("bool.false", "bool", false)},
      {bool_tag("bool.true", true), tag("bool.true", "bool", true)},
      {double_tag("double", 0.1), tag("double", "float64", 0.1)},
      {double_tag("double.tiny", -2.5e-300), tag("double.tiny", "float64", -2.5e-300)},
      {double_tag("double.nan", std::numeric_limits<double>::quiet_NaN()),
       tag("double.nan", "float64", "NaN")},
      {long_tag("long", -7), tag("long", "int64", -7)},
      // Past what a page's numbers hold, as text.
      {long_tag("long.largest", kLargest), tag("long.largest", "int64", "9223372036854775807")},
      {long_tag("long.zero", 0), tag("long.zero", "int64", 0)},
      {text_tag("text", "Grüße, 世界 \"\\\n"), tag("text", "string", "Grüße, 世界 \"\\\n")},
      {text_tag("text.empty", ""), tag("text.empty", "string", "")},
      {text_tag("text.long", std::string(5'000, 'x')),
       tag("text.long", "string", std::string(5'000, 'x'))},
  };
  return tags;
}

std::vector<Tag> every_thrift_tag() {
  std::vector<Tag> tags;
  for (const auto& [made, expected] : every_tag()) tags.push_back(made);
  return tags;
}

Json every_json_tag() {
  Json tags = Json::array();
  for (const auto& [made, expected] : every_tag()) tags.push_back(expected);
  return tags;
}

Span span_of(std::uint64_t high, std::uint64_t low, std::uint64_t id, std::uint64_t parent) {
  Span span;
  span.__set_traceIdHigh(static_cast<std::int64_t>(high));
  span.__set_traceIdLow(static_cast<std::int64_t>(low));
  span.__set_spanId(static_cast<std::int64_t>(id));
  span.__set_parentSpanId(static_cast<std::int64_t>(parent));
  span.__set_operationName("GET /checkout/{id}");
  span.__set_flags(1);
  span.__set_startTime(kStart);
  span.__set_duration(1'000'321);
  return span;
}

SpanRef ref_of(SpanRefType::type type, std::uint64_t high, std::uint64_t low, std::uint64_t id) {
  SpanRef made;
  made.__set_refType(type);
  made.__set_traceIdHigh(static_cast<std::int64_t>(high));
  made.__set_traceIdLow(static_cast<std::int64_t>(low));
  made.__set_spanId(static_cast<std::int64_t>(id));
  return made;
}

Json picture(const std::string& trace_id, std::uint64_t id, Json references) {
  return {{"traceID", trace_id},
          {"spanID", hex(id)},
          {"flags", 1},
          {"operationName", "GET /checkout/{id}"},
          {"references", std::move(references)},
          {"startTime", kStart},
          {"duration", 1'000'321},
          {"tags", Json::array()},
          {"logs", Json::array()},
          {"service", "interop-thriftcpp"},
          {"processTags", sorted_tags(every_json_tag())}};
}

// With all that a span can have.
void add_root(Sent& sent, std::uint64_t high, std::uint64_t low, std::uint64_t id) {
  Span root = span_of(high, low, id, 0);
  root.__set_tags(every_thrift_tag());
  Log log;
  log.__set_timestamp(kStart + 5);
  log.__set_fields({text_tag("event", "cache miss"), long_tag("retries", 2)});
  Log plain = log;
  plain.__set_fields(every_thrift_tag());
  root.__set_logs({log, plain});
  root.__set_references(
      {ref_of(SpanRefType::FOLLOWS_FROM, 1, 2, 3), ref_of(SpanRefType::CHILD_OF, 4, 5, 6)});
  Json root_picture = picture(sent.trace_id, id,
                              {reference("FOLLOWS_FROM", hex(1) + hex(2), hex(3)),
                               reference("CHILD_OF", hex(4) + hex(5), hex(6))});
  root_picture["tags"] = sorted_tags(every_json_tag());
  root_picture["logs"] = {
      {{"timestamp", kStart + 5},
       {"fields", {tag("event", "string", "cache miss"), tag("retries", "int64", 2)}}},
      {{"timestamp", kStart + 5}, {"fields", every_json_tag()}}};
  sent.batch.spans.push_back(root);
  sent.expected.push_back(root_picture);
}

// A root with all there is, a child with none of it and other flags, one that takes no time.
Sent make_batch(std::uint64_t high) {
  const std::uint64_t low = random_id();
  const std::uint64_t root_id = 0xffff'ffff'ffff'fff0;  // ids are not signed
  Sent sent;
  sent.trace_id = high == 0 ? hex(low) : hex(high) + hex(low);
  sent.batch.process.__set_serviceName("interop-thriftcpp");
  sent.batch.process.__set_tags(every_thrift_tag());
  sent.batch.__set_seqNo(7);
  sent.batch.__set_stats(jaeger::ClientStats());

  add_root(sent, high, low, root_id);

  Span child = span_of(high, low, 2, root_id);
  child.__set_flags(11);
  Json child_picture =
      picture(sent.trace_id, 2, Json::array({reference("CHILD_OF", sent.trace_id, hex(root_id))}));
  child_picture["flags"] = 11;

  Span follower = span_of(high, low, 3, 0);
  follower.__set_flags(0);
  follower.__set_duration(0);
  follower.__set_references({ref_of(SpanRefType::FOLLOWS_FROM, high, low, root_id)});
  Json follower_picture = picture(
      sent.trace_id, 3, Json::array({reference("FOLLOWS_FROM", sent.trace_id, hex(root_id))}));
  follower_picture["flags"] = 0;
  follower_picture["duration"] = 0;

  sent.batch.spans.insert(sent.batch.spans.end(), {child, follower});
  sent.expected.push_back(child_picture);
  sent.expected.push_back(follower_picture);
  sent.expected = in_order(sent.expected);
  return sent;
}

class EmitBatchTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<ServerProcess>(std::vector<std::string>{"--log.level", "warn"});
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->stop(), 0);
    server_ = nullptr;
  }

  static void emit(const Way& way, const Batch& batch) {
    const Write write = [&](const ProtocolPtr& protocol) {
      if (!way.is_call) return agent::AgentClient(protocol).emitBatch(batch);
      agent::Agent_emitBatch_pargs arguments;
      arguments.batch = &batch;
      protocol->writeMessageBegin("emitBatch", apache::thrift::protocol::T_CALL, 1);
      arguments.write(protocol.get());
      protocol->writeMessageEnd();
    };
    send_datagram(server_->address(way.port), written(way.framing, write));
  }
  static void expect_stored(const Sent& sent) {
    EXPECT_EQ(stored_trace(*server_, sent.trace_id, sent.batch.spans.size()), sent.expected);
  }

  static std::unique_ptr<ServerProcess> server_;
};

std::unique_ptr<ServerProcess> EmitBatchTest::server_;

TEST_F(EmitBatchTest, ComesBackFromEveryPortInEveryFraming) {
  for (const Way& way : every_way()) {
    SCOPED_TRACE(::testing::PrintToString(way));
    const Sent sent = make_batch(random_id() | 1ULL << 63);
    emit(way, sent.batch);
    expect_stored(sent);
  }
}

TEST_F(EmitBatchTest, TraceIdsOfSixtyFourBitsStayThat) {
  for (const Way& way : every_way()) {
    SCOPED_TRACE(::testing::PrintToString(way));
    const Sent sent = make_batch(0);
    emit(way, sent.batch);
    expect_stored(sent);
  }
}

TEST_F(EmitBatchTest, IsTakenByTheCollectorOverHttp) {
  for (const std::uint64_t high : {random_id(), std::uint64_t{0}}) {
    const Sent sent = make_batch(high);
    const std::string status =
        post(server_->address("jaeger_http"), "/api/traces?format=jaeger.thrift",
             [&](const ProtocolPtr& protocol) { sent.batch.write(protocol.get()); });
    EXPECT_EQ(status, "HTTP/1.1 202 Accepted");
    expect_stored(sent);
  }
}

TEST_F(EmitBatchTest, ADatagramAsLargeAsClientsMakeThemIsTaken) {
  Sent sent = make_batch(0);
  const std::size_t rest = 65'000 - written(Framing::kCompact, [&](const ProtocolPtr& protocol) {
                                      sent.batch.write(protocol.get());
                                    }).size();
  sent.batch.spans[0].operationName += std::string(rest - 100, 'y');
  emit({"jaeger_compact", Framing::kCompact, false}, sent.batch);
  sent.expected.back()["operationName"] = sent.batch.spans[0].operationName;
  expect_stored(sent);
}

}  // namespace
}  // namespace cairn::interop
