// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's query API over HTTP: what Jaeger's UI, Grafana's Jaeger data source and scripts call.
// Source: docs/protocols/jaeger.md, the table endpoint → handler → test, and known deviations.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/worker_pool.h"
#include "net/http/router.h"
#include "query/query_service.h"

namespace cairn::api::jaeger {

// Thread rule: immutable; its handlers run on I/O threads, its work on the pool's.
class JaegerApi {
 public:
  // Ownership: all three outlive it, and it outlives the server that serves its routes.
  JaegerApi(const query::QueryService& query, WorkerPool& workers, const Clock& clock)
      : query_(query), workers_(workers), clock_(clock) {}

  // `base_path` is a prefix like "/jaeger", or empty.
  void add_routes(net::Router& router, std::string_view base_path) const;

 private:
  using Method = void (JaegerApi::*)(const net::Request&, net::Responder) const;

  net::Handler handler(Method method) const;

  void services(const net::Request& request, net::Responder responder) const;
  void operation_names(const net::Request& request, net::Responder responder) const;
  void operations(const net::Request& request, net::Responder responder) const;
  void find_traces(const net::Request& request, net::Responder responder) const;
  void trace(const net::Request& request, net::Responder responder) const;
  void archive(const net::Request& request, net::Responder responder) const;
  void dependencies(const net::Request& request, net::Responder responder) const;

  const query::QueryService& query_;
  WorkerPool& workers_;
  const Clock& clock_;
};

}  // namespace cairn::api::jaeger
