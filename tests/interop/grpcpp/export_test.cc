// SPDX-License-Identifier: Apache-2.0
//
// OTLP over gRPC as Google's C++ client speaks it: unary calls of every size, its compression, its
// deadlines and cancellations, its flow control, its health checks.
#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h"
#include "server_process.h"

namespace cairn::interop {
namespace {

namespace otlp = opentelemetry::proto::collector::trace::v1;
using std::chrono::seconds;
using std::chrono::system_clock;
using ::testing::HasSubstr;

constexpr std::size_t kMebibyte = 1 << 20;

std::string random_bytes(std::size_t size) {
  static std::mt19937_64 random(std::random_device{}());
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random() % 255 + 1);
  return bytes;
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4];
    text += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

// `spans` spans of one new trace, each with that much text.
otlp::ExportTraceServiceRequest request_of(int spans, std::size_t text_size = 10) {
  otlp::ExportTraceServiceRequest request;
  auto* group = request.add_resource_spans();
  auto* service = group->mutable_resource()->add_attributes();
  service->set_key("service.name");
  service->mutable_value()->set_string_value("interop-grpcpp");
  auto* scope = group->add_scope_spans();
  const std::string trace_id = random_bytes(16);
  for (int i = 0; i < spans; ++i) {
    auto* span = scope->add_spans();
    span->set_trace_id(trace_id);
    span->set_span_id(random_bytes(8));
    span->set_name("call " + std::to_string(i));
    span->set_start_time_unix_nano(1'760'000'000'000'000'000U);
    span->set_end_time_unix_nano(1'760'000'000'001'000'000U);
    auto* attribute = span->add_attributes();
    attribute->set_key("text");
    attribute->mutable_value()->set_string_value(std::string(text_size, 'x'));
  }
  return request;
}

std::string trace_id_of(const otlp::ExportTraceServiceRequest& request) {
  return hex(request.resource_spans(0).scope_spans(0).spans(0).trace_id());
}

struct Outcome {
  grpc::Status status;
  otlp::ExportTraceServiceResponse response;
};

class GrpcExportTest : public ::testing::Test {
 protected:
  // 12 MiB: three times what gRPC servers take unless told otherwise.
  static void SetUpTestSuite() {
    server_ = std::make_unique<ServerProcess>(std::vector<std::string>{
        "--log.level", "warn", "--net.body_bytes", "12MiB", "--net.decoded_body_bytes", "12MiB"});
  }
  static void TearDownTestSuite() {
    EXPECT_EQ(server_->stop(), 0);
    server_ = nullptr;
  }

  std::shared_ptr<grpc::Channel> channel(grpc::ChannelArguments arguments = {}) const {
    // A connection of its own for every channel.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(server_->address("otlp_grpc"),
                                     grpc::InsecureChannelCredentials(), arguments);
  }
  static Outcome send(const std::shared_ptr<grpc::Channel>& channel,
                      const otlp::ExportTraceServiceRequest& request,
                      system_clock::duration deadline = seconds(30)) {
    grpc::ClientContext context;
    context.set_deadline(system_clock::now() + deadline);
    Outcome outcome;
    const auto stub = otlp::TraceService::NewStub(channel);
    outcome.status = stub->Export(&context, request, &outcome.response);
    return outcome;
  }
  static HttpAnswer find_trace(const std::string& id) {
    return http_get(server_->address("query"), "/api/traces/" + id);
  }
  static void expect_still_serves(const std::shared_ptr<grpc::Channel>& channel) {
    EXPECT_TRUE(send(channel, request_of(1)).status.ok());
  }

  static std::unique_ptr<ServerProcess> server_;
};

std::unique_ptr<ServerProcess> GrpcExportTest::server_;

TEST_F(GrpcExportTest, ASpanIsAcceptedAndFound) {
  const auto request = request_of(1);
  const Outcome outcome = send(channel(), request);
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_FALSE(outcome.response.has_partial_success());
  const HttpAnswer found = find_trace(trace_id_of(request));
  EXPECT_EQ(found.status, 200);
  EXPECT_THAT(found.body, HasSubstr("call 0"));
}

TEST_F(GrpcExportTest, AnEmptyRequestIsAccepted) {
  EXPECT_TRUE(send(channel(), {}).status.ok());
}

TEST_F(GrpcExportTest, TenMebibytesAreAccepted) {
  const auto request = request_of(1'000, 10 * kMebibyte / 1'000);
  ASSERT_GT(request.ByteSizeLong(), 10 * kMebibyte);
  const Outcome outcome = send(channel(), request);
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(find_trace(trace_id_of(request)).status, 200);
}

TEST_F(GrpcExportTest, MoreThanTheLimitIsResourceExhaustedAndTheConnectionLives) {
  const auto shared = channel();
  const Outcome outcome = send(shared, request_of(100, 20 * kMebibyte / 100));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
      << outcome.status.error_message();
  expect_still_serves(shared);
}

