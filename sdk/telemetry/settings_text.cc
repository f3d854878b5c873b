// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>

#include "sdk/telemetry/endpoint.h"
#include "sdk/telemetry/settings.h"

namespace cairn::telemetry {
namespace {

class Lines {
 public:
  void add(std::string_view key, std::string_view value) {
    text_ += std::string(key) + " = " + std::string(value) + "\n";
  }
  void add(std::string_view key, std::uint64_t value) { add(key, std::to_string(value)); }
  void add(std::string_view key, double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%g", value);
    add(key, text.data());
  }
  void add(std::string_view key, std::chrono::nanoseconds value) {
    add(key, std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(value).count()) +
                 "ms");
  }
  // Only what differs from the default.
  template <class T>
  void add_unless(std::string_view key, const T& value, const T& usual) {
    if (!(value == usual)) add(key, value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string_view name_of(ExporterSettings::Kind kind) {
  static constexpr std::array<std::string_view, 6> kNames = {"otlpgrpc", "otlphttp", "zipkin",
                                                             "jaeger",   "jaeger",   "file"};
  return kNames[static_cast<std::size_t>(kind)];
}

void add_exporter(const ExporterSettings& exporter, Lines& lines) {
  if (exporter.kind == ExporterSettings::Kind::kFile) {
    lines.add("exporter", "file " + exporter.file.path);
    lines.add_unless("rotate_size", std::uint64_t{exporter.file.rotate_at}, std::uint64_t{0});
    lines.add_unless("rotate_keep", static_cast<std::uint64_t>(exporter.file.keep),
                     std::uint64_t{5});
    return;
  }
  const trace::RemoteOptions& remote = exporter.remote;
  lines.add("exporter", std::string(name_of(exporter.kind)) + " " + without_user(remote.url) +
                            (exporter.encoding == trace::OtlpEncoding::kJson ? " json" : "") +
                            (remote.gzip ? " gzip" : ""));
  for (const auto& [name, value] : remote.headers) lines.add("header", name + ": ***");
  lines.add_unless("tls.ca_file", remote.tls.ca_file, std::string());
  lines.add_unless("tls.certificate_file", remote.tls.certificate_file, std::string());
  lines.add_unless("tls.key_file", remote.tls.key_file, std::string());
  if (remote.tls.insecure_skip_verify) lines.add("tls.insecure_skip_verify", "true");
}

void add_sampler(const SamplerSettings& sampler, Lines& lines) {
  lines.add("sampler", sampler.ratio);
  if (!sampler.parent_based) lines.add("sampler.parent_based", "false");
  if (sampler.rate_limit) lines.add("sampler.rate_limit", *sampler.rate_limit);
  if (!sampler.remote.empty()) {
    lines.add("sampler.remote", without_user(sampler.remote));
    lines.add("sampler.remote_interval", sampler.remote_interval);
  }
  for (const RuleSettings& rule : sampler.rules) {
    std::string text = "name:" + rule.name +
                       " kind:" + std::to_string(static_cast<int>(rule.kind)) + " " +
                       rule.attribute + ":" + rule.value + " ratio:" + std::to_string(rule.ratio);
    if (rule.rate_limit) text += " rate_limit:" + std::to_string(*rule.rate_limit);
    lines.add("sampler.rule", text);
  }
}

void add_limits(const trace::SpanLimits& limits, Lines& lines) {
  const trace::SpanLimits usual;
  const auto add = [&](std::string_view key, std::uint32_t value, std::uint32_t by_default) {
    lines.add_unless(key, std::uint64_t{value}, std::uint64_t{by_default});
  };
  add("limits.attributes", limits.attributes, usual.attributes);
  add("limits.events", limits.events, usual.events);
  add("limits.links", limits.links, usual.links);
  add("limits.attributes_per_event", limits.attributes_per_event, usual.attributes_per_event);
  add("limits.attributes_per_link", limits.attributes_per_link, usual.attributes_per_link);
  add("limits.value_size", limits.value_size, usual.value_size);
  add("limits.span_size", limits.span_size, usual.span_size);
}

void add_instrumentation(const trace::InstrumentationSettings& settings, Lines& lines) {
  if (settings.conventions == trace::Conventions::kStable) lines.add("semconv", "stable");
  if (!settings.message_events) lines.add("message_events", "false");
  for (const std::string& path : settings.ignored_paths) lines.add("ignore_path", path);
}

}  // namespace

std::string to_text(const Settings& settings) {
  const Settings usual;
  Lines lines;
  if (!settings.start) lines.add("start", "false");
  for (const trace::ResourceAttribute& attribute : settings.resource) {
    lines.add("resource." + attribute.key, attribute.value);
  }
  add_sampler(settings.sampler, lines);
  if (settings.exporters.empty()) lines.add("exporter", "none");
  for (const ExporterSettings& exporter : settings.exporters) add_exporter(exporter, lines);
  add_limits(settings.limits, lines);
  lines.add_unless("open_spans", std::uint64_t{settings.open_spans},
                   std::uint64_t{usual.open_spans});
  lines.add_unless("buffer_size", std::uint64_t{settings.buffer_size},
                   std::uint64_t{usual.buffer_size});
  lines.add_unless("batch_size", std::uint64_t{settings.batch_size},
                   std::uint64_t{usual.batch_size});
  lines.add_unless("delay", settings.delay, usual.delay);
  lines.add_unless("export_timeout", settings.export_timeout, usual.export_timeout);
  std::string propagators;
  for (const PropagatorName name : settings.propagators) {
    propagators += (propagators.empty() ? "" : ",") + std::string(telemetry::name_of(name));
  }
  if (settings.propagators != usual.propagators) {
    lines.add("propagators", propagators.empty() ? "none" : propagators);
  }
  add_instrumentation(settings.instrumentation, lines);
  static constexpr std::array<std::string_view, 4> kLevels = {"info", "warn", "error", "none"};
  if (settings.log_threshold != usual.log_threshold) {
    lines.add("log_level", kLevels[static_cast<std::size_t>(settings.log_threshold)]);
  }
  return lines.take();
}

}  // namespace cairn::telemetry
