// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

namespace cairn::server {

void add_receivers(std::vector<Setting>& table) {
  add_endpoint(table, "receivers.otlp.grpc", "OTLP over gRPC",
               [](auto& c) -> auto& { return c.otlp_grpc; });
  add_endpoint(table, "receivers.otlp.http", "OTLP over HTTP",
               [](auto& c) -> auto& { return c.otlp_http; });
  add_cors(table, "receivers.otlp.http.cors", [](auto& c) -> auto& { return c.otlp_cors; });
  add_endpoint(table, "receivers.jaeger.http", "Jaeger's Thrift over HTTP",
               [](auto& c) -> auto& { return c.jaeger_http; });
  add_endpoint(table, "receivers.jaeger.grpc", "Jaeger's PostSpans over gRPC",
               [](auto& c) -> auto& { return c.jaeger_grpc; });
  add_endpoint(table, "receivers.jaeger.compact", "Jaeger's compact datagrams (UDP)",
               [](auto& c) -> auto& { return c.jaeger_compact; });
  add_endpoint(table, "receivers.jaeger.binary", "Jaeger's binary datagrams (UDP)",
               [](auto& c) -> auto& { return c.jaeger_binary; });
  add_endpoint(table, "receivers.jaeger.zipkin_compact", "the old agent's Zipkin datagrams (UDP)",
               [](auto& c) -> auto& { return c.jaeger_zipkin_compact; });
  table.push_back(size("receivers.udp.receive_buffer_bytes",
                       "Asked of the kernel for each UDP port; net.core.rmem_max may allow less.",
                       [](auto& c) -> auto& { return c.udp.receive_buffer_bytes; }));
  add_endpoint(table, "receivers.zipkin.http", "Zipkin's formats over HTTP and gRPC",
               [](auto& c) -> auto& { return c.zipkin_http; });
  add_cors(table, "receivers.zipkin.http.cors", [](auto& c) -> auto& { return c.zipkin_cors; });
}

}  // namespace cairn::server
