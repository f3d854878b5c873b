// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {

void add_receivers(std::vector<Setting>& table) {
  add_endpoint(table, "receivers.otlp.grpc", "OTLP over gRPC",
               [](auto& c) -> auto& { return c.otlp_grpc; });
  add_endpoint(table, "receivers.otlp.http", "OTLP over HTTP",
               [](auto& c) -> auto& { return c.otlp_http; });
  add_cors(table, "receivers.otlp.http.cors", [](auto& c) -> auto& { return c.otlp_cors; });
}

}  // namespace cairn::server
