// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include <cairn/telemetry.h>

#include "sdk/telemetry/block.h"
#include "sdk/telemetry/environment.h"
#include "sdk/telemetry/settings.h"
#include "sdk/telemetry/start_parts.h"

namespace cairn::telemetry {
namespace {

using trace::LogLevel;

// One line, as the recorder writes its own.
void log_line(LogLevel level, std::string_view text) {
  static constexpr std::string_view kNames[] = {"info", "warning", "error"};
  const std::string_view name = kNames[static_cast<std::size_t>(level)];
  std::string line = "cairn: " + std::string(name) + ": ";
  // A file or a variable may have line ends in it; a log line has one.
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

bool is_logged(LogLevel level, LogThreshold threshold) {
  return static_cast<int>(level) >= static_cast<int>(threshold);
}

trace::Options options_of(const Settings& settings) {
  trace::Options options;
  options.resource = settings.resource;
  options.limits = settings.limits;
  options.buffer_size = settings.buffer_size;
  options.open_spans = settings.open_spans;
  options.delay = settings.delay;
  options.batch_size = settings.batch_size;
  options.export_timeout = settings.export_timeout;
  if (const LogThreshold threshold = settings.log_threshold; threshold != LogThreshold::kInfo) {
    options.log = [threshold](LogLevel level, std::string_view text) {
      if (is_logged(level, threshold)) log_line(level, text);
    };
  }
  return options;
}

// What holds whether spans are recorded or not.
void set_surroundings(const Settings& settings) {
  trace::set_propagator(make_propagator(settings.propagators));
  trace::set_instrumentation(settings.instrumentation);
}

StartCode start_settings(const Settings& settings, std::string& error) {
  if (!settings.start) {
    set_surroundings(settings);
    return StartCode::kDisabled;
  }
  trace::Options options = options_of(settings);
  options.exporter = make_exporter(settings, error);
  if (!error.empty()) return StartCode::kInvalid;
  options.sampler = make_sampler(settings, [threshold = settings.log_threshold](const auto& text) {
    if (is_logged(LogLevel::kWarning, threshold)) log_line(LogLevel::kWarning, text);
  });
  if (!trace::start(std::move(options))) return StartCode::kAlreadyStarted;
  set_surroundings(settings);
  return StartCode::kStarted;
}

// A result, and how much of it is told.
struct Outcome {
  StartResult result;
  std::string unsent;  // Settings::unsent
  LogThreshold threshold = LogThreshold::kInfo;
};

// `block` has been read into `findings`.
Outcome start_block(const TelemetryBlock& block, Source source, Findings& findings) {
  Outcome outcome;
  StartResult& result = outcome.result;
  const OtelEnvironment environment = read_environment(process_variables(), findings);
  const Settings settings = make_settings(block, environment, process_facts(), source, findings);
  outcome.threshold = settings.log_threshold;
  outcome.unsent = settings.unsent;
  result.error = findings.error;
  if (findings.ok()) result.code = start_settings(settings, result.error);
  result.warnings = std::move(findings.warnings);
  return outcome;
}

void log(const Outcome& outcome) {
  const StartResult& result = outcome.result;
  const auto tell = [&](LogLevel level, const std::string& text) {
    if (is_logged(level, outcome.threshold)) log_line(level, text);
  };
  for (const std::string& warning : result.warnings) tell(LogLevel::kWarning, warning);
  if (result.code == StartCode::kInvalid) {
    tell(LogLevel::kError, result.error + "; tracing stays off");
  }
  if (result.code == StartCode::kAlreadyStarted) {
    tell(LogLevel::kInfo, "tracing is started already");
  } else if (result && !outcome.unsent.empty()) {
    tell(LogLevel::kInfo, outcome.unsent);
  }
}

// Runs `start`, which may run out of memory, and logs what it found.
template <class Start>
StartResult guarded(Start start) {
  try {
    Outcome outcome = start();
    log(outcome);
    return std::move(outcome.result);
  } catch (const std::exception& error) {
    StartResult result;
    result.error = error.what();
    return result;
  }
}

}  // namespace

StartResult start_from_file(const std::string& path) {
  return guarded([&] {
    Findings findings;
    findings.origin = path;
    const std::string text = read_file(path, findings);
    const TelemetryBlock block = findings.ok() ? parse_block(text, findings) : TelemetryBlock();
    return start_block(block, Source::kFile, findings);
  });
}

StartResult start_from_yaml(std::string_view text, std::string_view origin) {
  return guarded([&] {
    Findings findings;
    findings.origin = origin;
    return start_block(parse_block(text, findings), Source::kFile, findings);
  });
}

StartResult start_from_environment() {
  return guarded([] {
    Findings findings;
    return start_block(TelemetryBlock(), Source::kEnvironment, findings);
  });
}

}  // namespace cairn::telemetry
