// SPDX-License-Identifier: Apache-2.0
//
// Health and metrics for operators, probes and Prometheus:
//   GET /        as Jaeger v1's admin port: {"status":"Server available","upSince":…,"uptime":…}
//   GET /status  as Jaeger v2's health check: {"status":"StatusOK",…}
//   GET /metrics Prometheus text
// Not available is 503 on the first two.
#pragma once

#include <functional>

#include "base/clock.h"
#include "base/metrics.h"
#include "net/http/router.h"

namespace cairn::server {

// What the probes ask: an Error says why we are not available.
using HealthCheck = std::function<Result<void>()>;

// Thread rule: `check` is called from any I/O thread and must not block.
// Ownership: `metrics` and `clock` outlive the routes.
void add_admin_routes(net::Router& router, HealthCheck check, const MetricsRegistry& metrics,
                      const Clock& clock);

// Adds what an operator asks of any process: memory, CPU time, start time, version.
void add_process_metrics(MetricsRegistry& metrics, const Clock& clock);

}  // namespace cairn::server
