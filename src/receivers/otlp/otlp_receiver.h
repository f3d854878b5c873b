// SPDX-License-Identifier: Apache-2.0
//
// The OTLP door: gRPC TraceService/Export and HTTP POST /v1/traces (protobuf, JSON).
// Source: OTLP specification, "OTLP/gRPC" and "OTLP/HTTP"; docs/protocols/otlp.md lists each reply.
#pragma once

#include "ingest/ingest.h"
#include "net/http/router.h"
#include "receivers/otlp/export_reply.h"

namespace cairn::receivers::otlp {

// The gRPC service, by the name that health checks use too.
inline constexpr std::string_view kTraceService =
    "opentelemetry.proto.collector.trace.v1.TraceService";

// An ExportTraceServiceRequest, as for those who bring it by no port. Ownership: the delivery pins
// it.
Result<ingest::Delivery> decode_export_request(const PinnedBytes& request);

// Thread rule: handlers run on any I/O thread at once; they decode there and never block.
class OtlpReceiver {
 public:
  // Ownership: both outlive the receiver, and the receiver outlives every request it was given.
  OtlpReceiver(ingest::Ingest& ingest, MetricsRegistry& metrics);

  // Adds both the gRPC and the HTTP endpoint, so that a client that mixes up the ports still works.
  void add_routes(net::Router& router);

 private:
  void receive_http(const net::Request& request, net::Responder responder);
  void receive(ReplyForm form, ingest::Door& door, const net::Request& request,
               net::Responder responder);

  ingest::Ingest& ingest_;
  ingest::Door grpc_;
  ingest::Door http_protobuf_;
  ingest::Door http_json_;
};

}  // namespace cairn::receivers::otlp
