// SPDX-License-Identifier: Apache-2.0
#include "api/sampling/sampling_api.h"

#include "net/http/query_string.h"
#include "wire/sampling/strategy_protobuf.h"

namespace cairn::api::sampling {
namespace {

using wire::sampling::EnumForm;

Counter& counter(MetricsRegistry& metrics, std::string transport, std::string outcome) {
  return metrics.counter("cairn_sampling_requests_total",
                         "Clients that asked what to sample, by what they got.",
                         {{"transport", std::move(transport)}, {"outcome", std::move(outcome)}});
}

// The one `service` of the query; the words are those that clients and probes know.
Result<std::string> service_of(const net::Request& request) {
  ASSIGN_OR_RETURN(const net::QueryString query, net::QueryString::parse(request.query));
  const auto services = query.get_all("service");
  if (services.size() != 1) {
    return invalid_argument("'service' parameter must be provided once");
  }
  return std::string(services.front());
}

net::Response refusal(const Error& error) {
  net::Response response =
      net::Response::of(400, "text/plain; charset=utf-8", error.message + "\n");
  response.headers.add("x-content-type-options", "nosniff");
  return response;
}

}  // namespace

SamplingApi::SamplingApi(::cairn::sampling::StrategyProvider& strategies, MetricsRegistry& metrics)
    : strategies_(strategies),
      http_answered_(counter(metrics, "http", "answered")),
      http_refused_(counter(metrics, "http", "refused")),
      grpc_answered_(counter(metrics, "grpc", "answered")),
      grpc_refused_(counter(metrics, "grpc", "refused")) {
}

void SamplingApi::answer_http(const net::Request& request, net::Responder responder,
                              EnumForm form) const {
  const auto service = service_of(request);
  if (!service) {
    http_refused_.add();
    return responder.send(refusal(service.error()));
  }
  http_answered_.add();
  responder.send(net::Response::json(
      wire::sampling::encode_strategy_json(*strategies_.strategy_for(*service), form)));
}

net::Handler SamplingApi::http_handler(EnumForm form) const {
  return [this, form](const net::Request& request, net::Responder responder) {
    answer_http(request, std::move(responder), form);
  };
}

void SamplingApi::add_http_routes(net::Router& router) const {
  // "/" is the oldest of them: its clients know the enum as a number.
  router.add({.pattern = "/", .handler = http_handler(EnumForm::kNumber)});
  router.add({.pattern = "/sampling", .handler = http_handler(EnumForm::kName)});
  router.add({.pattern = "/baggageRestrictions",
              .handler = [](const net::Request& request, net::Responder responder) {
                const auto service = service_of(request);
                responder.send(service ? net::Response::json("[]") : refusal(service.error()));
              }});
  add_collector_routes(router);
}

void SamplingApi::add_collector_routes(net::Router& router) const {
  router.add({.pattern = "/api/sampling", .handler = http_handler(EnumForm::kName)});
}

void SamplingApi::answer_grpc(const net::Request& request, net::Responder responder) const {
  const auto service = wire::sampling::decode_strategy_request(request.body.view);
  if (!service) {
    grpc_refused_.add();
    return responder.fail(service.error());
  }
  grpc_answered_.add();
  net::Response response;
  response.body =
      PinnedBytes::own(wire::sampling::encode_strategy(*strategies_.strategy_for(*service)));
  responder.send(std::move(response));
}

void SamplingApi::add_grpc_routes(net::Router& router) const {
  router.add({.kind = net::RouteKind::kGrpcUnary,
              .pattern = "/jaeger.api_v2.SamplingManager/GetSamplingStrategy",
              .handler = [this](const net::Request& request, net::Responder responder) {
                answer_grpc(request, std::move(responder));
              }});
}

}  // namespace cairn::api::sampling
