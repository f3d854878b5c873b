// SPDX-License-Identifier: Apache-2.0
#include "receivers/upload/upload_receiver.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "net/http/fields.h"
#include "net/http/query_string.h"
#include "receivers/deliver/deliver.h"

namespace cairn::receivers::upload {
namespace {

Result<std::string> format_parameter(const net::Request& request) {
  ASSIGN_OR_RETURN(const net::QueryString query, net::QueryString::parse(request.query));
  const std::string format(query.get("format").value_or(""));
  if (format.empty() || format == "auto") return std::string();
  if (named_format(format, "")) return format;
  return invalid_argument("format: one of auto, otlp, jaeger, zipkin");
}

UploadForm form_of(const net::Request& request, std::string_view format) {
  const std::string type = net::media_type(request.headers.get("content-type").value_or(""));
  return {.is_protobuf = type == "application/x-protobuf" || type == "application/protobuf",
          .is_lines = type == "application/x-ndjson" || type == "application/jsonl",
          .format = format};
}

net::Response reply(int status, const storage::WriteOutcome& outcome, const Upload& upload) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("accepted", outcome.accepted);
  json.key("rejected");
  json.begin_object();
  for (std::size_t i = 0; i < model::kRejectionReasons; ++i) {
    const auto reason = static_cast<model::RejectionReason>(i);
    if (outcome.rejected.of(reason) != 0) {
      json.member(model::to_text(reason), outcome.rejected.of(reason));
    }
  }
  json.end_object();
  json.member("broken", upload.broken);
  json.key("errors");
  json.begin_array();
  for (const BrokenDocument& error : upload.errors) {
    json.begin_object();
    json.member("line", error.line);
    json.member("message", std::string_view(error.message));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  net::Response response = net::Response::json(std::move(text));
  response.status = status;
  return response;
}

}  // namespace

UploadReceiver::UploadReceiver(ingest::Ingest& ingest, MetricsRegistry& metrics)
    : ingest_(ingest),
      otlp_protobuf_({"otlp_protobuf", "upload"}, metrics),
      otlp_json_({"otlp_json", "upload"}, metrics),
      jaeger_json_({"jaeger_json", "upload"}, metrics),
      zipkin_json_({"zipkin_json", "upload"}, metrics),
      unknown_({"unknown", "upload"}, metrics) {
}

void UploadReceiver::add_routes(net::Router& router) {
  router.add(
      {.kind = net::RouteKind::kHttp,
       .method = "POST",
       .pattern = "/api/upload",
       .handler = [this](const net::Request& request,
                         net::Responder responder) { receive(request, std::move(responder)); },
       .body_limit = {}});
}

ingest::Door& UploadReceiver::door_of(const Upload& upload) {
  if (!upload.format) return upload.documents != 0 ? otlp_protobuf_ : unknown_;
  switch (*upload.format) {
    case DocumentFormat::kOtlp:
      return otlp_json_;
    case DocumentFormat::kJaeger:
      return jaeger_json_;
    case DocumentFormat::kZipkinV2:
    case DocumentFormat::kZipkinV1:
      break;
  }
  return zipkin_json_;
}

void UploadReceiver::receive(const net::Request& request, net::Responder responder) {
  const Result<std::string> format = format_parameter(request);
  if (!format) return responder.fail(format.error());
  Result<Upload> decoded = decode_upload(request.body, form_of(request, *format));
  if (!decoded) {
    unknown_.count_failed(decoded.error().code);
    return responder.fail(decoded.error());
  }
  Upload upload = *std::move(decoded);
  for (std::uint64_t i = 0; i < upload.broken; ++i) {
    door_of(upload).count_failed(ErrorCode::kInvalidArgument);
  }
  if (upload.documents == 0 && upload.broken != 0) return responder.send(reply(400, {}, upload));
  ingest::Door& door = door_of(upload);
  ingest::Delivery delivery;
  delivery.batch = std::move(upload.batch);
  delivery.rejected = upload.rejected;
  deliver(ingest_, door, std::move(delivery), std::move(responder),
          [upload = std::move(upload)](const Result<ingest::Outcome>& outcome) {
            return outcome ? reply(200, *outcome, upload) : net::Response::failure(outcome.error());
          });
}

}  // namespace cairn::receivers::upload
