// SPDX-License-Identifier: Apache-2.0
//
// The four kinds of call, synchronous on both sides, span by span in both conventions.
#include <gmock/gmock.h>

#include "sdk/adapters/grpc/testing/fixture.h"

namespace cairn::trace::grpc_adapter {
namespace {

using testing::ElementsAre;

class GrpcCallsTest : public GrpcAdapterTest {
 protected:
  std::string buy(const std::string& text) {
    grpc::ClientContext context;
    test::Item reply;
    const grpc::Status status = stub_->Buy(&context, item(text), &reply);
    return status.ok() ? reply.text() : "error: " + status.error_message();
  }
  void collect() {
    grpc::ClientContext context;
    test::Item reply;
    const auto writer = stub_->Collect(&context, &reply);
    writer->Write(item("ab"));
    writer->Write(item("c"));
    writer->WritesDone();
    EXPECT_TRUE(writer->Finish().ok());
    EXPECT_EQ(reply.text(), "abc");
  }
  void list() {
    grpc::ClientContext context;
    const auto reader = stub_->List(&context, item("xyz"));
    test::Item reply;
    std::string all;
    while (reader->Read(&reply)) all += reply.text();
    EXPECT_EQ(all, "xyz");
    EXPECT_TRUE(reader->Finish().ok());
  }
  void chat() {
    grpc::ClientContext context;
    const auto stream = stub_->Chat(&context);
    test::Item reply;
    for (const char* text : {"a", "bb"}) {
      EXPECT_TRUE(stream->Write(item(text)));
      EXPECT_TRUE(stream->Read(&reply));
      EXPECT_EQ(reply.text(), text);
    }
    stream->WritesDone();
    EXPECT_FALSE(stream->Read(&reply));
    EXPECT_TRUE(stream->Finish().ok());
  }

