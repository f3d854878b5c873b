// SPDX-License-Identifier: Apache-2.0
//
// A service's YAML file and its environment: lines `OTEL_...=value`, then the file. Either there is
// an error, or settings that the recorder and the exporters can be started with.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "sdk/telemetry/settings.h"

using namespace cairn::telemetry;

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

using Environment = std::map<std::string, std::string>;

Environment take_environment(std::string_view& text) {
  Environment environment;
  while (text.substr(0, 5) == "OTEL_") {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    // The system ends values at a zero byte.
    const std::string value(line.substr(equals + 1));
    environment.insert_or_assign(std::string(line.substr(0, equals)), value.c_str());
  }
  return environment;
}

bool is_ratio(double ratio) {
  return ratio >= 0 && ratio <= 1;
}

void check_exporter(const ExporterSettings& exporter) {
  using Kind = ExporterSettings::Kind;
  if (exporter.kind == Kind::kFile) {
    require(!exporter.file.path.empty(), "a file has a path");
    require(exporter.file.path.find('\0') == std::string::npos, "a path is what is opened");
    require(exporter.file.keep >= 0 && exporter.file.keep <= 1000, "rotated files are few");
    return;
  }
  const std::string& url = exporter.remote.url;
  const std::size_t end = url.find("://");
  require(end == 3 || end == 4 || end == 5, "an address has a scheme");
  require(exporter.kind == Kind::kJaegerUdp || url.compare(0, 4, "http") == 0, "HTTP is spoken");
  for (const char c : url) {
    require(static_cast<unsigned char>(c) > 0x20 && c != 0x7F, "an address is one word");
  }
}

void check(const Settings& settings) {
  require(is_ratio(settings.sampler.ratio), "a share is from 0 to 1");
  require(settings.sampler.rate_limit.value_or(0) >= 0, "a rate is not negative");
  require(settings.sampler.remote_interval.count() > 0, "there is time between two questions");
  for (const RuleSettings& rule : settings.sampler.rules) {
    require(is_ratio(rule.ratio) && rule.rate_limit.value_or(0) >= 0, "rules are in range");
    require(std::isfinite(rule.rate_limit.value_or(0)), "rates are numbers");
  }
  require(settings.buffer_size >= 256 * 1024, "a buffer holds something");
  require(settings.batch_size >= 1 && settings.batch_size <= settings.buffer_size,
          "a batch is part of the buffer");
  require(settings.delay.count() > 0 && settings.export_timeout.count() > 0, "time goes on");
  require(!settings.service_name.empty(), "a service has a name");
  require(!settings.resource.empty() && settings.resource[0].key == "service.name" &&
              settings.resource[0].value == settings.service_name,
          "the resource names the service");
  const std::set<PropagatorName> names(settings.propagators.begin(), settings.propagators.end());
  require(names.size() == settings.propagators.size(), "propagators are there once");
  for (const ExporterSettings& exporter : settings.exporters) check_exporter(exporter);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64 * 1024) return 0;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const Environment environment = take_environment(text);
  Findings findings;
  findings.origin = "a.yaml";
  const TelemetryBlock block = parse_block(text, findings);
  const OtelEnvironment variables = read_environment(
      [&](const char* name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        if (found == environment.end()) return std::nullopt;
        return found->second;
      },
      findings);
  for (const Source source : {Source::kFile, Source::kEnvironment}) {
    Findings of_settings = findings;
    const Settings settings = make_settings(block, variables, {"a", "b", 1}, source, of_settings);
    require(of_settings.warnings.size() <= 100, "warnings are bounded");
    if (!of_settings.ok()) continue;
    check(settings);
    require(!to_text(settings).empty(), "settings can be shown");
  }
  return 0;
}
