// SPDX-License-Identifier: Apache-2.0
//
// OtelEnvironment: what the OTEL_* variables say, read into types.
//
// An empty variable is an unset one; only "true" (in any case) is true; a number that is none is a
// warning and ignored. What the variables are for:
//
//   OTEL_SDK_DISABLED                        no spans; contexts are still passed on
//   OTEL_LOG_LEVEL                           none, error, warn, info; what we log ourselves
//   OTEL_SERVICE_NAME                        service.name; before OTEL_RESOURCE_ATTRIBUTES
//   OTEL_RESOURCE_ATTRIBUTES                 a=1,b=2, percent-decoded; one malformed: none counts
//   OTEL_TRACES_SAMPLER                      always_on, always_off, traceidratio, jaeger_remote,
//                                            each also with parentbased_ before it
//   OTEL_TRACES_SAMPLER_ARG                  the ratio; or endpoint=http://host:5778/sampling,
//                                            pollingIntervalMs=5000,initialSamplingRate=0.25
//   OTEL_PROPAGATORS                         tracecontext, baggage, b3, b3multi, jaeger, none
//   OTEL_BSP_SCHEDULE_DELAY, _EXPORT_TIMEOUT milliseconds
//   OTEL_BSP_MAX_QUEUE_SIZE, _MAX_EXPORT_BATCH_SIZE   spans, counted as 512 bytes each
//   OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT, OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT,
//   OTEL_SPAN_EVENT_COUNT_LIMIT, OTEL_SPAN_LINK_COUNT_LIMIT, OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT,
//   OTEL_LINK_ATTRIBUTE_COUNT_LIMIT, OTEL_ATTRIBUTE_COUNT_LIMIT, OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT
//   OTEL_TRACES_EXPORTER                     otlp, zipkin, jaeger, console, none; several by comma
//   OTEL_EXPORTER_OTLP_ENDPOINT              http://host:4318, to which /v1/traces is added
//   OTEL_EXPORTER_OTLP_PROTOCOL              grpc, http/protobuf (default), http/json
//   OTEL_EXPORTER_OTLP_HEADERS, _TIMEOUT (milliseconds), _COMPRESSION (none, gzip), _CERTIFICATE,
//   _CLIENT_CERTIFICATE, _CLIENT_KEY, _INSECURE (grpc without a scheme)
//   OTEL_EXPORTER_OTLP_TRACES_...            each of these, for traces; the endpoint as it is
//   OTEL_EXPORTER_ZIPKIN_ENDPOINT            http://localhost:9411/api/v2/spans
//   OTEL_EXPORTER_JAEGER_ENDPOINT            http://localhost:14268/api/traces
//   OTEL_EXPORTER_ZIPKIN_TIMEOUT, OTEL_EXPORTER_JAEGER_TIMEOUT    milliseconds
//   OTEL_EXPORTER_JAEGER_AGENT_HOST, _AGENT_PORT (6831)   datagrams instead
//
// Source: OpenTelemetry, "Environment Variable Specification"; "OTLP Exporter Configuration".
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cairn/trace/provider.h>

#include "sdk/telemetry/findings.h"

namespace cairn::telemetry {

enum class PropagatorName { kTraceContext, kBaggage, kB3, kB3Multi, kJaeger };
// False when there is no such propagator.
bool propagator_named(std::string_view name, PropagatorName& out);
std::string_view name_of(PropagatorName name);

// A variable of the environment; none when it is not set. Tests bring their own.
using Variables = std::function<std::optional<std::string>(const char* name)>;
Variables process_variables();

// What is logged: this and what is graver.
enum class LogThreshold { kInfo, kWarning, kError, kNothing };

struct OtelEnvironment {
  bool disabled = false;
  std::optional<LogThreshold> log_threshold;
  std::optional<std::string> service_name;
  TextPairs resource;

  struct Sampler {
    std::optional<double> ratio;  // none: jaeger_remote
    bool parent_based = true;
    std::optional<std::string> remote;
    std::optional<std::chrono::nanoseconds> remote_interval;
    std::optional<double> remote_initial_ratio;
  };
  std::optional<Sampler> sampler;
  std::optional<std::vector<PropagatorName>> propagators;

  std::optional<std::chrono::milliseconds> schedule_delay, export_timeout;
  std::optional<std::uint64_t> queue_spans, batch_spans;
  trace::SpanLimits limits;

  enum class Exporter { kOtlp, kZipkin, kJaeger, kConsole };
  std::optional<std::vector<Exporter>> exporters;  // empty: `none`
  enum class Protocol { kGrpc, kHttpProtobuf, kHttpJson };
  struct {
    std::optional<std::string> base_endpoint, traces_endpoint, certificate, client_certificate,
        client_key;
    std::optional<TextPairs> headers;
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<Protocol> protocol;
    std::optional<bool> gzip;
    bool insecure = false;
  } otlp;
  std::optional<std::string> zipkin_endpoint, jaeger_endpoint, jaeger_agent_host;
  std::optional<std::uint64_t> jaeger_agent_port;
  std::optional<std::chrono::milliseconds> zipkin_timeout, jaeger_timeout;

  // Whether any variable says where spans shall go.
  bool names_exporter() const {
    return exporters || otlp.base_endpoint || otlp.traces_endpoint || zipkin_endpoint ||
           jaeger_endpoint || jaeger_agent_host;
  }
};

// Warnings go to `findings`; there are no errors.
OtelEnvironment read_environment(const Variables& variables, Findings& findings);

}  // namespace cairn::telemetry
