// SPDX-License-Identifier: Apache-2.0
//
// grpc.health.v1.Health: Check, and Watch for clients that want to be told.
// Source: the gRPC health checking protocol.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net/http/router.h"

namespace cairn::net {

// Rows for /grpc.health.v1.Health/Check and /Watch.
// `serving` is called from I/O threads and from the watching thread, as long as the rows live.
// `services` are the full names that may be asked for ("opentelemetry.proto…TraceService"), besides
// "", the server as a whole; all share one state. Another name is NOT_FOUND for Check and
// SERVICE_UNKNOWN for Watch.
// Watchers are told of a change within a second; at most 100 watch at once (RESOURCE_EXHAUSTED).
Router health_routes(std::function<bool()> serving, std::vector<std::string> services = {});

}  // namespace cairn::net
