// SPDX-License-Identifier: Apache-2.0
#include "net/connection/site.h"

#include <algorithm>

namespace cairn::net {
namespace {

const char* to_label(Protocol protocol) {
  switch (protocol) {
    case Protocol::kHttp1:
      return "http1";
    case Protocol::kHttp2:
      return "http2";
    case Protocol::kGrpc:
      return "grpc";
  }
  return "";
}

}  // namespace

Site::Site(Listener listener, const ServerLimits& limits, std::shared_ptr<ByteBudget> budget,
           MetricsRegistry& metrics)
    : name_(std::move(listener.name)),
      router_(std::move(listener.router)),
      cors_(std::move(listener.cors)),
      limits_(limits),
      budget_(std::move(budget)),
      metrics_(metrics),
      connections_(
          metrics.gauge("cairn_net_connections", "Open connections.", {{"listener", name_}})) {
}

void Site::count_request(Protocol protocol, int code) {
  const auto index = static_cast<std::size_t>(std::clamp(code, 0, 599));
  std::atomic<Counter*>& kept = requests_[static_cast<std::size_t>(protocol)][index];
  Counter* counter = kept.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &metrics_.counter(
        "cairn_net_requests_total", "Requests answered, by HTTP or gRPC status.",
        {{"listener", name_}, {"protocol", to_label(protocol)}, {"code", std::to_string(index)}});
    kept.store(counter, std::memory_order_release);
  }
  counter->add();
}

void Site::count_refused(std::string_view reason) {
  metrics_
      .counter("cairn_net_refused_total", "Connections and requests refused, by reason.",
               {{"listener", name_}, {"reason", std::string(reason)}})
      .add();
}

}  // namespace cairn::net
