// SPDX-License-Identifier: Apache-2.0
//
// Uploads of files: POST /api/upload, any format that Cairn reads as JSON, and OTLP protobuf.
//   200
//   {"accepted":n,"rejected":{"invalid_trace_id":1},"broken":1,"errors":[{"line":3,"message":…}]}
//   400 the same when there was nothing that could be read
// docs/operations/import.md lists each reply.
#pragma once

#include "ingest/ingest.h"
#include "net/http/router.h"
#include "receivers/upload/upload_decode.h"

namespace cairn::receivers::upload {

// Thread rule: handlers run on any I/O thread at once; they decode there and never block.
class UploadReceiver {
 public:
  // Ownership: both outlive the receiver, and the receiver outlives every request it was given.
  UploadReceiver(ingest::Ingest& ingest, MetricsRegistry& metrics);

  void add_routes(net::Router& router);

 private:
  void receive(const net::Request& request, net::Responder responder);
  ingest::Door& door_of(const Upload& upload);

  ingest::Ingest& ingest_;
  ingest::Door otlp_protobuf_;
  ingest::Door otlp_json_;
  ingest::Door jaeger_json_;
  ingest::Door zipkin_json_;
  ingest::Door unknown_;  // nothing that was read
};

}  // namespace cairn::receivers::upload
