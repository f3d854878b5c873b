// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/start_parts.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <cairn/telemetry/remote_sampler.h>

namespace cairn::telemetry {
namespace {

trace::SamplerPtr ratio_sampler(double ratio) {
  if (ratio >= 1) return trace::always_on();
  return ratio > 0 ? trace::trace_id_ratio(ratio) : trace::always_off();
}

trace::SamplerPtr limited(trace::SamplerPtr sampler, const std::optional<double>& rate) {
  return rate ? trace::both(std::move(sampler), trace::rate_limit(*rate)) : sampler;
}

trace::SpanExporterPtr make_one(const ExporterSettings& settings, std::string& error) {
  switch (settings.kind) {
    case ExporterSettings::Kind::kOtlpGrpc:
      return trace::otlp_grpc(settings.remote, error);
    case ExporterSettings::Kind::kOtlpHttp:
      return trace::otlp_http(settings.remote, settings.encoding, error);
    case ExporterSettings::Kind::kZipkin:
      return trace::zipkin(settings.remote, error);
    case ExporterSettings::Kind::kJaegerHttp:
      return trace::jaeger_http(settings.remote, error);
    case ExporterSettings::Kind::kJaegerUdp:
      return trace::jaeger_udp(settings.remote.url, error);
    case ExporterSettings::Kind::kFile:
      return trace::otlp_file(settings.file, error);
  }
  return nullptr;
}

const trace::Propagator& propagator_of(PropagatorName name) {
  switch (name) {
    case PropagatorName::kBaggage:
      return trace::w3c_baggage();
    case PropagatorName::kB3:
      return trace::b3_single();
    case PropagatorName::kB3Multi:
      return trace::b3_multi();
    case PropagatorName::kJaeger:
      return trace::jaeger_propagation();
    case PropagatorName::kTraceContext:
      break;
  }
  return trace::w3c_trace_context();
}

}  // namespace

trace::SamplerPtr make_sampler(const Settings& settings,
                               const std::function<void(const std::string&)>& log) {
  const SamplerSettings& wanted = settings.sampler;
  trace::SamplerPtr sampler;
  if (!wanted.remote.empty()) {
    RemoteSamplerOptions remote;
    remote.endpoint = wanted.remote;
    remote.service = settings.service_name;
    remote.interval = std::chrono::ceil<std::chrono::milliseconds>(wanted.remote_interval);
    remote.initial_ratio = wanted.ratio;
    remote.log = log;
    sampler = jaeger_remote(std::move(remote));
  }
  if (sampler == nullptr) sampler = ratio_sampler(wanted.ratio);
  std::vector<trace::SamplingRule> rules;
  for (const RuleSettings& rule : wanted.rules) {
    rules.push_back({rule.name, rule.kind, rule.attribute, rule.value,
                     limited(ratio_sampler(rule.ratio), rule.rate_limit)});
  }
  if (!rules.empty()) sampler = trace::by_rules(std::move(rules), std::move(sampler));
  sampler = limited(std::move(sampler), wanted.rate_limit);
  return wanted.parent_based ? trace::parent_based(std::move(sampler)) : sampler;
}

trace::SpanExporterPtr make_exporter(const Settings& settings, std::string& error) {
  std::vector<trace::SpanExporterPtr> made;
  for (const ExporterSettings& wanted : settings.exporters) {
    trace::SpanExporterPtr exporter = make_one(wanted, error);
    if (exporter == nullptr) {
      if (error.empty()) error = "the exporter cannot be made";
      return nullptr;
    }
    made.push_back(std::move(exporter));
  }
  if (made.empty()) return nullptr;
  return made.size() == 1 ? made.front() : trace::all_of(std::move(made));
}

const trace::Propagator& make_propagator(const std::vector<PropagatorName>& names) {
  // One for each list that was ever asked for, however often tracing is started.
  struct Made {
    std::mutex mutex;
    std::map<std::vector<PropagatorName>, std::unique_ptr<const trace::Propagator>> by_names;
  };
  static auto* const made = new Made();
  const std::lock_guard lock(made->mutex);
  auto& kept = made->by_names[names];
  if (kept == nullptr) {
    std::vector<const trace::Propagator*> parts;
    for (const PropagatorName name : names) parts.push_back(&propagator_of(name));
    kept = std::make_unique<trace::CompositePropagator>(
        trace::ListView<const trace::Propagator*>(parts.data(), parts.size()));
  }
  return *kept;
}

}  // namespace cairn::telemetry
