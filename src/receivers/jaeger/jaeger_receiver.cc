// SPDX-License-Identifier: Apache-2.0
#include "receivers/jaeger/jaeger_receiver.h"

#include <fmt/format.h>

#include "net/http/fields.h"
#include "receivers/deliver/deliver.h"
#include "wire/jaeger/protobuf.h"
#include "wire/jaeger/thrift.h"

namespace cairn::receivers::jaeger {
namespace {

net::Response bad_request(std::string message) {
  return net::Response::of(400, "text/plain; charset=utf-8", std::move(message) + "\n");
}

}  // namespace

JaegerReceiver::JaegerReceiver(ingest::Ingest& ingest, MetricsRegistry& metrics)
    : ingest_(ingest),
      http_({"jaeger_thrift", "http"}, metrics),
      grpc_({"jaeger_protobuf", "grpc"}, metrics),
      udp_({"jaeger_thrift", "udp"}, metrics) {
}

void JaegerReceiver::add_http_routes(net::Router& router) {
  router.add({.kind = net::RouteKind::kHttp,
              .method = "POST",
              .pattern = "/api/traces",
              .handler =
                  [this](const net::Request& request, net::Responder responder) {
                    receive_thrift(request, std::move(responder));
                  },
              .body_limit = {}});
}

void JaegerReceiver::add_grpc_routes(net::Router& router) {
  router.add({.kind = net::RouteKind::kGrpcUnary,
              .method = "POST",
              .pattern = fmt::format("/{}/PostSpans", kCollectorService),
              .handler =
                  [this](const net::Request& request, net::Responder responder) {
                    receive_post_spans(request, std::move(responder));
                  },
              .body_limit = {}});
}

net::DatagramHandler JaegerReceiver::datagram_handler() {
  return [this](const PinnedBytes& block, std::span<const ByteView> datagrams) {
    receive_datagrams(block, datagrams);
  };
}

void JaegerReceiver::receive_thrift(const net::Request& request, net::Responder responder) {
  const std::string_view content_type = request.headers.get("content-type").value_or("");
  const std::string type = net::media_type(content_type);
  if (type != "application/x-thrift" && type != "application/vnd.apache.thrift.binary") {
    const std::string_view what = type.find('/') == std::string::npos ? "Cannot parse content type"
                                                                      : "Unsupported content type";
    return responder.send(bad_request(fmt::format("{}: {}", what, content_type)));
  }
  auto delivery = decode_body(request.body, wire::jaeger::decode_thrift_batch);
  if (!delivery) {
    http_.count_failed(delivery.error().code);
    return responder.send(
        bad_request(fmt::format("Unable to process request body: {}", delivery.error().message)));
  }
  deliver(ingest_, http_, *std::move(delivery), std::move(responder),
          [](const Result<ingest::Outcome>& outcome) {
            return outcome ? net::Response::of(202, "", "")
                           : net::Response::failure(
                                 annotate(outcome.error(), "Cannot submit Jaeger batch"));
          });
}

void JaegerReceiver::receive_post_spans(const net::Request& request, net::Responder responder) {
  auto delivery = decode_body(request.body, wire::jaeger::decode_post_spans);
  if (!delivery) {
    grpc_.count_failed(delivery.error().code);
    return responder.fail(delivery.error());
  }
  deliver(ingest_, grpc_, *std::move(delivery), std::move(responder),
          [](const Result<ingest::Outcome>& outcome) {
            // PostSpansResponse has no fields.
            return outcome ? net::Response() : net::Response::failure(outcome.error());
          });
}

void JaegerReceiver::receive_datagrams(const PinnedBytes& block,
                                       std::span<const ByteView> datagrams) {
  ingest::Delivery delivery;
  delivery.batch = std::make_shared<model::Batch>();
  std::size_t read = 0;
  for (const ByteView datagram : datagrams) {
    const auto rejected = wire::jaeger::decode_agent_message(datagram, *delivery.batch);
    if (rejected) {
      delivery.rejected.add(*rejected);
      ++read;
    } else {
      udp_.count_failed(rejected.error().code);
    }
  }
  if (delivery.batch->empty() && !delivery.rejected.any()) return;
  delivery.batch->pin(block);
  // Nobody waits for an answer: what the store refuses is in the door's counters. Those have
  // counted the round as one; each of its datagrams was a request.
  ingest_.accept(udp_, std::move(delivery), [this, read](const Result<ingest::Outcome>& outcome) {
    if (outcome) return;
    for (std::size_t i = 1; i < read; ++i) udp_.count_failed(outcome.error().code);
  });
}

}  // namespace cairn::receivers::jaeger