  Counter counter_;
  SyncShop shop_{counter_};
  RunningServer server_{shop_};
  std::unique_ptr<test::Shop::Stub> stub_ = server_.stub();
};

TEST_F(GrpcCallsTest, AUnaryCall) {
  EXPECT_EQ(buy("abc"), "abc");
  EXPECT_THAT(
      texts(2),
      ElementsAre(
          "CLIENT cairn.test.Shop/Buy net.peer.ip=127.0.0.1 net.peer.port=# "
          "rpc.grpc.status_code=0 rpc.method=Buy rpc.service=cairn.test.Shop rpc.system=grpc "
          "[message message.id=1 message.type=SENT message.uncompressed_size=5] "
          "[message message.id=1 message.type=RECEIVED message.uncompressed_size=5]",
          "SERVER cairn.test.Shop/Buy < CLIENT cairn.test.Shop/Buy net.peer.ip=127.0.0.1 "
          "net.peer.port=# rpc.grpc.status_code=0 rpc.method=Buy "
          "rpc.service=cairn.test.Shop rpc.system=grpc "
          "[message message.id=1 message.type=RECEIVED message.uncompressed_size=5] "
          "[message message.id=1 message.type=SENT message.uncompressed_size=5]"));
}

TEST_F(GrpcCallsTest, AUnaryCallInStableNames) {
  use(Conventions::kStable);
  EXPECT_EQ(buy("abc"), "abc");
  EXPECT_THAT(
      texts(2),
      ElementsAre(
          "CLIENT cairn.test.Shop/Buy network.peer.address=127.0.0.1 network.peer.port=# "
          "network.transport=tcp rpc.method=cairn.test.Shop/Buy rpc.response.status_code=OK "
          "rpc.system.name=grpc server.address=127.0.0.1 server.port=# "
          "[rpc.message rpc.message.id=1 rpc.message.type=SENT rpc.message.uncompressed_size=5] "
          "[rpc.message rpc.message.id=1 rpc.message.type=RECEIVED "
          "rpc.message.uncompressed_size=5]",
          "SERVER cairn.test.Shop/Buy < CLIENT cairn.test.Shop/Buy "
          "network.peer.address=127.0.0.1 network.peer.port=# network.transport=tcp "
          "rpc.method=cairn.test.Shop/Buy rpc.response.status_code=OK rpc.system.name=grpc "
          "[rpc.message rpc.message.id=1 rpc.message.type=RECEIVED "
          "rpc.message.uncompressed_size=5] "
          "[rpc.message rpc.message.id=1 rpc.message.type=SENT rpc.message.uncompressed_size=5]"));
}

// The events of a span as `1 SENT 5, 1 RECEIVED 5`.
std::string messages(const FinishedSpan& span) {
  std::string text;
  for (const auto& event : span.events) {
    if (!text.empty()) text += ", ";
    text += event.attributes.at("message.id") + " " + event.attributes.at("message.type") + " " +
            event.attributes.at("message.uncompressed_size");
  }
  return text;
}

TEST_F(GrpcCallsTest, MessagesOfStreamsAreCountedEachWay) {
  collect();
  list();
  chat();
  std::map<std::string, std::string> found;
  for (const FinishedSpan& span : spans(6)) {
    EXPECT_EQ(span.attributes.at("rpc.grpc.status_code"), "0");
    found[(span.kind == SpanKind::kServer ? "server " : "client ") +
          span.attributes.at("rpc.method")] = messages(span);
  }
  EXPECT_EQ(found["client Collect"], "1 SENT 4, 2 SENT 3, 1 RECEIVED 5");
  EXPECT_EQ(found["server Collect"], "1 RECEIVED 4, 2 RECEIVED 3, 1 SENT 5");
  EXPECT_EQ(found["client List"], "1 SENT 5, 1 RECEIVED 3, 2 RECEIVED 3, 3 RECEIVED 3");
  EXPECT_EQ(found["server List"], "1 RECEIVED 5, 1 SENT 3, 2 SENT 3, 3 SENT 3");
  EXPECT_EQ(found["client Chat"], "1 SENT 3, 1 RECEIVED 3, 2 SENT 4, 2 RECEIVED 4");
  EXPECT_EQ(found["server Chat"], "1 RECEIVED 3, 1 SENT 3, 2 RECEIVED 4, 2 SENT 4");
}

TEST_F(GrpcCallsTest, WithoutMessageEventsThereAreNone) {
  InstrumentationSettings settings;
  settings.message_events = false;
  set_instrumentation(settings);
  buy("abc");
  for (const FinishedSpan& span : spans(2)) EXPECT_TRUE(span.events.empty());
}

TEST_F(GrpcCallsTest, WorkInTheHandlerIsAChildOfTheServerSpan) {
  buy("work");
  std::vector<FinishedSpan> all = spans(3);
  const FinishedSpan work = memory_->span("work");
  for (const FinishedSpan& span : all) {
    EXPECT_EQ(span.context.trace_id, work.context.trace_id);
    if (span.kind != SpanKind::kServer) continue;
    EXPECT_EQ(work.parent_span_id, span.context.span_id);
  }
  EXPECT_FALSE(Context::current().span_context().is_valid());
}

TEST_F(GrpcCallsTest, TheHandlerSeesTheCallersBaggage) {
  const Scope scope(Context().with(Baggage().with("user", "j\xc3\xa9r\xc3\xb4me")));
  EXPECT_EQ(buy("user"), "j\xc3\xa9r\xc3\xb4me");
}

TEST_F(GrpcCallsTest, TwoHopsAreOneTrace) {
  RunningServer second(shop_);
  const auto stub = second.stub();
  counter_.next = stub.get();
  {
    const Span span = tracer("test").start("order");
    const Scope scope(Context::current().with(span).with(Baggage().with("user", "ann")));
    EXPECT_EQ(buy("next user"), "ann");
  }
  std::vector<std::string> chain;
  for (const std::string& text : texts(5)) chain.push_back(text.substr(0, text.find(" net.")));
  EXPECT_THAT(chain, ElementsAre("INTERNAL order",                                           //
                                 "CLIENT cairn.test.Shop/Buy < INTERNAL order",              //
                                 "SERVER cairn.test.Shop/Buy < CLIENT cairn.test.Shop/Buy",  //
                                 "CLIENT cairn.test.Shop/Buy < SERVER cairn.test.Shop/Buy",  //
                                 "SERVER cairn.test.Shop/Buy < CLIENT cairn.test.Shop/Buy"));
}

TEST_F(GrpcCallsTest, ABaggageThatPeersWouldRefuseIsNotSent) {
  Baggage baggage;
  for (int i = 0; i < 40; ++i)
    baggage = baggage.with("k" + std::to_string(i), std::string(195, 'x'));
  ASSERT_GT(baggage.header().size(), 7000u);
  const Scope scope(Context().with(baggage));
  EXPECT_EQ(buy("user"), "");
  EXPECT_EQ(spans(2).size(), 2u);
}

TEST_F(GrpcCallsTest, AnIgnoredMethodHasNoServerSpan) {
  InstrumentationSettings settings;
  settings.ignored_paths = {"cairn.test.Shop/Buy"};
  set_instrumentation(settings);
  buy("abc");
  list();
  std::string kinds;
  for (const FinishedSpan& span : spans(3)) {
    kinds += (span.kind == SpanKind::kServer ? " server " : " client ") +
             span.attributes.at("rpc.method");
  }
  EXPECT_EQ(kinds, " client Buy server List client List");
}

TEST_F(GrpcCallsTest, WithTelemetryOffTheCallersContextIsPassedOn) {
  RunningServer second(shop_);
  const auto next = second.stub();
  counter_.next = next.get();
  stop();
  const Scope scope(Context().with(Baggage().with("user", "ann")));
  EXPECT_EQ(buy("next user"), "ann");
}

TEST_F(GrpcCallsTest, MessagesThatAreNotProtobufHaveNoSizes) {
  GrpcOptions other;
  other.messages = GrpcMessages::kOther;
  RunningServer server(shop_, other);
  const auto stub = server.stub(other);
  grpc::ClientContext context;
  test::Item reply;
  EXPECT_TRUE(stub->Buy(&context, item("abc"), &reply).ok());
  for (const FinishedSpan& span : spans(2)) {
    ASSERT_EQ(span.events.size(), 2u);
    for (const auto& event : span.events) {
      EXPECT_EQ(event.attributes.count("message.uncompressed_size"), 0u);
    }
  }
}

}  // namespace
}  // namespace cairn::trace::grpc_adapter
