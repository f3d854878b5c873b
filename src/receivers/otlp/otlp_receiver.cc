// SPDX-License-Identifier: Apache-2.0
#include "receivers/otlp/otlp_receiver.h"

#include <optional>

#include <fmt/format.h>

#include "net/http/fields.h"
#include "receivers/deliver/deliver.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"

namespace cairn::receivers::otlp {
namespace {

std::optional<ReplyForm> form_of(const net::Request& request) {
  const std::string type = net::media_type(request.headers.get("content-type").value_or(""));
  if (type == "application/x-protobuf" || type == "application/protobuf") {
    return ReplyForm::kHttpProtobuf;
  }
  if (type == "application/json") return ReplyForm::kHttpJson;
  return std::nullopt;
}

// JSON is copied into the batch, so that the body need not be pinned as well; it is, all the same,
// for as long as the request is under way.
Decode decoder_of(ReplyForm form) {
  return form == ReplyForm::kHttpJson ? Decode(wire::otlp::decode_traces_json)
                                      : Decode(wire::otlp::decode_traces);
}

}  // namespace

Result<ingest::Delivery> decode_export_request(const PinnedBytes& request) {
  return decode_body(request, wire::otlp::decode_traces);
}

OtlpReceiver::OtlpReceiver(ingest::Ingest& ingest, MetricsRegistry& metrics)
    : ingest_(ingest),
      grpc_({"otlp_protobuf", "grpc"}, metrics),
      http_protobuf_({"otlp_protobuf", "http"}, metrics),
      http_json_({"otlp_json", "http"}, metrics) {
}

void OtlpReceiver::add_routes(net::Router& router) {
  router.add({.kind = net::RouteKind::kGrpcUnary,
              .method = "POST",
              .pattern = fmt::format("/{}/Export", kTraceService),
              .handler =
                  [this](net::Request request, net::Responder responder) {
                    receive(ReplyForm::kGrpc, grpc_, request, std::move(responder));
                  },
              .body_limit = {}});
  router.add(
      {.kind = net::RouteKind::kHttp,
       .method = "POST",
       .pattern = "/v1/traces",
       .handler = [this](net::Request request,
                         net::Responder responder) { receive_http(request, std::move(responder)); },
       .body_limit = {}});
}

void OtlpReceiver::receive_http(const net::Request& request, net::Responder responder) {
  const auto form = form_of(request);
  if (!form) {
    responder.send(net::Response::of(
        415, "text/plain",
        "415 unsupported media type, supported: [application/json, application/x-protobuf]"));
    return;
  }
  receive(*form, *form == ReplyForm::kHttpJson ? http_json_ : http_protobuf_, request,
          std::move(responder));
}

void OtlpReceiver::receive(ReplyForm form, ingest::Door& door, const net::Request& request,
                           net::Responder responder) {
  Result<ingest::Delivery> delivery = decode_body(request.body, decoder_of(form));
  if (!delivery) {
    door.count_failed(delivery.error().code);
    responder.send(export_refusal(form, delivery.error()));
    return;
  }
  deliver(ingest_, door, *std::move(delivery), std::move(responder),
          [form](const Result<ingest::Outcome>& outcome) { return export_reply(form, outcome); });
}

}  // namespace cairn::receivers::otlp
