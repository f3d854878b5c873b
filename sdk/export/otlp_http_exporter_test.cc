// SPDX-License-Identifier: Apache-2.0
#include <future>

#include <cairn/export/exporters.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "sdk/export/testing/batches.h"
#include "sdk/export/testing/gunzip.h"
#include "sdk/export/testing/http_server.h"

namespace cairn::trace {
namespace {

using Code = ExportResult::Code;
using google::protobuf::util::MessageDifferencer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace transport::testing;

SpanExporterPtr exporter_to(const HttpServer& server, RemoteOptions options = {},
                            OtlpEncoding encoding = OtlpEncoding::kProtobuf) {
  options.url = server.url("/v1/traces");
  std::string error;
  SpanExporterPtr exporter = otlp_http(options, encoding, error);
  EXPECT_NE(exporter, nullptr) << error;
  return exporter;
}

ExportResult send(const SpanExporterPtr& exporter, const OwnedBatch& batch,
                  milliseconds wait = seconds(10)) {
  return exporter->export_batch(batch.batch(), within(wait));
}

TEST(OtlpHttpExporter, SendsRequestsThatProtobufReads) {
  HttpServer server({reply(200)});
  const SpanExporterPtr exporter = exporter_to(server);
  const OtlpRequestMessage small = sample_request(5), large = sample_request(3000);
  EXPECT_EQ(send(exporter, OwnedBatch(small)).code, Code::kSent);
  EXPECT_EQ(send(exporter, OwnedBatch(large)).code, Code::kSent);

  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].start, "POST /v1/traces HTTP/1.1");
  EXPECT_EQ(requests[0].headers.at("content-type"), "application/x-protobuf");
  EXPECT_EQ(requests[0].headers.at("user-agent"), "OTel-OTLP-Exporter-Cairn-Cpp/0.1.0");
  EXPECT_EQ(requests[0].headers.count("content-encoding"), 0U);
  OtlpRequestMessage read;
  ASSERT_TRUE(read.ParseFromString(requests[0].body));
  EXPECT_TRUE(MessageDifferencer::Equals(read, small));
  ASSERT_TRUE(read.ParseFromString(requests[1].body));
  EXPECT_TRUE(MessageDifferencer::Equals(read, large));
  EXPECT_EQ(server.connections(), 1);
}

TEST(OtlpHttpExporter, SendsJsonAndReadsJson) {
  HttpServer server({reply(200, R"({"partialSuccess":{"rejectedSpans":"1"}})",
                           "Content-Type: application/json\r\n")});
  const SpanExporterPtr exporter = exporter_to(server, {}, OtlpEncoding::kJson);
  EXPECT_EQ(send(exporter, OwnedBatch(sample_request(5))).rejected, 1U);
  EXPECT_EQ(server.requests().at(0).headers.at("content-type"), "application/json");
  EXPECT_NE(server.requests().at(0).body.find("resourceSpans"), std::string::npos);
}

TEST(OtlpHttpExporter, PacksBodies) {
  HttpServer server({reply(200)});
  RemoteOptions options;
  options.gzip = true;
  const OtlpRequestMessage request = sample_request(3000);
  EXPECT_EQ(send(exporter_to(server, options), OwnedBatch(request)).code, Code::kSent);
  const Request received = server.requests().at(0);
  EXPECT_EQ(received.headers.at("content-encoding"), "gzip");
  EXPECT_LT(received.body.size(), request.ByteSizeLong() / 3);
  OtlpRequestMessage read;
  ASSERT_TRUE(read.ParseFromString(gunzip(received.body)));
  EXPECT_TRUE(MessageDifferencer::Equals(read, request));
}

TEST(OtlpHttpExporter, SendsTheHeadersItWasGiven) {
  HttpServer server({reply(200)});
  RemoteOptions options;
  options.headers = {{"Authorization", "Bearer x y"}, {"X-Empty", ""}, {"User-Agent", "mine"}};
  EXPECT_EQ(send(exporter_to(server, options), OwnedBatch(sample_request(1))).code, Code::kSent);
  const auto headers = server.requests().at(0).headers;
  EXPECT_EQ(headers.at("authorization"), "Bearer x y");
  EXPECT_EQ(headers.at("x-empty"), "");
  EXPECT_EQ(headers.at("user-agent"), "mine");
}

