// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's doors: Thrift over HTTP (14268), gRPC PostSpans (14250), and the agent's datagrams (6831
// compact, 6832 binary, 5775 Zipkin's).
// Source: Jaeger, collector and agent APIs; docs/protocols/jaeger-ingest.md lists each reply.
#pragma once

#include "ingest/ingest.h"
#include "net/http/router.h"
#include "net/udp/udp_server.h"

namespace cairn::receivers::jaeger {

// The gRPC service, by the name that health checks use too.
inline constexpr std::string_view kCollectorService = "jaeger.api_v2.CollectorService";

// Thread rule: handlers run on any I/O thread at once; they decode there and never block.
class JaegerReceiver {
 public:
  // Ownership: both outlive the receiver, and the receiver outlives every request it was given.
  JaegerReceiver(ingest::Ingest& ingest, MetricsRegistry& metrics);

  // POST /api/traces: a bare Batch in the binary protocol; 202.
  void add_http_routes(net::Router& router);
  // PostSpans.
  void add_grpc_routes(net::Router& router);
  // For each of the agent's ports: every message is taken at every port. Nobody is answered; what
  // is refused is counted, by reason.
  net::DatagramHandler datagram_handler();

 private:
  void receive_thrift(const net::Request& request, net::Responder responder);
  void receive_post_spans(const net::Request& request, net::Responder responder);
  void receive_datagrams(const PinnedBytes& block, std::span<const ByteView> datagrams);

  ingest::Ingest& ingest_;
  ingest::Door http_;
  ingest::Door grpc_;
  ingest::Door udp_;
};

}  // namespace cairn::receivers::jaeger
