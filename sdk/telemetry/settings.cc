// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/settings.h"

#include <algorithm>
#include <array>
#include <utility>

#include <unistd.h>

#include "sdk/telemetry/endpoint.h"
#include "sdk/telemetry/exporter_settings.h"
#include "sdk/telemetry/text_values.h"

namespace cairn::telemetry {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kSmallestBuffer = 256 * 1024;
constexpr std::uint64_t kBytesOfSpan = 512;

// Sets `key`, at its old place when it is there already.
void put(std::vector<trace::ResourceAttribute>& resource, std::string_view key, std::string value) {
  for (trace::ResourceAttribute& attribute : resource) {
    if (attribute.key != key) continue;
    attribute.value = std::move(value);
    return;
  }
  resource.push_back({std::string(key), std::move(value)});
}

const std::string* find(const TextPairs& pairs, std::string_view key) {
  const std::string* found = nullptr;
  for (const auto& [name, value] : pairs) {
    if (name == key && !value.empty()) found = &value;
  }
  return found;
}

std::string choose_service_name(const TelemetryBlock& block, const OtelEnvironment& environment,
                                const ProcessFacts& process) {
  static constexpr std::string_view kKey = "service.name";
  const auto is_set = [](const std::optional<std::string>& text) { return text && !text->empty(); };
  if (is_set(block.name)) return *block.name;
  if (block.resource) {
    if (const std::string* name = find(*block.resource, kKey)) return *name;
  }
  if (is_set(block.service_name)) return *block.service_name;
  if (environment.service_name) return *environment.service_name;
  if (const std::string* name = find(environment.resource, kKey)) return *name;
  return process.executable.empty() ? "unknown_service" : "unknown_service:" + process.executable;
}

void choose_resource(const TelemetryBlock& block, const OtelEnvironment& environment,
                     const ProcessFacts& process, Settings& settings) {
  auto& resource = settings.resource;
  settings.service_name = choose_service_name(block, environment, process);
  put(resource, "service.name", settings.service_name);
  put(resource, "telemetry.sdk.name", "cairn");
  put(resource, "telemetry.sdk.language", "cpp");
  put(resource, "telemetry.sdk.version", CAIRN_VERSION);
  if (!process.host_name.empty()) put(resource, "host.name", process.host_name);
  put(resource, "process.pid", std::to_string(process.pid));
  for (const auto& [key, value] : environment.resource) put(resource, key, value);
  if (block.resource) {
    for (const auto& [key, value] : *block.resource) put(resource, key, value);
  }
  put(resource, "service.name", settings.service_name);
}

double in_range(double ratio) {
  return std::clamp(ratio, 0.0, 1.0);
}

void choose_remote(const TelemetryBlock& block, const OtelEnvironment& environment,
                   SamplerSettings& sampler, Findings& findings) {
  std::optional<std::string> remote = block.sampling.remote;
  if (remote && remote->empty()) remote.reset();
  const char* name = "Sampling.Remote";
  if (!remote && !block.sampler && environment.sampler) {
    remote = environment.sampler->remote;
    name = "OTEL_TRACES_SAMPLER_ARG";
    if (environment.sampler->remote_interval) {
      sampler.remote_interval = *environment.sampler->remote_interval;
    }
  }
  if (block.sampling.interval) sampler.remote_interval = *block.sampling.interval;
  if (!remote) return;
  Endpoint endpoint;
  std::string error;
  if (!complete_endpoint(*remote, {"http", "5778", "/sampling", "http https "}, endpoint, error)) {
    return findings.fail(0, std::string(name) + ": " + error);
  }
  if (endpoint.url.find(":14250/") != std::string::npos) {
    findings.warn(0, std::string(name) + ": 14250 is a gRPC port, HTTP is 5778");
  }
  sampler.remote = endpoint.url;
}

void choose_sampler(const TelemetryBlock& block, const OtelEnvironment& environment,
                    Settings& settings, Findings& findings) {
  SamplerSettings& sampler = settings.sampler;
  if (block.sampler) {
    sampler.ratio = in_range(*block.sampler);
  } else if (environment.sampler) {
    sampler.parent_based = environment.sampler->parent_based;
    sampler.ratio =
        environment.sampler->ratio.value_or(environment.sampler->remote_initial_ratio.value_or(
            environment.sampler->remote ? 0.001 : 1.0));
  }
  choose_remote(block, environment, sampler, findings);
  sampler.rate_limit = block.rate_limit;
  for (const RuleBlock& rule : block.rules) {
    RuleSettings made;
    made.name = rule.name.value_or("");
    if (rule.kind) made.kind = static_cast<trace::SpanKind>(*rule.kind + 1);
    made.attribute = rule.attribute.value_or("");
    made.value = rule.value.value_or("");
    made.ratio = in_range(rule.sampler.value_or(1));
    made.rate_limit = rule.rate_limit;
    sampler.rules.push_back(std::move(made));
  }
}

void choose_limits(const TelemetryBlock& block, const OtelEnvironment& environment,
                   Settings& settings) {
  trace::SpanLimits& limits = settings.limits;
  limits = environment.limits;
  const auto set = [](const auto& from, std::uint32_t& to) {
    if (from) to = static_cast<std::uint32_t>(std::min<std::uint64_t>(*from, UINT32_MAX));
  };
  set(block.limits.attributes, limits.attributes);
  set(block.limits.events, limits.events);
  set(block.limits.links, limits.links);
  set(block.limits.attributes_per_event, limits.attributes_per_event);
  set(block.limits.attributes_per_link, limits.attributes_per_link);
  set(block.limits.value_size, limits.value_size);
  set(block.limits.span_size, limits.span_size);
  if (block.limits.open_spans) settings.open_spans = *block.limits.open_spans;
}

void choose_batch(const TelemetryBlock& block, const OtelEnvironment& environment,
                  Settings& settings, Findings& findings) {
  if (environment.queue_spans) settings.buffer_size = *environment.queue_spans * kBytesOfSpan;
  if (environment.batch_spans) settings.batch_size = *environment.batch_spans * kBytesOfSpan;
  if (environment.schedule_delay) settings.delay = *environment.schedule_delay;
  if (block.batch.buffer_size) {
    settings.buffer_size = *block.batch.buffer_size;
    if (settings.buffer_size < kSmallestBuffer) {
      findings.warn(0, "Batch.BufferSize: less than 256KiB, taken as 256KiB");
    }
  }
  if (block.batch.size) settings.batch_size = *block.batch.size;
  if (block.batch.delay) settings.delay = std::chrono::ceil<milliseconds>(*block.batch.delay);
  settings.buffer_size = std::max(settings.buffer_size, kSmallestBuffer);
  settings.batch_size = std::clamp<std::size_t>(settings.batch_size, 1, settings.buffer_size);
  settings.delay = std::max(settings.delay, milliseconds(1));
}

void choose_propagators(const TelemetryBlock& block, const OtelEnvironment& environment,
                        Settings& settings, Findings& findings) {
  if (!block.propagators) {
    if (environment.propagators) settings.propagators = *environment.propagators;
    return;
  }
  settings.propagators.clear();
  for (const std::string& text : *block.propagators) {
    PropagatorName name{};
    if (text == "none") continue;
    if (!propagator_named(text, name)) {
      return findings.fail(0, "Propagators: `" + text +
                                  "` is not one of tracecontext, baggage, b3, b3multi, jaeger, "
                                  "none");
    }
    auto& names = settings.propagators;
    if (std::count(names.begin(), names.end(), name) == 0) names.push_back(name);
  }
}

}  // namespace

