// SPDX-License-Identifier: Apache-2.0
//
// Callback and completion-queue servers and clients.
#include <algorithm>
#include <atomic>
#include <future>

#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>

#include "sdk/adapters/grpc/testing/fixture.h"

namespace cairn::trace::grpc_adapter {
namespace {

using testing::ElementsAre;

// The kinds and names of all spans and of their parents, in the order they started.
std::vector<std::string> names(const std::vector<std::string>& texts) {
  std::vector<std::string> names;
  for (const std::string& text : texts) {
    const std::size_t end = std::min({text.find(" net."), text.find(" rpc."), text.size()});
    names.push_back(text.substr(0, end));
  }
  return names;
}

class CallbackShop final : public test::Shop::CallbackService {
 public:
  explicit CallbackShop(Counter& counter) : counter_(counter) {}
  ~CallbackShop() override {
    if (later_.joinable()) later_.join();
  }

  // Answers on another thread when it is asked to.
  grpc::ServerUnaryReactor* Buy(grpc::CallbackServerContext* context, const test::Item* request,
                                test::Item* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (request->text() != "later") {
      reactor->Finish(counter_.answer(*request, *response));
      return reactor;
    }
    later_ = std::thread([context, response, reactor] {
      {
        const Scope scope(server_call_context(*context));
        tracer("test").start("later");
        std::string user;
        Context::current().baggage().get("user", user);
        response->set_text(user);
      }
      reactor->Finish(grpc::Status::OK);
    });
    return reactor;
  }

  // Echoes each item; every reaction makes a child of the span its reactor was made in.
  class Chatter final : public grpc::ServerBidiReactor<test::Item, test::Item> {
   public:
    explicit Chatter(std::atomic<int>& strangers) : strangers_(strangers) { StartRead(&item_); }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      const Scope scope(context_);
      tracer("test").start("said " + item_.text());
      StartWrite(&item_);
    }
    void OnWriteDone(bool ok) override {
      if (Context::current().span_context().is_valid()) ++strangers_;
      if (ok) StartRead(&item_);
    }
    void OnDone() override { delete this; }

   private:
    const Context context_ = Context::current();
    std::atomic<int>& strangers_;
    test::Item item_;
  };
  // How many reactions found a span where nobody had made one current.
  int strangers() const { return strangers_; }
  grpc::ServerBidiReactor<test::Item, test::Item>* Chat(grpc::CallbackServerContext*) override {
    return new Chatter(strangers_);
  }

 private:
  Counter& counter_;
  std::atomic<int> strangers_{0};
  std::thread later_;
};

class GrpcAsyncTest : public GrpcAdapterTest {
 protected:
  Counter counter_;
  SyncShop sync_shop_{counter_};
};

TEST_F(GrpcAsyncTest, ACallbackServicesMethodRunsInTheSpan) {
  CallbackShop shop(counter_);
  RunningServer server(shop);
  const auto stub = server.stub();
  grpc::ClientContext context;
  test::Item reply;
  EXPECT_TRUE(stub->Buy(&context, item("work"), &reply).ok());
  EXPECT_THAT(names(texts(3)),
              ElementsAre("CLIENT cairn.test.Shop/Buy",
                          "SERVER cairn.test.Shop/Buy < CLIENT cairn.test.Shop/Buy",
                          "INTERNAL work < SERVER cairn.test.Shop/Buy"));
}

TEST_F(GrpcAsyncTest, AnswersOnOtherThreadsFindTheirContext) {
  CallbackShop shop(counter_);
  RunningServer server(shop);
  const auto stub = server.stub();
  const Scope scope(Context().with(Baggage().with("user", "ann")));
  grpc::ClientContext context;
  test::Item reply;
  EXPECT_TRUE(stub->Buy(&context, item("later"), &reply).ok());
  EXPECT_EQ(reply.text(), "ann");
  EXPECT_THAT(names(texts(3)),
              ElementsAre("CLIENT cairn.test.Shop/Buy",
                          "SERVER cairn.test.Shop/Buy < CLIENT cairn.test.Shop/Buy",
                          "INTERNAL later < SERVER cairn.test.Shop/Buy"));
}

TEST_F(GrpcAsyncTest, ReactionsOfACallbackStreamHaveTheContextTheyKeep) {
  CallbackShop shop(counter_);
  RunningServer server(shop);
  const auto stub = server.stub();
  grpc::ClientContext context;
  const auto stream = stub->Chat(&context);
  test::Item reply;
  for (const char* text : {"a", "b"}) {
    ASSERT_TRUE(stream->Write(item(text)));
    ASSERT_TRUE(stream->Read(&reply));
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&reply));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(names(texts(4)),
              ElementsAre("CLIENT cairn.test.Shop/Chat",
                          "SERVER cairn.test.Shop/Chat < CLIENT cairn.test.Shop/Chat",
                          "INTERNAL said a < SERVER cairn.test.Shop/Chat",
                          "INTERNAL said b < SERVER cairn.test.Shop/Chat"));
}