TEST_F(GrpcExportTest, GzipIsUnderstood) {
  grpc::ChannelArguments arguments;
  arguments.SetCompressionAlgorithm(GRPC_COMPRESS_GZIP);
  const auto request = request_of(200, 1'000);
  const Outcome outcome = send(channel(arguments), request);
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(find_trace(trace_id_of(request)).status, 200);
}

TEST_F(GrpcExportTest, ACompressedRequestBeyondTheLimitIsResourceExhausted) {
  grpc::ChannelArguments arguments;
  arguments.SetCompressionAlgorithm(GRPC_COMPRESS_GZIP);
  const auto shared = channel(arguments);
  const Outcome outcome = send(shared, request_of(100, 64 * kMebibyte / 100));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
      << outcome.status.error_message();
  expect_still_serves(shared);
}

TEST_F(GrpcExportTest, ADeadlineThatPassesLeavesTheConnectionUsable) {
  const auto shared = channel();
  expect_still_serves(shared);  // connects
  const Outcome outcome = send(shared, request_of(1'000, 10'000), std::chrono::microseconds(300));
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  expect_still_serves(shared);
}

TEST_F(GrpcExportTest, ACancelledCallLeavesTheConnectionUsable) {
  const auto shared = channel();
  expect_still_serves(shared);
  const auto request = request_of(1'000, 10'000);
  grpc::ClientContext context;
  otlp::ExportTraceServiceResponse response;
  std::promise<grpc::Status> done;
  const auto stub = otlp::TraceService::NewStub(shared);
  stub->async()->Export(&context, &request, &response,
                        [&done](grpc::Status status) { done.set_value(std::move(status)); });
  context.TryCancel();
  EXPECT_EQ(done.get_future().get().error_code(), grpc::StatusCode::CANCELLED);
  expect_still_serves(shared);
}

TEST_F(GrpcExportTest, AHundredCallsAtOnceAreAllAnswered) {
  constexpr int kCalls = 100;
  const auto stub = otlp::TraceService::NewStub(channel());
  struct Call {
    grpc::ClientContext context;
    otlp::ExportTraceServiceRequest request = request_of(100);
    otlp::ExportTraceServiceResponse response;
  };
  std::vector<Call> calls(kCalls);
  std::atomic<int> accepted = 0;
  std::latch answered(kCalls);
  for (Call& call : calls) {
    stub->async()->Export(&call.context, &call.request, &call.response,
                          [&](const grpc::Status& status) {
                            if (status.ok()) ++accepted;
                            answered.count_down();
                          });
  }
  answered.wait();
  EXPECT_EQ(accepted, kCalls);
  for (const Call& call : calls) EXPECT_EQ(find_trace(trace_id_of(call.request)).status, 200);
}

TEST_F(GrpcExportTest, BadSpansAreCountedAndTheOthersKept) {
  auto request = request_of(3);
  request.mutable_resource_spans(0)->mutable_scope_spans(0)->mutable_spans(1)->set_span_id(
      std::string(8, '\0'));
  const Outcome outcome = send(channel(), request);
  ASSERT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.response.partial_success().rejected_spans(), 1);
  EXPECT_NE(outcome.response.partial_success().error_message(), "");
  const HttpAnswer found = find_trace(trace_id_of(request));
  EXPECT_THAT(found.body, HasSubstr("call 2"));
  EXPECT_THAT(found.body, ::testing::Not(HasSubstr("call 1")));
}

// A call with bytes of our own choice.
struct RawOutcome {
  grpc::Status status;
  std::string response;
};

RawOutcome call_raw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                    const std::string& message) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(system_clock::now() + seconds(30));
  const grpc::Slice slice(message);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  RawOutcome outcome;
  outcome.status = done.get_future().get();
  grpc::Slice answer;
  if (outcome.status.ok() && response.DumpToSingleSlice(&answer).ok()) {
    outcome.response.assign(reinterpret_cast<const char*>(answer.begin()), answer.size());
  }
  return outcome;
}

TEST_F(GrpcExportTest, AnUnknownMethodIsUnimplemented) {
  EXPECT_EQ(call_raw(channel(), "/opentelemetry.proto.collector.logs.v1.LogsService/Export", "")
                .status.error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(GrpcExportTest, BytesThatAreNoRequestAreAnInvalidArgument) {
  EXPECT_EQ(
      call_raw(channel(), "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "\x0a\x7f")
          .status.error_code(),
      grpc::StatusCode::INVALID_ARGUMENT);
}

// grpc.health.v1: HealthCheckRequest{1: service}, HealthCheckResponse{1: status}, SERVING is 1.
TEST_F(GrpcExportTest, TheHealthServiceSaysServing) {
  const RawOutcome outcome = call_raw(channel(), "/grpc.health.v1.Health/Check", "");
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(outcome.response, "\x08\x01");
}

}  // namespace
}  // namespace cairn::interop
