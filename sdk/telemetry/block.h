// SPDX-License-Identifier: Apache-2.0
//
// TelemetryBlock: the `Telemetry` mapping of a service's YAML file, as it was written.
//
// Nothing is merged or defaulted here (settings.h does that): what is unset was not in the file.
// The eight keys of go-zero and their defaults:
//
//   Name            text     the service's Name     service.name
//   Endpoint        text     none: ids, no export   see Batcher
//   Sampler         number   1.0                    share of traces; below 0 is 0, above 1 is 1
//   Batcher         choice   otlpgrpc               zipkin, otlpgrpc, otlphttp, file; jaeger
//   (deprecated) OtlpHeaders     mapping  none                   gRPC metadata or HTTP headers
//   OtlpHttpPath    text     /v1/traces             of otlphttp
//   OtlpHttpSecure  yes/no   no                     https for otlphttp without a scheme in Endpoint
//   Disabled        yes/no   no                     no spans; contexts are still passed on
//
//   Batcher   Endpoint
//   otlpgrpc  collector:4317, or http://..., or https://... (TLS)
//   otlphttp  collector:4318, or a URL; a path in the URL counts when OtlpHttpPath is not set
//   zipkin    http://zipkin:9411/api/v2/spans (the path may be left out)
//   file      a path that is appended to, OTLP JSON lines; `-` is standard output
//   jaeger    http://jaeger:14268/api/traces (Thrift over HTTP), or udp://agent:6831
//
// Keys of our own, all optional. Durations as in Go (5s, 100ms), sizes in bytes, KiB or MiB:
//
//   Batch.BufferSize   size      16MiB   finished spans that wait; the oldest go first when full
//   Batch.Delay        duration  1s      spans wait at most this long for a batch to fill
//   Batch.Timeout      duration  10s     one attempt to send
//   Batch.Size         size      512KiB  a batch is sent when this much waits
//   Tls.CaFile         text      system  PEM; with a Tls mapping an Endpoint without scheme is
//   https Tls.CertFile       text              PEM, for mTLS, with KeyFile Tls.KeyFile        text
//   Tls.InsecureSkipVerify  yes/no  no
//   Resource           mapping           resource attributes
//   Limits.Attributes  number    128     of a span, and so on; what is over is dropped and counted
//   Limits.Events      number    128
//   Limits.Links       number    128
//   Limits.AttributesPerEvent  number  128
//   Limits.AttributesPerLink   number  128
//   Limits.ValueSize   size      none    bytes of a text value; longer ones are cut
//   Limits.SpanSize    size      256KiB  encoded bytes of a span
//   Limits.OpenSpans   number    65536   open at once; more record nothing
//   Propagators        list      tracecontext, baggage    also b3, b3multi, jaeger; none
//   RateLimit          number    none    traces a second that start here, besides Sampler
//   IgnorePaths        list      none    routes that servers do not trace
//   Semconv            choice    gozero  gozero, stable: the names of attributes
//   MessageEvents      yes/no    yes     an event for each RPC message
//   Compression        choice    none    none, gzip
//   Protocol           choice    protobuf  protobuf, json: of otlphttp
//   Rules              list      none    the first that fits decides for a trace that starts here:
//     Name               text    any     span name, `*` for any characters
//     Kind               choice  any     internal, server, client, producer, consumer
//     Attribute, Value   text    any     an attribute given at the start, and its text (with `*`)
//     Sampler            number  1.0     share of the traces that fit
//     RateLimit          number  none    of them, a second
//   Sampling.Remote    text      none    http://host:5778: the server says what to sample (Jaeger's
//                                        protocol); Sampler is what holds until it has answered
//   Sampling.Interval  duration  60s     between two questions
//   RotateSize         size      never   file: path becomes path.1 at this size
//   RotateKeep         number    5       file: how many of those are kept
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/telemetry/findings.h"

namespace cairn::telemetry {

enum class Batcher { kZipkin, kOtlpGrpc, kOtlpHttp, kFile, kJaeger };

struct RuleBlock {
  std::optional<std::string> name, attribute, value;
  std::optional<std::size_t> kind;  // 0: internal ... 4: consumer
  std::optional<double> sampler, rate_limit;
};

struct TelemetryBlock {
  bool present = false;                     // the file has a Telemetry mapping
  std::optional<std::string> service_name;  // Name at the top of the file

  std::optional<std::string> name, endpoint, otlp_http_path;
  int endpoint_line = 0;
  std::optional<double> sampler;
  std::optional<Batcher> batcher;
  std::optional<TextPairs> otlp_headers;
  std::optional<bool> otlp_http_secure, disabled;

  struct {
    std::optional<std::size_t> buffer_size, size;
    std::optional<std::chrono::nanoseconds> delay, timeout;
  } batch;
  struct {
    bool present = false;
    std::optional<std::string> ca_file, certificate_file, key_file;
    std::optional<bool> insecure_skip_verify;
  } tls;
  std::optional<TextPairs> resource;
  struct {
    std::optional<std::uint32_t> attributes, events, links, attributes_per_event,
        attributes_per_link, open_spans;
    std::optional<std::size_t> value_size, span_size;
  } limits;
  std::optional<std::vector<std::string>> propagators, ignore_paths;
  std::optional<double> rate_limit;
  std::optional<bool> stable_semconv, message_events, gzip, json;
  std::vector<RuleBlock> rules;
  struct {
    std::optional<std::string> remote;
    std::optional<std::chrono::nanoseconds> interval;
  } sampling;
  std::optional<std::size_t> rotate_size;
  std::optional<std::uint32_t> rotate_keep;
};

// Larger files are refused.
inline constexpr std::size_t kMaxFileSize = std::size_t{1} << 20;

// Reads the block out of the text of a file. Errors (bad YAML, a value of the wrong type, a choice
// that is none) and warnings (unknown keys) go to `findings` with their lines.
TelemetryBlock parse_block(std::string_view text, Findings& findings);
// The text of the file at findings.origin; an error when it cannot be read or is too large.
std::string read_file(const std::string& path, Findings& findings);

}  // namespace cairn::telemetry
