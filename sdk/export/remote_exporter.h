// SPDX-License-Identifier: Apache-2.0
//
// RemoteExporter: what the exporters that post batches to a collector have in common. What is
// different is a RemoteProtocol, a row of a table.
#pragma once

#include <string>

#include <cairn/export/exporters.h>

#include "sdk/export/http/http_client.h"

namespace cairn::trace::transport {

// A request's body; its segments point into the batch and into `text`.
struct Body {
  Body() = default;
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  std::string text;
  Segments segments;
};

struct RemoteProtocol {
  std::string_view name;  // for logs
  std::string_view user_agent;
  std::string_view content_type;
  bool grpc = false;      // HTTP/2, framed messages, grpc-timeout
  std::string_view path;  // in place of the address's, unless empty
  void (*encode)(const SpanBatch& batch, Body& body);
  ExportResult (*judge)(const HttpAnswer& answer);
};

inline constexpr std::string_view kOtlpUserAgent = "OTel-OTLP-Exporter-Cairn-Cpp/0.1.0";
inline constexpr std::string_view kUserAgent = "Cairn-Cpp/0.1.0";

// Null, and says why in `error`, when the options cannot work.
SpanExporterPtr make_remote_exporter(const RemoteOptions& options, const RemoteProtocol& protocol,
                                     std::string& error);

// Whether the options other than the address can work: TLS files that can be read, header names and
// values that cannot break the request.
bool check_tls(const TlsOptions& tls, std::string& error);
bool check_header(const std::string& name, const std::string& value, std::string& error);

}  // namespace cairn::trace::transport