ProcessFacts process_facts() {
  ProcessFacts facts;
  facts.pid = static_cast<long>(::getpid());
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) facts.host_name = host.data();
  std::array<char, 4096> path{};
  const auto size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size > 0) {
    const std::string_view whole(path.data(), static_cast<std::size_t>(size));
    facts.executable = whole.substr(whole.rfind('/') + 1);
  }
  return facts;
}

Settings make_settings(const TelemetryBlock& block, const OtelEnvironment& environment,
                       const ProcessFacts& process, Source source, Findings& findings) {
  Settings settings;
  choose_resource(block, environment, process, settings);
  choose_sampler(block, environment, settings, findings);
  // A switch that says off is off, whoever holds it; what would have been sent where is no matter.
  settings.start = !block.disabled.value_or(false) && !environment.disabled;
  if (settings.start) choose_exporters(block, environment, source, settings, findings);
  choose_limits(block, environment, settings);
  choose_batch(block, environment, settings, findings);
  choose_propagators(block, environment, settings, findings);
  settings.log_threshold = environment.log_threshold.value_or(LogThreshold::kInfo);
  auto& instrumentation = settings.instrumentation;
  instrumentation.service_name = settings.service_name;
  instrumentation.message_events = block.message_events.value_or(true);
  instrumentation.ignored_paths = block.ignore_paths.value_or(std::vector<std::string>());
  if (block.stable_semconv.value_or(false)) {
    instrumentation.conventions = trace::Conventions::kStable;
  }
  return settings;
}

}  // namespace cairn::telemetry