TEST(OtlpHttpExporter, IsTriedAgainWhenTheServerSaysSo) {
  HttpServer server({reply(503, "", "Retry-After: 7\r\n"), reply(200)});
  const SpanExporterPtr exporter = exporter_to(server);
  const OwnedBatch batch(sample_request(2));
  const ExportResult busy = send(exporter, batch);
  EXPECT_EQ(busy.code, Code::kRetry);
  EXPECT_EQ(busy.retry_after, seconds(7));
  EXPECT_EQ(busy.message, "HTTP 503");
  EXPECT_EQ(send(exporter, batch).code, Code::kSent);
  EXPECT_EQ(server.connections(), 1);
}

TEST(OtlpHttpExporter, PartialSuccessIsSent) {
  OtlpResponseMessage response;
  response.mutable_partial_success()->set_rejected_spans(1000);
  response.mutable_partial_success()->set_error_message("too old");
  HttpServer server(
      {reply(200, response.SerializeAsString(), "Content-Type: application/x-protobuf\r\n")});
  const ExportResult result = send(exporter_to(server), OwnedBatch(sample_request(4)));
  EXPECT_EQ(result.code, Code::kSent);
  EXPECT_EQ(result.rejected, 4U) << "never more than were sent";
  EXPECT_EQ(result.message, "too old");
}

TEST(OtlpHttpExporter, RefusedBatchesFail) {
  HttpServer server({reply(400, "no", "Content-Type: text/plain\r\n")});
  const ExportResult result = send(exporter_to(server), OwnedBatch(sample_request(1)));
  EXPECT_EQ(result.code, Code::kFailed);
  EXPECT_EQ(result.message, "HTTP 400: no");
}

TEST(OtlpHttpExporter, NobodyThereIsTriedAgain) {
  RemoteOptions options;
  options.url = "http://127.0.0.1:" + std::to_string(closed_port()) + "/v1/traces";
  std::string error;
  const SpanExporterPtr exporter = otlp_http(options, OtlpEncoding::kProtobuf, error);
  const ExportResult result = send(exporter, OwnedBatch(sample_request(1)));
  EXPECT_EQ(result.code, Code::kRetry);
  EXPECT_EQ(result.message.rfind("no connection: ", 0), 0U) << result.message;
}

TEST(OtlpHttpExporter, NoAnswerInTimeIsTriedAgain) {
  HttpServer server({{"", Answer::Then::kHang}});
  const ExportResult result =
      send(exporter_to(server), OwnedBatch(sample_request(1)), milliseconds(50));
  EXPECT_EQ(result.code, Code::kRetry);
  EXPECT_EQ(result.message, "no answer: timed out");
}

TEST(OtlpHttpExporter, InterruptEndsTheWait) {
  HttpServer server({{"", Answer::Then::kHang}});
  const SpanExporterPtr exporter = exporter_to(server);
  const OwnedBatch batch(sample_request(1));
  ExportDeadline deadline = within(seconds(60));
  auto result = std::async(std::launch::async,
                           [&] { return exporter->export_batch(batch.batch(), deadline); });
  ASSERT_TRUE(server.wait_for_requests(1));
  const auto start = ExportDeadline::Clock::now();
  deadline.hasten(start);
  exporter->interrupt();
  EXPECT_EQ(result.get().code, Code::kRetry);
  EXPECT_LT(ExportDeadline::Clock::now() - start, milliseconds(900));
}

TEST(OtlpHttpExporter, LargerAnswersThanAllowedFail) {
  HttpServer server({reply(200, std::string(100, 'x'))});
  RemoteOptions options;
  options.max_response_size = 99;
  EXPECT_EQ(send(exporter_to(server, options), OwnedBatch(sample_request(1))).code, Code::kFailed);
}

TEST(OtlpHttpExporter, LargerRequestsThanAllowedAreNotSent) {
  HttpServer server({reply(200)});
  RemoteOptions options;
  options.gzip = true;  // counted before
  const OtlpRequestMessage request = sample_request(100);
  options.max_request_size = request.ByteSizeLong();
  EXPECT_EQ(send(exporter_to(server, options), OwnedBatch(request)).code, Code::kSent);
  options.max_request_size -= 1;
  const ExportResult result = send(exporter_to(server, options), OwnedBatch(request));
  EXPECT_EQ(result.code, Code::kFailed);
  EXPECT_NE(result.message.find("not sent"), std::string::npos);
  EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace cairn::trace
