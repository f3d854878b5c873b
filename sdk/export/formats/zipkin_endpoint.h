// SPDX-License-Identifier: Apache-2.0
//
// Whom a span called, in Zipkin's words: `remoteEndpoint`.
// Source: OpenTelemetry, "OpenTelemetry to Zipkin Transformation", "Remote endpoint".
#pragma once

#include <string>

#include <cairn/trace/span_view.h>

namespace cairn::trace::formats {

struct ZipkinEndpoint {
  std::string service_name;
  std::string address;  // IPv4 or IPv6
  bool is_ipv6 = false;
  std::uint16_t port = 0;

  bool empty() const { return service_name.empty() && address.empty(); }
};

// Empty when the span does not say, and for internal spans, which Zipkin would take for calls. Of a
// server only what names its client counts: `server.address` is the server itself.
ZipkinEndpoint remote_endpoint(const SpanView& span);

}  // namespace cairn::trace::formats
