// SPDX-License-Identifier: Apache-2.0
//
// Settings: what to start, after the block, the environment and the defaults have been put
// together.
//
// The block wins, then the OTEL_* variables, then the defaults. Endpoint and Batcher are one
// choice: with an Endpoint in the block, Batcher is what the block says or go-zero's default; the
// environment's exporters count only where the block names no Endpoint.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cairn/export/exporters.h>
#include <cairn/trace/instrumentation.h>
#include <cairn/trace/provider.h>

#include "sdk/telemetry/block.h"
#include "sdk/telemetry/environment.h"
#include "sdk/telemetry/findings.h"

namespace cairn::telemetry {

struct ExporterSettings {
  enum class Kind { kOtlpGrpc, kOtlpHttp, kZipkin, kJaegerHttp, kJaegerUdp, kFile };
  Kind kind = Kind::kOtlpGrpc;
  trace::RemoteOptions remote;  // url of kJaegerUdp too
  trace::OtlpEncoding encoding = trace::OtlpEncoding::kProtobuf;
  trace::FileOptions file;
};

struct RuleSettings {
  std::string name;
  trace::SpanKind kind{};
  std::string attribute;
  std::string value;
  double ratio = 1;
  std::optional<double> rate_limit;
};

struct SamplerSettings {
  double ratio = 1;
  bool parent_based = true;
  std::optional<double> rate_limit;
  std::vector<RuleSettings> rules;
  std::string remote;  // the URL that is asked, without the query; empty: nobody
  std::chrono::nanoseconds remote_interval = std::chrono::seconds(60);
};

struct Settings {
  // False: nobody asked for tracing, or it is switched off.
  bool start = true;
  std::string service_name;
  std::vector<trace::ResourceAttribute> resource;  // service.name first
  SamplerSettings sampler;
  std::vector<ExporterSettings> exporters;  // none: ids only
  // Why nothing will arrive although nobody switched anything off; empty where that is not so.
  std::string unsent;
  trace::SpanLimits limits;
  std::size_t buffer_size = trace::Options().buffer_size;
  std::size_t batch_size = trace::Options().batch_size;
  std::size_t open_spans = trace::Options().open_spans;
  std::chrono::milliseconds delay = trace::Options().delay;
  std::chrono::milliseconds export_timeout = trace::Options().export_timeout;
  std::vector<PropagatorName> propagators = {PropagatorName::kTraceContext,
                                             PropagatorName::kBaggage};
  trace::InstrumentationSettings instrumentation;
  LogThreshold log_threshold = LogThreshold::kInfo;
};

// What this process is, for the resource.
struct ProcessFacts {
  std::string executable;  // without the folder
  std::string host_name;
  long pid = 0;
};
ProcessFacts process_facts();

// Whether a missing block may mean "nothing to do" (a file) or the defaults of the variables are
// asked for (start_from_environment).
enum class Source { kFile, kEnvironment };

// Errors and warnings go to `findings`; with an error the result is not to be used.
Settings make_settings(const TelemetryBlock& block, const OtelEnvironment& environment,
                       const ProcessFacts& process, Source source, Findings& findings);

// One `key = value` a line, headers' values and user information hidden: for tests and logs.
std::string to_text(const Settings& settings);

}  // namespace cairn::telemetry
