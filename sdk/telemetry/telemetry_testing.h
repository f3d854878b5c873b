// SPDX-License-Identifier: Apache-2.0
//
// Configurations as text: YAML and variables in, settings or the error out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sdk/telemetry/settings.h"

namespace cairn::telemetry::telemetry_testing {

using Environment = std::map<std::string, std::string>;

struct Outcome {
  std::string text;  // the settings, or `error: ...`
  std::vector<std::string> warnings;
};

inline Variables variables_of(const Environment& environment) {
  return [environment](const char* name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
}

// Without the lines of the resource that are the same for all.
inline std::string without_process_lines(const std::string& text) {
  static constexpr std::string_view kSkipped[] = {"resource.telemetry.", "resource.host.",
                                                  "resource.process."};
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    const std::string line = text.substr(at, end - at);
    bool is_skipped = false;
    for (const std::string_view start : kSkipped) {
      is_skipped = is_skipped || line.compare(0, start.size(), start) == 0;
    }
    if (!is_skipped) kept += line;
    at = end;
  }
  return kept;
}

inline Outcome settle(std::string_view yaml, const Environment& environment = {},
                      Source source = Source::kFile) {
  Findings findings;
  findings.origin = "a.yaml";
  const TelemetryBlock block = parse_block(yaml, findings);
  const OtelEnvironment variables = read_environment(variables_of(environment), findings);
  const Settings settings =
      make_settings(block, variables, {"shopd", "host-1", 42}, source, findings);
  if (!findings.ok()) return {"error: " + findings.error, findings.warnings};
  return {without_process_lines(to_text(settings)), findings.warnings};
}

}  // namespace cairn::telemetry::telemetry_testing
