// SPDX-License-Identifier: Apache-2.0
//
// Against Google's own server.
#include <atomic>
#include <future>

#include <cairn/export/exporters.h>
#include <google/protobuf/util/message_differencer.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include "sdk/export/testing/batches.h"
#include "sdk/export/testing/grpc_server.h"
#include "sdk/export/testing/http_server.h"

namespace cairn::trace {
namespace {

using Code = ExportResult::Code;
using google::protobuf::util::MessageDifferencer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace transport::testing;

SpanExporterPtr exporter_to(const std::string& url, RemoteOptions options = {}) {
  options.url = url;
  std::string error;
  SpanExporterPtr exporter = otlp_grpc(options, error);
  EXPECT_NE(exporter, nullptr) << error;
  return exporter;
}

ExportResult send(const SpanExporterPtr& exporter, const OtlpRequestMessage& request,
                  milliseconds wait = seconds(10)) {
  const OwnedBatch batch(request);
  return exporter->export_batch(batch.batch(), within(wait));
}

bool has(const OtlpGrpcServer::Call& call, const std::string& name, const std::string& value) {
  const auto found = call.metadata.find(name);
  return found != call.metadata.end() && found->second == value;
}

TEST(OtlpGrpcExporter, SendsRequestsOverOneConnection) {
  OtlpGrpcServer server;
  RemoteOptions options;
  options.headers = {{"Authorization", "Bearer x"}, {"X-Tenant", "shop"}};
  const SpanExporterPtr exporter = exporter_to(server.url() + "/ignored?path", options);
  const OtlpRequestMessage small = sample_request(5), large = sample_request(20'000);
  const ExportResult first = send(exporter, small);
  EXPECT_EQ(first.code, Code::kSent) << first.message;
  const ExportResult second = send(exporter, large);
  EXPECT_EQ(second.code, Code::kSent) << second.message;

  const auto calls = server.calls();
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_TRUE(MessageDifferencer::Equals(calls[0].request, small));
  EXPECT_TRUE(MessageDifferencer::Equals(calls[1].request, large));
  EXPECT_TRUE(has(calls[0], "authorization", "Bearer x"));
  EXPECT_TRUE(has(calls[0], "x-tenant", "shop"));
  EXPECT_TRUE(has(calls[0], "user-agent", "OTel-OTLP-Exporter-Cairn-Cpp/0.1.0"));
  EXPECT_EQ(calls[0].peer, calls[1].peer);
}

TEST(OtlpGrpcExporter, TellsTheServerItsDeadline) {
  OtlpGrpcServer server;
  EXPECT_EQ(send(exporter_to(server.url()), sample_request(1), seconds(30)).code, Code::kSent);
  const auto left = server.calls().at(0).deadline - std::chrono::system_clock::now();
  EXPECT_LT(left, seconds(31));
  EXPECT_GT(left, seconds(15));
}

TEST(OtlpGrpcExporter, PacksMessages) {
  OtlpGrpcServer server;
  RemoteOptions options;
  options.gzip = true;
  const OtlpRequestMessage request = sample_request(3000);
  const ExportResult result = send(exporter_to(server.url(), options), request);
  EXPECT_EQ(result.code, Code::kSent) << result.message;
  EXPECT_TRUE(MessageDifferencer::Equals(server.calls().at(0).request, request));
}

TEST(OtlpGrpcExporter, PartialSuccessIsSent) {
  OtlpGrpcServer server([](grpc::ServerContext&, OtlpResponseMessage& response) {
    response.mutable_partial_success()->set_rejected_spans(2);
    response.mutable_partial_success()->set_error_message("too old");
    return grpc::Status::OK;
  });
  const ExportResult result = send(exporter_to(server.url()), sample_request(4));
  EXPECT_EQ(result.code, Code::kSent);
  EXPECT_EQ(result.rejected, 2U);
  EXPECT_EQ(result.message, "too old");
}

TEST(OtlpGrpcExporter, ErrorsThatComeAsTrailersOnly) {
  OtlpGrpcServer server([](grpc::ServerContext&, OtlpResponseMessage&) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "span 3: kein Stück\n");
  });
  const ExportResult result = send(exporter_to(server.url()), sample_request(1));
  EXPECT_EQ(result.code, Code::kFailed);
  EXPECT_EQ(result.message, "gRPC INVALID_ARGUMENT: span 3: kein Stück");
}

TEST(OtlpGrpcExporter, ErrorsAfterHeaders) {
  OtlpGrpcServer server([](grpc::ServerContext& context, OtlpResponseMessage&) {
    context.AddInitialMetadata("x-node", "7");
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "starting");
  });
  const ExportResult result = send(exporter_to(server.url()), sample_request(1));
  EXPECT_EQ(result.code, Code::kRetry);
  EXPECT_EQ(result.message, "gRPC UNAVAILABLE: starting");
}

