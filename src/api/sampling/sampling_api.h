// SPDX-License-Identifier: Apache-2.0
//
// What tracing clients ask to learn what to sample: over HTTP as Jaeger's agent and collector
// answered it, and over gRPC as jaeger.api_v2.SamplingManager.
// Source: docs/protocols/sampling.md, the table endpoint → form → test.
#pragma once

#include "base/metrics.h"
#include "net/http/router.h"
#include "sampling/strategy_provider.h"
#include "wire/sampling/strategy_json.h"

namespace cairn::api::sampling {

// Thread rule: immutable; its handlers run on I/O threads and answer at once.
class SamplingApi {
 public:
  // Ownership: both outlive it, and it outlives the server that serves its routes.
  SamplingApi(::cairn::sampling::StrategyProvider& strategies, MetricsRegistry& metrics);

  // The agent's port, 5778: "/", "/sampling", "/api/sampling", "/baggageRestrictions".
  void add_http_routes(net::Router& router) const;
  // The collector's port, 14268: "/api/sampling".
  void add_collector_routes(net::Router& router) const;
  // 5779, and 14250 beside PostSpans.
  void add_grpc_routes(net::Router& router) const;

  // For net::health_routes().
  static constexpr std::string_view kGrpcService = "jaeger.api_v2.SamplingManager";

 private:
  net::Handler http_handler(wire::sampling::EnumForm form) const;
  void answer_http(const net::Request& request, net::Responder responder,
                   wire::sampling::EnumForm form) const;
  void answer_grpc(const net::Request& request, net::Responder responder) const;

  ::cairn::sampling::StrategyProvider& strategies_;
  Counter& http_answered_;
  Counter& http_refused_;
  Counter& grpc_answered_;
  Counter& grpc_refused_;
};

}  // namespace cairn::api::sampling
