// SPDX-License-Identifier: Apache-2.0
//
// Calls that fail, in both conventions.
#include <chrono>
#include <future>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include "sdk/adapters/grpc/testing/fixture.h"

namespace cairn::trace::grpc_adapter {
namespace {

using testing::ElementsAre;

class GrpcErrorsTest : public GrpcAdapterTest {
 protected:
  grpc::StatusCode buy(const std::string& text) {
    grpc::ClientContext context;
    test::Item reply;
    return stub_->Buy(&context, item(text), &reply).error_code();
  }
  // `SERVER 5 error: why` for each span, in the order they ended.
  std::vector<std::string> outcomes(std::size_t count) {
    std::vector<std::string> all;
    for (const FinishedSpan& span : spans(count)) {
      std::string text = span.kind == SpanKind::kServer ? "SERVER" : "CLIENT";
      for (const char* key : {"rpc.grpc.status_code", "rpc.response.status_code", "error.type"}) {
        const auto found = span.attributes.find(key);
        if (found != span.attributes.end()) text += " " + found->second;
      }
      if (span.status == StatusCode::kError) text += " error: " + span.status_message;
      all.push_back(text);
    }
    return all;
  }

  Counter counter_;
  SyncShop shop_{counter_};
  RunningServer server_{shop_};
  std::unique_ptr<test::Shop::Stub> stub_ = server_.stub();
};

TEST_F(GrpcErrorsTest, EveryStatusButOkIsAnErrorAsInGoZero) {
  EXPECT_EQ(buy("missing"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(buy("broken"), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(outcomes(4),
              ElementsAre("SERVER 5 error: no such item", "CLIENT 5 error: no such item",
                          "SERVER 13 error: shelf is broken", "CLIENT 13 error: shelf is broken"));
}

TEST_F(GrpcErrorsTest, StableNamesBlameTheServerOnlyForItsOwnErrors) {
  use(Conventions::kStable);
  EXPECT_EQ(buy("missing"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(buy("broken"), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(outcomes(4),
              ElementsAre("SERVER NOT_FOUND", "CLIENT NOT_FOUND NOT_FOUND error: no such item",
                          "SERVER INTERNAL INTERNAL error: shelf is broken",
                          "CLIENT INTERNAL INTERNAL error: shelf is broken"));
}

TEST_F(GrpcErrorsTest, AFailedUnaryCallHasBothMessagesAsInGoZero) {
  buy("missing");
  for (const FinishedSpan& span : spans(2)) {
    ASSERT_EQ(span.events.size(), 2u);
    const bool server = span.kind == SpanKind::kServer;
    EXPECT_EQ(span.events[1].attributes.at("message.type"), server ? "SENT" : "RECEIVED");
    EXPECT_EQ(span.events[1].attributes.at("message.id"), "1");
    // google.rpc.Status{code: 5, message: "no such item"}.
    EXPECT_EQ(span.events[1].attributes.at("message.uncompressed_size"), server ? "16" : "0");
  }
}

TEST_F(GrpcErrorsTest, AHandlerThatThrowsIsUnknown) {
  EXPECT_EQ(buy("throw"), grpc::StatusCode::UNKNOWN);
  const auto all = outcomes(2);
  EXPECT_EQ(all[0].substr(0, 15), "SERVER 2 error:");
  EXPECT_FALSE(Context::current().span_context().is_valid());
}

TEST_F(GrpcErrorsTest, ADeadlineThatPassesIsTheClientsError) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(50));
  test::Item reply;
  EXPECT_EQ(stub_->Buy(&context, item("wait"), &reply).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  // Whether the server ever heard of the call is a matter of luck.
  EXPECT_THAT(outcomes(1), ElementsAre("CLIENT 4 error: Deadline Exceeded"));
  counter_.gate.open();
}

TEST_F(GrpcErrorsTest, ACancelledStreamIsCancelled) {
  grpc::ClientContext context;
  const auto stream = stub_->Chat(&context);
  EXPECT_TRUE(stream->Write(item("wait")));
  counter_.gate.wait_until_someone_waits();
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(outcomes(1)[0].substr(0, 15), "CLIENT 1 error:");
  counter_.gate.open();
  EXPECT_EQ(outcomes(2)[1], "SERVER 0");
}

TEST_F(GrpcErrorsTest, ACallThatIsCancelledBeforeItStartsIsCancelled) {
  grpc::ClientContext context;
  context.TryCancel();
  test::Item reply;
  EXPECT_EQ(stub_->Buy(&context, item("a"), &reply).error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(outcomes(1)[0].substr(0, 15), "CLIENT 1 error:");
}

TEST_F(GrpcErrorsTest, AStreamThatIsLeftAloneIsCancelledWhenItsContextGoes) {
  {
    grpc::ClientContext context;
    const auto stream = stub_->Chat(&context);
    test::Item reply;
    EXPECT_TRUE(stream->Write(item("a")));
    EXPECT_TRUE(stream->Read(&reply));
    EXPECT_EQ(spans(0).size(), 0u);
  }
  std::string clients;
  for (const std::string& outcome : outcomes(2)) {
    if (outcome.substr(0, 6) == "CLIENT") clients += outcome;
  }
  EXPECT_EQ(clients, "CLIENT 1 error: given up");
}

TEST_F(GrpcErrorsTest, AMethodTheServerDoesNotKnowIsUnimplemented) {
  use(Conventions::kStable);
  GrpcOptions bytes;
  bytes.messages = GrpcMessages::kBytes;
  grpc::GenericStub stub(
      traced_channel(server_.target(), grpc::InsecureChannelCredentials(), {}, bytes));
  grpc::ClientContext context;
  const grpc::Slice slice("loot");
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer reply;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/cairn.test.Shop/Steal", grpc::StubOptions(), &request, &reply,
                 [&done](grpc::Status status) { done.set_value(status); });
  EXPECT_EQ(done.get_future().get().error_code(), grpc::StatusCode::UNIMPLEMENTED);
  // The client's, and whatever gRPC shows of it on the server: never the name the client made up.
  for (const FinishedSpan& span : spans(1)) {
    const bool answers = span.kind == SpanKind::kServer;
    EXPECT_EQ(span.attributes.at("rpc.method"), answers ? "_OTHER" : "cairn.test.Shop/Steal");
    EXPECT_EQ(span.attributes.at("rpc.response.status_code"), "UNIMPLEMENTED");
    EXPECT_EQ(span.status, StatusCode::kError);
  }
}

TEST_F(GrpcErrorsTest, WithoutAServerTheCallIsUnavailable) {
  std::string target;
  {
    RunningServer gone(shop_);
    target = gone.target();
  }
  const auto stub = test::Shop::NewStub(traced_channel(target, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  test::Item reply;
  EXPECT_EQ(stub->Buy(&context, item("abc"), &reply).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(outcomes(1)[0].substr(0, 16), "CLIENT 14 error:");
}

}  // namespace
}  // namespace cairn::trace::grpc_adapter
