// SPDX-License-Identifier: Apache-2.0
//
// Our own HTTP API: what the page needs and Jaeger's API lacks.
//   GET /api/cairn/v1/search    summaries of traces in exact order, page by page
//   GET /api/cairn/v1/traces/{id}  one trace as it was sent, lossless, as OTLP JSON (TracesData)
// Source: docs/protocols/cairn.md.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/worker_pool.h"
#include "net/http/router.h"
#include "query/query_service.h"

namespace cairn::api::cairn {

// Thread rule: immutable; its handlers run on I/O threads, its work on the pool's.
class CairnApi {
 public:
  // Ownership: all three outlive it, and it outlives the server that serves its routes.
  CairnApi(const query::QueryService& query, WorkerPool& workers, const Clock& clock)
      : query_(query), workers_(workers), clock_(clock) {}

  // `base_path` is a prefix like "/jaeger", or empty.
  void add_routes(net::Router& router, std::string_view base_path) const;

 private:
  void search(const net::Request& call, net::Responder responder) const;
  void trace(const net::Request& call, net::Responder responder) const;

  const query::QueryService& query_;
  WorkerPool& workers_;
  const Clock& clock_;
};

}  // namespace cairn::api::cairn
