// SPDX-License-Identifier: Apache-2.0
#include "receivers/jaeger/jaeger_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"
#include "receivers/deliver/testing/receiver_server.h"
#include "wire/jaeger/protobuf.h"
#include "wire/jaeger/thrift.h"

namespace cairn::receivers::jaeger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using wire::jaeger::ThriftProtocol;

model::TestBatch one_span(std::string_view name) {
  model::TestBatch t;
  t.resource("cart").span("1", "1", name);
  return t;
}

std::string thrift(std::string_view name) {
  return wire::jaeger::encode_thrift_batches(ThriftProtocol::kBinary, one_span(name).batch()).at(0);
}

std::string datagram(ThriftProtocol protocol, std::string_view name) {
  return wire::jaeger::encode_agent_messages(protocol, one_span(name).batch()).at(0);
}

class JaegerReceiverTest : public ::testing::Test {
 protected:
  JaegerReceiverTest() {
    receiver_.add_http_routes(server_.router);
    receiver_.add_grpc_routes(server_.router);
    server_.serve();
  }

  // As the UDP thread would.
  void receive(const std::vector<std::string>& datagrams) {
    Bytes block;
    for (const std::string& d : datagrams) {
      block.insert(block.end(), as_bytes(d).begin(), as_bytes(d).end());
    }
    const PinnedBytes pinned = PinnedBytes::own(std::move(block));
    std::vector<ByteView> views;
    std::size_t at = 0;
    for (const std::string& d : datagrams) {
      views.push_back(pinned.view.subspan(at, d.size()));
      at += d.size();
    }
    receiver_.datagram_handler()(pinned, views);
  }

  std::uint64_t failed(const std::string& transport) {
    return server_.metrics
        .counter(
            "cairn_ingest_requests_failed_total", "",
            {{"format", "jaeger_thrift"}, {"transport", transport}, {"code", "INVALID_ARGUMENT"}})
        .value();
  }

  testing::ReceiverServer server_;
  JaegerReceiver receiver_{server_.ingest, server_.metrics};
};

TEST_F(JaegerReceiverTest, TakesThriftUnderBothOfItsNames) {
  for (const char* type : {"application/x-thrift", "application/vnd.apache.thrift.binary",
                           "Application/X-Thrift; charset=utf-8"}) {
    const auto answer =
        server_.post("/api/traces?format=jaeger.thrift", thrift(type), {{"content-type", type}});
    EXPECT_EQ(answer.status, 202) << type;
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_EQ(server_.writer.names().size(), 3U);
}

TEST_F(JaegerReceiverTest, SaysWhatIsWrongWithARequest) {
  const auto empty = server_.post("/api/traces", "x", {});
  EXPECT_EQ(empty.status, 400);
  EXPECT_THAT(empty.body, StartsWith("Cannot parse content type:"));
  const auto json = server_.post("/api/traces", "{}", {{"content-type", "application/json"}});
  EXPECT_EQ(json.status, 400);
  EXPECT_EQ(json.body, "Unsupported content type: application/json\n");
  const auto broken =
      server_.post("/api/traces", "\x0c\x01", {{"content-type", "application/x-thrift"}});
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(broken.body, StartsWith("Unable to process request body: "));
  EXPECT_EQ(failed("http"), 1U);
}

TEST_F(JaegerReceiverTest, AsksForARetryWhenTheStoreHasNoRoom) {
  server_.writer.fail_with(resource_exhausted("full"));
  const auto answer =
      server_.post("/api/traces", thrift("a"), {{"content-type", "application/x-thrift"}});
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  EXPECT_THAT(answer.body, StartsWith("Cannot submit Jaeger batch: "));
}

TEST_F(JaegerReceiverTest, TakesBothProtocolsInOneRoundOfDatagrams) {
  receive({datagram(ThriftProtocol::kCompact, "compact"), "garbage",
           datagram(ThriftProtocol::kBinary, "binary")});
  EXPECT_THAT(server_.writer.names(), ElementsAre("compact", "binary"));
  EXPECT_EQ(server_.writer.batches().size(), 1U) << "a round is written in one piece";
  EXPECT_EQ(failed("udp"), 1U);
}

TEST_F(JaegerReceiverTest, EachDatagramOfARoundThatIsRefusedIsCounted) {
  server_.writer.fail_with(invalid_argument("no"));
  receive({datagram(ThriftProtocol::kCompact, "a"), "garbage",
           datagram(ThriftProtocol::kBinary, "b"), datagram(ThriftProtocol::kBinary, "c")});
  EXPECT_THAT(server_.writer.batches(), IsEmpty());
  EXPECT_EQ(failed("udp"), 4U);
}

TEST_F(JaegerReceiverTest, AFloodOfGarbageIsCountedAndWritesNothing) {
  receive(std::vector<std::string>(1000, "garbage"));
  EXPECT_THAT(server_.writer.batches(), IsEmpty());
  EXPECT_EQ(failed("udp"), 1000U);
}

}  // namespace
}  // namespace cairn::receivers::jaeger
