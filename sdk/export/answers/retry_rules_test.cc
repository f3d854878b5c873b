// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/answers/retry_rules.h"

#include <set>

#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>

namespace cairn::trace::transport {
namespace {

using Code = ExportResult::Code;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Response = opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse;

HttpAnswer answered(int status, const std::string& type = "", const std::string& body = "") {
  HttpAnswer answer;
  answer.status = status;
  answer.complete = answer.connected = true;
  answer.content_type = type;
  answer.body = body;
  return answer;
}

HttpAnswer grpc_answer(int code, const std::string& message = "") {
  HttpAnswer answer = answered(200, "application/grpc");
  answer.grpc_status = std::to_string(code);
  answer.grpc_message = message;
  return answer;
}

std::string partial_success(std::int64_t rejected, const std::string& message) {
  Response response;
  response.mutable_partial_success()->set_rejected_spans(rejected);
  response.mutable_partial_success()->set_error_message(message);
  return response.SerializeAsString();
}

std::string base64(const std::string& bytes) {
  std::string text(bytes.size() * 4 / 3 + 8, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string status_details(std::int64_t retry_seconds, int retry_nanos) {
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(retry_seconds);
  info.mutable_retry_delay()->set_nanos(retry_nanos);
  google::rpc::Status status;
  status.set_code(8);
  status.add_details()->set_type_url("type.googleapis.com/google.rpc.Help");
  status.mutable_details()->Add()->PackFrom(info);
  return base64(status.SerializeAsString());
}

TEST(RetryRules, HttpRetriesOnlyWhatMayHelp) {
  const std::set<int> again = {429, 502, 503, 504};
  for (int status = 300; status < 600; ++status) {
    const Code expected = again.count(status) != 0 ? Code::kRetry : Code::kFailed;
    EXPECT_EQ(judge_otlp_http(answered(status)).code, expected) << status;
    EXPECT_EQ(judge_plain_http(answered(status)).code, expected) << status;
  }
  for (int status = 200; status < 300; ++status) {
    EXPECT_EQ(judge_otlp_http(answered(status)).code, Code::kSent) << status;
    EXPECT_EQ(judge_plain_http(answered(status)).code, Code::kSent) << status;
  }
}

TEST(RetryRules, HttpRetriesWhatWasNotAnswered) {
  HttpAnswer answer;
  answer.error = "Connection refused";
  EXPECT_EQ(judge_otlp_http(answer).code, Code::kRetry);
  EXPECT_EQ(judge_otlp_http(answer).message, "no connection: Connection refused");
  answer.connected = true;
  answer.status = 200;
  EXPECT_EQ(judge_otlp_http(answer).code, Code::kRetry);
  EXPECT_EQ(judge_otlp_http(answer).message, "no answer: Connection refused");
}

TEST(RetryRules, HttpErrorsStandWhenTheirTextIsCutOff) {
  HttpAnswer answer = answered(400);
  answer.complete = false;
  EXPECT_EQ(judge_otlp_http(answer).code, Code::kFailed);
}

TEST(RetryRules, HttpAnswersThatAreTooLargeFail) {
  HttpAnswer answer = answered(200);
  answer.complete = false;
  answer.too_large = true;
  EXPECT_EQ(judge_otlp_http(answer).code, Code::kFailed);
  EXPECT_EQ(judge_plain_http(answer).code, Code::kFailed);
}

TEST(RetryRules, RetryAfterIsHonouredUpToAnHour) {
  HttpAnswer answer = answered(503);
  answer.retry_after = seconds(7);
  EXPECT_EQ(judge_otlp_http(answer).retry_after, seconds(7));
  answer.retry_after = seconds(100'000);
  EXPECT_EQ(judge_otlp_http(answer).retry_after, hours(1));
}

TEST(RetryRules, HttpFailuresCarryTheServersWords) {
  google::rpc::Status status;
  status.set_message("span 3:\nno trace id");
  const std::string protobuf = status.SerializeAsString();
  EXPECT_EQ(judge_otlp_http(answered(400, "application/x-protobuf", protobuf)).message,
            "HTTP 400: span 3: no trace id");
  const std::string json = R"({"code":3,"details":[{"message":"not this"}],"message":"no \"id\""})";
  EXPECT_EQ(judge_otlp_http(answered(400, "application/json; charset=utf-8", json)).message,
            "HTTP 400: no \"id\"");
  EXPECT_EQ(judge_plain_http(answered(500, "text/plain", "disk full\r\n")).message,
            "HTTP 500: disk full");
  EXPECT_EQ(judge_plain_http(answered(404, "text/html", "<html>")).message, "HTTP 404");
  EXPECT_EQ(judge_plain_http(answered(500, "text/plain", std::string(5000, 'x'))).message,
            "HTTP 500: " + std::string(200, 'x') + "...");
}

TEST(RetryRules, PartialSuccessIsSentAndCounted) {
  const std::string body = partial_success(3, "no trace id");
  const ExportResult protobuf = judge_otlp_http(answered(200, "application/x-protobuf", body));
  EXPECT_EQ(protobuf.code, Code::kSent);
  EXPECT_EQ(protobuf.rejected, 3U);
  EXPECT_EQ(protobuf.message, "no trace id");

  for (const char* count : {R"("4")", "4"}) {
    const std::string text =
        std::string(R"({"other":[{"a":[]}],"partialSuccess":{"rejectedSpans":)") + count +
        R"(,"errorMessage":"kein Stück"}})";
    const ExportResult json = judge_otlp_http(answered(200, "application/json", text));
    EXPECT_EQ(json.code, Code::kSent);
    EXPECT_EQ(json.rejected, 4U) << text;
    EXPECT_EQ(json.message, "kein Stück");
  }

  HttpAnswer grpc = grpc_answer(0);
  grpc.body = std::string("\0\0\0\0", 4) + static_cast<char>(body.size()) + body;
  EXPECT_EQ(judge_otlp_grpc(grpc).code, Code::kSent);
  EXPECT_EQ(judge_otlp_grpc(grpc).rejected, 3U);
  EXPECT_EQ(judge_otlp_grpc(grpc).message, "no trace id");
}

TEST(RetryRules, NegativeRejectionsAreNone) {
  const std::string body = partial_success(-1, "");
  EXPECT_EQ(judge_otlp_http(answered(200, "application/x-protobuf", body)).rejected, 0U);
  const std::string json = R"({"partialSuccess":{"rejectedSpans":"-1"}})";
  EXPECT_EQ(judge_otlp_http(answered(200, "application/json", json)).rejected, 0U);
}

TEST(RetryRules, GrpcRetriesOnlyWhatMayHelp) {
  const std::set<int> again = {1, 4, 10, 11, 14, 15};
  for (int code = 1; code < 20; ++code) {
    EXPECT_EQ(judge_otlp_grpc(grpc_answer(code)).code,
              again.count(code) != 0 ? Code::kRetry : Code::kFailed)
        << code;
  }
  EXPECT_EQ(judge_otlp_grpc(grpc_answer(0)).code, Code::kSent);
  EXPECT_EQ(judge_otlp_grpc(grpc_answer(3, "bad%20span%0A%e2%82%ac%")).message,
            "gRPC INVALID_ARGUMENT: bad span €%");
  EXPECT_EQ(judge_otlp_grpc(grpc_answer(99)).message, "gRPC 99");
  HttpAnswer garbage = grpc_answer(0);
  garbage.grpc_status = "0x";
  EXPECT_EQ(judge_otlp_grpc(garbage).code, Code::kFailed);
}

TEST(RetryRules, ExhaustedServersAreRetriedWhenTheySayWhen) {
  HttpAnswer answer = grpc_answer(8);
  EXPECT_EQ(judge_otlp_grpc(answer).code, Code::kFailed);
  answer.grpc_status_details = status_details(2, 500'000'000);
  EXPECT_EQ(judge_otlp_grpc(answer).code, Code::kRetry);
  EXPECT_EQ(judge_otlp_grpc(answer).retry_after, milliseconds(2500));
  answer.grpc_status_details = status_details(0, 0);
  EXPECT_EQ(judge_otlp_grpc(answer).code, Code::kRetry);
  EXPECT_EQ(judge_otlp_grpc(answer).retry_after, nanoseconds(0));
  answer.grpc_status_details = status_details(INT64_MAX, INT32_MAX);
  EXPECT_EQ(judge_otlp_grpc(answer).retry_after, hours(1));
  answer.grpc_status_details = status_details(-5, -7);
  EXPECT_EQ(judge_otlp_grpc(answer).retry_after, nanoseconds(0));
}

TEST(RetryRules, RetryInfoCountsForTheOthersToo) {
  HttpAnswer answer = grpc_answer(14);
  answer.grpc_status_details = status_details(9, 0);
  EXPECT_EQ(judge_otlp_grpc(answer).retry_after, seconds(9));
}

TEST(RetryRules, HttpStatusSpeaksWhenGrpcIsSilent) {
  const std::set<int> again = {429, 502, 503, 504};
  for (int status = 201; status < 600; ++status) {
    EXPECT_EQ(judge_otlp_grpc(answered(status)).code,
              again.count(status) != 0 ? Code::kRetry : Code::kFailed)
        << status;
  }
  EXPECT_EQ(judge_otlp_grpc(answered(401)).message,
            "gRPC UNAUTHENTICATED: HTTP 401 without a gRPC status");
  EXPECT_EQ(judge_otlp_grpc(answered(200)).code, Code::kFailed);
  HttpAnswer cut = answered(200);
  cut.complete = false;
  EXPECT_EQ(judge_otlp_grpc(cut).code, Code::kRetry);
}

TEST(RetryRules, GrpcErrorsStandWhenTheStreamWasReset) {
  HttpAnswer answer = grpc_answer(3);
  answer.complete = false;
  EXPECT_EQ(judge_otlp_grpc(answer).code, Code::kFailed);
}

}  // namespace
}  // namespace cairn::trace::transport