TEST(OtlpGrpcExporter, ExhaustedServersAreRetriedWhenTheySayWhen) {
  std::atomic<bool> says_when{false};
  OtlpGrpcServer server([&](grpc::ServerContext&, OtlpResponseMessage&) {
    google::rpc::RetryInfo info;
    info.mutable_retry_delay()->set_seconds(2);
    google::rpc::Status status;
    status.set_code(8);
    if (says_when) status.add_details()->PackFrom(info);
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full", status.SerializeAsString());
  });
  const SpanExporterPtr exporter = exporter_to(server.url());
  EXPECT_EQ(send(exporter, sample_request(1)).code, Code::kFailed);
  says_when = true;
  const ExportResult result = send(exporter, sample_request(1));
  EXPECT_EQ(result.code, Code::kRetry);
  EXPECT_EQ(result.retry_after, seconds(2));
  EXPECT_EQ(result.message, "gRPC RESOURCE_EXHAUSTED: full");
  EXPECT_EQ(server.calls().at(0).peer, server.calls().at(1).peer);
}

TEST(OtlpGrpcExporter, NoAnswerInTimeIsTriedAgain) {
  std::promise<void> go_on;
  OtlpGrpcServer server(
      [waiting = go_on.get_future().share()](grpc::ServerContext&, OtlpResponseMessage&) {
        waiting.wait_for(seconds(20));
        return grpc::Status::OK;
      });
  const SpanExporterPtr exporter = exporter_to(server.url());
  const ExportResult result = send(exporter, sample_request(1), milliseconds(100));
  EXPECT_EQ(result.code, Code::kRetry) << result.message;
  go_on.set_value();
  // On a connection of its own: the other one may be dead.
  EXPECT_EQ(send(exporter, sample_request(1)).code, Code::kSent);
  EXPECT_NE(server.calls().at(0).peer, server.calls().at(1).peer);
}

TEST(OtlpGrpcExporter, RestartedServersAreFoundAgain) {
  auto server = std::make_unique<OtlpGrpcServer>();
  const SpanExporterPtr exporter = exporter_to(server->url());
  EXPECT_EQ(send(exporter, sample_request(1)).code, Code::kSent);
  server.reset();
  EXPECT_EQ(send(exporter, sample_request(1)).code, Code::kRetry);
}

TEST(OtlpGrpcExporter, ServersOfAnotherKindAreNoSuccess) {
  HttpServer server({reply(200)});
  const ExportResult result = send(exporter_to(server.url("/")), sample_request(1), seconds(1));
  EXPECT_NE(result.code, Code::kSent) << result.message;
}

TEST(OtlpGrpcExporter, NobodyThereIsTriedAgain) {
  const ExportResult result =
      send(exporter_to("http://127.0.0.1:" + std::to_string(closed_port())), sample_request(1));
  EXPECT_EQ(result.code, Code::kRetry);
  EXPECT_EQ(result.message.rfind("no connection: ", 0), 0U) << result.message;
}

}  // namespace
}  // namespace cairn::trace
