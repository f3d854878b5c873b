// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/block.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>

#include "sdk/telemetry/yaml_map.h"

namespace cairn::telemetry {
namespace {

void read_go_zero(YamlMap& map, TelemetryBlock& block) {
  map.read("Name", block.name);
  map.read("Endpoint", block.endpoint);
  block.endpoint_line = map.line_of("Endpoint");
  map.read("Sampler", block.sampler);
  std::optional<std::size_t> batcher;
  map.read_choice("Batcher", {"zipkin", "otlpgrpc", "otlphttp", "file", "jaeger"}, batcher);
  if (batcher) block.batcher = static_cast<Batcher>(*batcher);
  if (block.batcher == Batcher::kJaeger) {
    map.warn("Batcher", "jaeger is deprecated; otlpgrpc to port 4317 does the same");
  }
  map.read_pairs("OtlpHeaders", block.otlp_headers);
  map.read("OtlpHttpPath", block.otlp_http_path);
  map.read("OtlpHttpSecure", block.otlp_http_secure);
  map.read("Disabled", block.disabled);
  if (block.sampler && (*block.sampler < 0 || *block.sampler > 1)) {
    map.warn("Sampler", "is outside 0 to 1, taken as " +
                            std::string(*block.sampler < 0 ? "0 (none)" : "1 (all)"));
  }
}

// Reads a choice between a usual and another word into a flag for the other.
void read_either(YamlMap& map, std::string_view key, std::string_view usual, std::string_view other,
                 std::optional<bool>& is_other) {
  std::optional<std::size_t> choice;
  map.read_choice(key, {usual, other}, choice);
  if (choice) is_other = *choice == 1;
}

void read_batch(YamlMap& map, TelemetryBlock& block) {
  auto batch = map.read_map("Batch");
  if (!batch) return;
  batch->read_size("BufferSize", block.batch.buffer_size);
  batch->read_duration("Delay", block.batch.delay);
  batch->read_duration("Timeout", block.batch.timeout);
  batch->read_size("Size", block.batch.size);
  batch->warn_of_unknown_keys();
}

void read_tls(YamlMap& map, TelemetryBlock& block) {
  auto tls = map.read_map("Tls");
  if (!tls) return;
  block.tls.present = true;
  tls->read("CaFile", block.tls.ca_file);
  tls->read("CertFile", block.tls.certificate_file);
  tls->read("KeyFile", block.tls.key_file);
  tls->read("InsecureSkipVerify", block.tls.insecure_skip_verify);
  tls->warn_of_unknown_keys();
}

void read_limits(YamlMap& map, TelemetryBlock& block) {
  auto limits = map.read_map("Limits");
  if (!limits) return;
  limits->read_count("Attributes", block.limits.attributes);
  limits->read_count("Events", block.limits.events);
  limits->read_count("Links", block.limits.links);
  limits->read_count("AttributesPerEvent", block.limits.attributes_per_event);
  limits->read_count("AttributesPerLink", block.limits.attributes_per_link);
  limits->read_count("OpenSpans", block.limits.open_spans);
  limits->read_size("ValueSize", block.limits.value_size);
  limits->read_size("SpanSize", block.limits.span_size);
  limits->warn_of_unknown_keys();
}

void read_rate(YamlMap& map, std::optional<double>& rate) {
  map.read("RateLimit", rate);
  if (rate && *rate < 0) map.fail("RateLimit", "expected a number of traces a second, from 0");
}

RuleBlock read_rule(YamlMap& map) {
  RuleBlock rule;
  map.read("Name", rule.name);
  map.read_choice("Kind", {"internal", "server", "client", "producer", "consumer"}, rule.kind);
  map.read("Attribute", rule.attribute);
  map.read("Value", rule.value);
  if (rule.value && !rule.attribute) map.fail("Value", "needs an Attribute");
  map.read("Sampler", rule.sampler);
  read_rate(map, rule.rate_limit);
  map.warn_of_unknown_keys();
  return rule;
}

void read_sampling(YamlMap& map, TelemetryBlock& block) {
  read_rate(map, block.rate_limit);
  for (YamlMap& rule : map.read_maps("Rules")) block.rules.push_back(read_rule(rule));
  auto sampling = map.read_map("Sampling");
  if (!sampling) return;
  sampling->read("Remote", block.sampling.remote);
  sampling->read_duration("Interval", block.sampling.interval);
  sampling->warn_of_unknown_keys();
}

void read_own(YamlMap& map, TelemetryBlock& block) {
  read_batch(map, block);
  read_tls(map, block);
  read_limits(map, block);
  read_sampling(map, block);
  map.read_pairs("Resource", block.resource);
  map.read_texts("Propagators", block.propagators);
  map.read_texts("IgnorePaths", block.ignore_paths);
  read_either(map, "Semconv", "gozero", "stable", block.stable_semconv);
  read_either(map, "Compression", "none", "gzip", block.gzip);
  read_either(map, "Protocol", "protobuf", "json", block.json);
  map.read("MessageEvents", block.message_events);
  map.read_size("RotateSize", block.rotate_size);
  map.read_count("RotateKeep", block.rotate_keep);
}

void read_document(const YAML::Node& document, TelemetryBlock& block, Findings& findings) {
  if (!document.IsDefined() || document.IsNull()) return;
  if (!document.IsMap()) return findings.fail(1, "expected a mapping");
  YamlMap top(document, "", findings);
  // A name that is no text is the service's own business, not an error of telemetry.
  Findings ignored;
  YamlMap(document, "", ignored).read("Name", block.service_name);
  auto telemetry = top.read_map("Telemetry");
  if (!telemetry) {
    if (top.line_of("Telemetry") > 0) top.warn("Telemetry", "is empty, taken as absent");
    return;
  }
  block.present = true;
  YamlMap map(telemetry->without_path());
  read_go_zero(map, block);
  read_own(map, block);
  map.warn_of_unknown_keys();
}

}  // namespace

TelemetryBlock parse_block(std::string_view text, Findings& findings) {
  TelemetryBlock block;
  if (text.size() > kMaxFileSize) {
    findings.fail(1, "larger than 1 MiB");
    return block;
  }
  try {
    read_document(YAML::Load(std::string(text)), block, findings);
  } catch (const YAML::Exception& error) {
    findings.fail(error.mark.line + 1, error.msg);
  } catch (const std::exception& error) {
    findings.fail(1, error.what());
  }
  return block;
}

std::string read_file(const std::string& path, Findings& findings) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int code = errno;
    findings.fail(0, path + ": " + std::strerror(code));
    return {};
  }
  std::string text(kMaxFileSize + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad()) findings.fail(0, path + ": cannot be read");
  if (text.size() > kMaxFileSize) findings.fail(0, path + ": larger than 1 MiB");
  return text;
}

}  // namespace cairn::telemetry
