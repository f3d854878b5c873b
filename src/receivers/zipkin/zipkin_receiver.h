// SPDX-License-Identifier: Apache-2.0
//
// Zipkin's door (9411): POST of the four formats on every path that Zipkin's and Jaeger's servers
// take, and gRPC Report. 202 once the spans are safe.
// Source: Zipkin server, HTTP API and gRPC collector; docs/protocols/zipkin.md lists each reply.
#pragma once

#include "ingest/ingest.h"
#include "net/http/router.h"
#include "wire/zipkin/zipkin.h"

namespace cairn::receivers::zipkin {

inline constexpr std::string_view kSpanService = "zipkin.proto3.SpanService";

// Thread rule: handlers run on any I/O thread at once; they decode there and never block.
class ZipkinReceiver {
 public:
  // Ownership: both outlive the receiver, and the receiver outlives every request it was given.
  ZipkinReceiver(ingest::Ingest& ingest, MetricsRegistry& metrics);

  // `healthy` answers GET /health, as Zipkin's images are asked.
  void add_routes(net::Router& router, std::function<bool()> healthy);

 private:
  void receive_http(const net::Request& request, net::Responder responder);
  void receive_report(const net::Request& request, net::Responder responder);
  ingest::Door& http_door(wire::zipkin::Format format);

  ingest::Ingest& ingest_;
  ingest::Door json_;
  ingest::Door json_v1_;
  ingest::Door protobuf_;
  ingest::Door thrift_;
  ingest::Door grpc_;
};

}  // namespace cairn::receivers::zipkin
