// SPDX-License-Identifier: Apache-2.0
#include "receivers/zipkin/zipkin_receiver.h"

#include <fmt/format.h>

#include "net/http/fields.h"
#include "receivers/deliver/deliver.h"

namespace cairn::receivers::zipkin {
namespace {

using wire::zipkin::Format;

// As both servers choose: by path, then by content type; JSON where that says nothing they know.
Format format_of(const net::Request& request) {
  const std::string type = net::media_type(request.headers.get("content-type").value_or(""));
  if (request.path.find("api/v1/spans") != std::string::npos) {
    return type == "application/x-thrift" ? Format::kThrift : Format::kJsonV1;
  }
  return type == "application/x-protobuf" ? Format::kProtobuf : Format::kJsonV2;
}

Result<ingest::Delivery> decode(Format format, const net::Request& request) {
  const bool is_debug = request.headers.get("x-b3-flags") == "1";
  return decode_body(request.body, [&](ByteView body, model::Batch& batch) {
    auto rejected = wire::zipkin::decode(format, body, batch);
    if (rejected && is_debug) wire::zipkin::mark_debug(batch, 0);
    return rejected;
  });
}

net::Response health_answer(bool healthy) {
  const std::string_view word = healthy ? "UP" : "DOWN";
  net::Response response = net::Response::json(fmt::format(
      R"({{"status":"{0}","zipkin":{{"status":"{0}","details":{{"Cairn":{{"status":"{0}"}}}}}}}})",
      word));
  response.status = healthy ? 200 : 503;
  return response;
}

}  // namespace

ZipkinReceiver::ZipkinReceiver(ingest::Ingest& ingest, MetricsRegistry& metrics)
    : ingest_(ingest),
      json_({"zipkin_json", "http"}, metrics),
      json_v1_({"zipkin_json_v1", "http"}, metrics),
      protobuf_({"zipkin_protobuf", "http"}, metrics),
      thrift_({"zipkin_thrift", "http"}, metrics),
      grpc_({"zipkin_protobuf", "grpc"}, metrics) {
}

void ZipkinReceiver::add_routes(net::Router& router, std::function<bool()> healthy) {
  // Literals and, for exporters with a path of their own, any other path.
  for (const char* pattern : {"/api/v2/spans", "/api/v1/spans", "/{path...}"}) {
    router.add({.kind = net::RouteKind::kHttp,
                .method = "POST",
                .pattern = pattern,
                .handler =
                    [this](const net::Request& request, net::Responder responder) {
                      receive_http(request, std::move(responder));
                    },
                .body_limit = {}});
  }
  // Not any other path: who uploads files here would be told 202 and no more.
  router.add({.kind = net::RouteKind::kHttp,
              .method = "POST",
              .pattern = "/api/upload",
              .handler =
                  [](const net::Request&, net::Responder responder) {
                    responder.fail(not_found("files are uploaded at the port for OTLP over HTTP"));
                  },
              .body_limit = {}});
  router.add({.kind = net::RouteKind::kGrpcUnary,
              .method = "POST",
              .pattern = fmt::format("/{}/Report", kSpanService),
              .handler =
                  [this](const net::Request& request, net::Responder responder) {
                    receive_report(request, std::move(responder));
                  },
              .body_limit = {}});
  router.add({.kind = net::RouteKind::kHttp,
              .method = "GET",
              .pattern = "/{path...}",
              .handler =
                  [](const net::Request&, net::Responder responder) {
                    responder.fail(
                        not_found("Zipkin's query API is not served yet: spans are "
                                  "posted here, the page has a port of its own"));
                  },
              .body_limit = {}});
  router.add({.kind = net::RouteKind::kHttp,
              .method = "GET",
              .pattern = "/health",
              .handler =
                  [healthy = std::move(healthy)](const net::Request&, net::Responder responder) {
                    responder.send(health_answer(healthy()));
                  },
              .body_limit = {},
              .even_when_busy = true});
}

ingest::Door& ZipkinReceiver::http_door(Format format) {
  switch (format) {
    case Format::kJsonV1:
      return json_v1_;
    case Format::kProtobuf:
      return protobuf_;
    case Format::kThrift:
      return thrift_;
    case Format::kJsonV2:
      break;
  }
  return json_;
}

void ZipkinReceiver::receive_http(const net::Request& request, net::Responder responder) {
  const Format format = format_of(request);
  ingest::Door& door = http_door(format);
  auto delivery = decode(format, request);
  if (!delivery) {
    door.count_failed(delivery.error().code);
    return responder.fail(delivery.error());
  }
  deliver(ingest_, door, *std::move(delivery), std::move(responder),
          [](const Result<ingest::Outcome>& outcome) {
            return outcome ? net::Response::of(202, "", "")
                           : net::Response::failure(outcome.error());
          });
}

void ZipkinReceiver::receive_report(const net::Request& request, net::Responder responder) {
  auto delivery = decode(Format::kProtobuf, request);
  if (!delivery) {
    grpc_.count_failed(delivery.error().code);
    return responder.fail(delivery.error());
  }
  deliver(ingest_, grpc_, *std::move(delivery), std::move(responder),
          [](const Result<ingest::Outcome>& outcome) {
            // ReportResponse has no fields.
            return outcome ? net::Response() : net::Response::failure(outcome.error());
          });
}

}  // namespace cairn::receivers::zipkin
