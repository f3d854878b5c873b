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

// One line, as the recorder writes its own.
void log_line(const char* level, const std::string& text) {
  std::fprintf(stderr, "cairn: %s: %s\n", level, text.c_str());
}
void log_warning(const std::string& text) {
  log_line("warning", text);
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
  options.sampler = make_sampler(settings, log_warning);
  if (!trace::start(std::move(options))) return StartCode::kAlreadyStarted;
  set_surroundings(settings);
  return StartCode::kStarted;
}

// `block` has been read into `findings`.
StartResult start_block(const TelemetryBlock& block, Source source, Findings& findings) {
  StartResult result;
  const OtelEnvironment environment = read_environment(process_variables(), findings);
  const Settings settings = make_settings(block, environment, process_facts(), source, findings);
  result.error = findings.error;
  if (findings.ok()) result.code = start_settings(settings, result.error);
  result.warnings = std::move(findings.warnings);
  return result;
}

// Runs `start`, which may run out of memory, and logs what it found.
template <class Start>
StartResult guarded(Start start) {
  StartResult result;
  try {
    result = start();
    for (const std::string& warning : result.warnings) log_warning(warning);
    if (result.code == StartCode::kInvalid) log_line("error", result.error + "; tracing stays off");
    if (result.code == StartCode::kAlreadyStarted) log_line("info", "tracing is started already");
  } catch (const std::exception& error) {
    result.code = StartCode::kInvalid;
    result.error = error.what();
  }
  return result;
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
