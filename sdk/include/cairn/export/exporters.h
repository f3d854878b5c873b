// SPDX-License-Identifier: Apache-2.0
//
// The exporters: where spans can be sent. Each maker returns null, and says why in `error`, when
// its options cannot work (an address it cannot parse, a certificate file that is not there); it
// never connects: that happens with the first batch.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <cairn/trace/exporter.h>

namespace cairn::trace {

struct TlsOptions {
  std::string ca_file;           // PEM; empty: the system's
  std::string certificate_file;  // PEM, for mTLS; with key_file
  std::string key_file;
  bool insecure_skip_verify = false;
};

struct RemoteOptions {
  // http:// or https://, host, port, path. unix:// is not supported.
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // gRPC: metadata
  bool gzip = false;
  TlsOptions tls;
  std::size_t max_request_size = std::size_t{64} << 20;  // larger batches are not sent, and counted
  std::size_t max_response_size = std::size_t{4} << 20;  // larger answers are failures
};

enum class OtlpEncoding : std::uint8_t { kProtobuf, kJson };

// OTLP/HTTP to exactly `url` (for instance http://localhost:4318/v1/traces).
// Source: OTLP specification, "OTLP/HTTP".
CAIRN_API SpanExporterPtr otlp_http(const RemoteOptions& options, OtlpEncoding encoding,
                                    std::string& error);
// OTLP/gRPC to `url` (http://localhost:4317: plaintext; https://: TLS); the path is ignored.
// Source: OTLP specification, "OTLP/gRPC".
CAIRN_API SpanExporterPtr otlp_grpc(const RemoteOptions& options, std::string& error);
// Zipkin v2 JSON to `url` (http://localhost:9411/api/v2/spans).
// Source: Zipkin API v2; OpenTelemetry, "OpenTelemetry to Zipkin Transformation".
CAIRN_API SpanExporterPtr zipkin(const RemoteOptions& options, std::string& error);
// Jaeger Thrift binary over HTTP to `url` (http://localhost:14268/api/traces).
// Source: OpenTelemetry, "OpenTelemetry to Jaeger Transformation".
CAIRN_API SpanExporterPtr jaeger_http(const RemoteOptions& options, std::string& error);
// Jaeger Thrift compact in datagrams to a local agent (udp://localhost:6831), at most 65 000 bytes
// each. Datagrams get lost without a word: nothing can be known about delivery.
CAIRN_API SpanExporterPtr jaeger_udp(const std::string& url, std::string& error);

struct FileOptions {
  std::string path;           // appended to; "-": standard output
  std::size_t rotate_at = 0;  // bytes; 0: never
  int keep = 5;               // rotated files path.1 (newest) ... path.<keep>
};
// One OTLP JSON `TracesData` a line. Source: OpenTelemetry, "OTLP File Exporter".
CAIRN_API SpanExporterPtr otlp_file(const FileOptions& options, std::string& error);

// Several exporters get every batch: sent when all took it, tried again by those that did not.
CAIRN_API SpanExporterPtr all_of(std::vector<SpanExporterPtr> exporters);

}  // namespace cairn::trace
