// SPDX-License-Identifier: Apache-2.0
//
// What all connections of one listener share: its routes, limits, budget and counters.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "net/connection/byte_budget.h"
#include "net/http/cors.h"
#include "net/http/router.h"
#include "net/server.h"

namespace cairn::net {

// Thread rule: const but for the counters, which any thread may use while the server lives.
class Site {
 public:
  Site(Listener listener, const ServerLimits& limits, std::shared_ptr<ByteBudget> budget,
       MetricsRegistry& metrics);

  const std::string& name() const { return name_; }
  const Router& router() const { return router_; }
  const std::optional<CorsOptions>& cors() const { return cors_; }
  const ServerLimits& limits() const { return limits_; }
  const std::shared_ptr<ByteBudget>& budget() const { return budget_; }

  // `code` is the HTTP status, or the gRPC one for Protocol::kGrpc.
  void count_request(Protocol protocol, int code);
  // Reasons: connections, buffered_bytes, header_too_large, body_too_large, timeout, resets, pings,
  // streams, malformed, decompress.
  void count_refused(std::string_view reason);
  Gauge& connections() { return connections_; }

 private:
  const std::string name_;
  const Router router_;
  const std::optional<CorsOptions> cors_;
  const ServerLimits limits_;
  const std::shared_ptr<ByteBudget> budget_;
  MetricsRegistry& metrics_;
  Gauge& connections_;
  // Found on first use, then free of the registry's lock.
  std::array<std::array<std::atomic<Counter*>, 600>, 3> requests_{};
};

}  // namespace cairn::net