// A call whose method has returned and whose answer is still to come must not be the parent of what
// its thread does next.
TEST_F(GrpcAsyncTest, AThreadForgetsACallWhenItsMethodReturns) {
  CallbackShop shop(counter_);
  RunningServer server(shop);
  const auto stub = server.stub();
  grpc::ClientContext contexts[4];
  std::unique_ptr<grpc::ClientReaderWriter<test::Item, test::Item>> streams[4];
  test::Item reply;
  for (int i = 0; i < 4; ++i) streams[i] = stub->Chat(&contexts[i]);
  for (const auto& stream : streams) {
    ASSERT_TRUE(stream->Write(item("a")));
    ASSERT_TRUE(stream->Read(&reply));
    // The answer to the second comes after OnWriteDone of the first.
    ASSERT_TRUE(stream->Write(item("b")));
    ASSERT_TRUE(stream->Read(&reply));
  }
  for (const auto& stream : streams) {
    stream->WritesDone();
    EXPECT_FALSE(stream->Read(&reply));
    EXPECT_TRUE(stream->Finish().ok());
  }
  EXPECT_EQ(shop.strangers(), 0);
}

TEST_F(GrpcAsyncTest, ACallbackClientsCallIsAChildOfWhereItWasMade) {
  RunningServer server(sync_shop_);
  const auto stub = server.stub();
  grpc::ClientContext context;
  const test::Item request = item("missing");
  test::Item reply;
  std::promise<grpc::Status> done;
  {
    const Span order = tracer("test").start("order");
    const Scope scope(order);
    stub->async()->Buy(&context, &request, &reply,
                       [&done](grpc::Status status) { done.set_value(status); });
  }
  EXPECT_EQ(done.get_future().get().error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(names(texts(3)),
              ElementsAre("INTERNAL order", "CLIENT cairn.test.Shop/Buy < INTERNAL order",
                          "SERVER cairn.test.Shop/Buy < CLIENT cairn.test.Shop/Buy"));
}

TEST_F(GrpcAsyncTest, ACompletionQueueClientsCallIsTraced) {
  RunningServer server(sync_shop_);
  const auto stub = server.stub();
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  test::Item reply;
  grpc::Status status;
  {
    const Span order = tracer("test").start("order");
    const Scope scope(order);
    const auto call = stub->AsyncBuy(&context, item("abc"), &queue);
    call->Finish(&reply, &status, &status);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
  }
  EXPECT_TRUE(status.ok());
  const auto all = texts(3);
  EXPECT_EQ(names(all)[1], "CLIENT cairn.test.Shop/Buy < INTERNAL order");
  EXPECT_NE(all[1].find("[message message.id=1 message.type=SENT message.uncompressed_size=5] "
                        "[message message.id=1 message.type=RECEIVED message.uncompressed_size=5]"),
            std::string::npos);
  queue.Shutdown();
}

// A server with a completion queue that answers one call, as `answer` says.
class QueueServer {
 public:
  template <class Service>
  explicit QueueServer(Service& service) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    if constexpr (std::is_same_v<Service, grpc::AsyncGenericService>) {
      builder.RegisterAsyncGenericService(&service);
    } else {
      builder.RegisterService(&service);
    }
    queue_ = builder.AddCompletionQueue();
    trace_server(builder);
    server_ = builder.BuildAndStart();
  }
  ~QueueServer() {
    server_->Shutdown();
    queue_->Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_->Next(&tag, &ok)) {
    }
  }
  grpc::ServerCompletionQueue* queue() { return queue_.get(); }
  std::string target() const { return "127.0.0.1:" + std::to_string(port_); }
  bool next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_->Next(&tag, &ok) && ok;
  }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(GrpcAsyncTest, ACompletionQueueServerFindsTheContextOfACall) {
  test::Shop::AsyncService service;
  QueueServer server(service);
  std::thread serving([&] {
    grpc::ServerContext context;
    test::Item request;
    grpc::ServerAsyncResponseWriter<test::Item> writer(&context);
    service.RequestBuy(&context, &request, &writer, server.queue(), server.queue(), &context);
    ASSERT_TRUE(server.next());
    EXPECT_FALSE(Context::current().span_context().is_valid());
    {
      const Scope scope(server_call_context(context));
      tracer("test").start("work");
    }
    writer.Finish(request, grpc::Status::OK, &context);
    ASSERT_TRUE(server.next());
  });
  const auto stub =
      test::Shop::NewStub(traced_channel(server.target(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  test::Item reply;
  EXPECT_TRUE(stub->Buy(&context, item("abc"), &reply).ok());
  serving.join();
  EXPECT_THAT(names(texts(3)),
              ElementsAre("CLIENT cairn.test.Shop/Buy",
                          "SERVER cairn.test.Shop/Buy < CLIENT cairn.test.Shop/Buy",
                          "INTERNAL work < SERVER cairn.test.Shop/Buy"));
}

TEST_F(GrpcAsyncTest, GenericServersAndStubsReadBytes) {
  grpc::AsyncGenericService service;
  QueueServer server(service);
  std::thread serving([&] {
    grpc::GenericServerContext context;
    grpc::GenericServerAsyncReaderWriter stream(&context);
    service.RequestCall(&context, &stream, server.queue(), server.queue(), &context);
    ASSERT_TRUE(server.next());
    grpc::ByteBuffer request;
    stream.Read(&request, &context);
    ASSERT_TRUE(server.next());
    stream.WriteAndFinish(request, grpc::WriteOptions(), grpc::Status::OK, &context);
    ASSERT_TRUE(server.next());
  });
  GrpcOptions bytes;
  bytes.messages = GrpcMessages::kBytes;
  grpc::GenericStub stub(
      traced_channel(server.target(), grpc::InsecureChannelCredentials(), {}, bytes));
  grpc::ClientContext context;
  const grpc::Slice slice("seven b");
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer reply;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/any.Service/Call", grpc::StubOptions(), &request, &reply,
                 [&done](grpc::Status status) { done.set_value(status); });
  EXPECT_TRUE(done.get_future().get().ok());
  serving.join();
  for (const FinishedSpan& span : spans(2)) {
    EXPECT_EQ(span.name, "any.Service/Call");
    ASSERT_EQ(span.events.size(), 2u);
    for (const auto& event : span.events) {
      EXPECT_EQ(event.attributes.at("message.uncompressed_size"), "7");
    }
  }
}

TEST_F(GrpcAsyncTest, CallsToACollectorAreNotTraced) {
  grpc::AsyncGenericService service;
  QueueServer server(service);
  grpc::GenericStub stub(traced_channel(server.target(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now());
  const grpc::Slice slice("spans");
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer reply;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
                 grpc::StubOptions(), &request, &reply,
                 [&done](grpc::Status status) { done.set_value(status); });
  EXPECT_FALSE(done.get_future().get().ok());
  EXPECT_EQ(spans(0).size(), 0u);
}

}  // namespace
}  // namespace cairn::trace::grpc_adapter
