// SPDX-License-Identifier: Apache-2.0
#include "receivers/otlp/otlp_receiver.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"

namespace cairn::receivers::otlp {
namespace {

// "Application/JSON; charset=utf-8" → "application/json".
std::string media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  std::string lower(type);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::optional<ReplyForm> form_of(const net::Request& request) {
  const std::string type = media_type(request.headers.get("content-type").value_or(""));
  if (type == "application/x-protobuf" || type == "application/protobuf") {
    return ReplyForm::kHttpProtobuf;
  }
  if (type == "application/json") return ReplyForm::kHttpJson;
  return std::nullopt;
}

Result<ingest::Delivery> decode(ReplyForm form, const PinnedBytes& body) {
  ingest::Delivery delivery;
  delivery.batch = std::make_shared<model::Batch>();
  if (form == ReplyForm::kHttpJson) {
    ASSIGN_OR_RETURN(delivery.rejected, wire::otlp::decode_traces_json(body.view, *delivery.batch));
    return delivery;
  }
  ASSIGN_OR_RETURN(delivery.rejected, wire::otlp::decode_traces(body.view, *delivery.batch));
  delivery.batch->pin(body);
  return delivery;
}

}  // namespace

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
  Result<ingest::Delivery> delivery = decode(form, request.body);
  if (!delivery) {
    door.count_failed(delivery.error().code);
    responder.send(export_refusal(form, delivery.error()));
    return;
  }
  // std::function wants a copyable callable; the Responder is not.
  auto shared = std::make_shared<net::Responder>(std::move(responder));
  ingest_.accept(door, std::move(*delivery),
                 [form, shared](const Result<ingest::Outcome>& outcome) {
                   shared->send(export_reply(form, outcome));
                 });
}

}  // namespace cairn::receivers::otlp
