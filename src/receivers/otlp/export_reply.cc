// SPDX-License-Identifier: Apache-2.0
#include "receivers/otlp/export_reply.h"

#include "net/error_status.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"

namespace cairn::receivers::otlp {
namespace {

std::string_view content_type(ReplyForm form) {
  return form == ReplyForm::kHttpJson ? "application/json" : "application/x-protobuf";
}

}  // namespace

net::Response export_reply(ReplyForm form, const Result<ingest::Outcome>& outcome) {
  if (!outcome) return export_refusal(form, outcome.error());
  const std::uint64_t rejected = outcome->rejected.total();
  const std::string message = outcome->rejected.to_text();
  std::string body = form == ReplyForm::kHttpJson
                         ? wire::otlp::encode_export_response_json(rejected, message)
                         : wire::otlp::encode_export_response(rejected, message);
  return net::Response::of(200, std::string(content_type(form)), std::move(body));
}

net::Response export_refusal(ReplyForm form, const Error& error) {
  const int code = net::grpc_status(error.code);
  const int retry_after = net::is_retryable(error.code) ? net::kRetryAfterSeconds : 0;
  if (form == ReplyForm::kGrpc) {
    net::Response response;
    response.error = error;
    if (retry_after > 0) {
      response.error_details = wire::otlp::encode_status(code, error.message, retry_after);
    }
    return response;
  }
  std::string body = form == ReplyForm::kHttpJson
                         ? wire::otlp::encode_status_json(code, error.message)
                         : wire::otlp::encode_status(code, error.message, retry_after);
  net::Response response = net::Response::of(net::http_status(error.code),
                                             std::string(content_type(form)), std::move(body));
  if (retry_after > 0) response.headers.add("retry-after", std::to_string(retry_after));
  return response;
}

}  // namespace cairn::receivers::otlp
