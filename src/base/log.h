// SPDX-License-Identifier: Apache-2.0
//
// The process's log: levelled lines with fields, as text for people or JSON for machines.
// Shape: log_info("listening", {{"port", "4317"}}) →
//   text  2026-11-20T16:02:11.123456Z info  listening port=4317
//   json  {"time":"2026-11-20T16:02:11.123456Z","level":"info","msg":"listening","port":"4317"}
// Thread rule: every function may be called from any thread. Source of the sink: spdlog, wrapped
// here.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace cairn {

enum class LogLevel { kDebug, kInfo, kWarn, kError, kOff };
enum class LogFormat { kText, kJson };

// Accepts debug, info, warn, warning, error, off, in any case.
Result<LogLevel> parse_log_level(std::string_view text);
Result<LogFormat> parse_log_format(std::string_view text);
std::string_view to_text(LogLevel level);
std::string_view to_text(LogFormat format);

// Where lines go: stderr, coloured when it is a terminal. Called once, at start; info/text before.
void configure_log(LogLevel level, LogFormat format);

using LogField = std::pair<std::string_view, std::string>;
using LogFields = std::initializer_list<LogField>;

void log(LogLevel level, std::string_view message, LogFields fields = {});
inline void log_debug(std::string_view message, LogFields fields = {}) {
  log(LogLevel::kDebug, message, fields);
}
inline void log_info(std::string_view message, LogFields fields = {}) {
  log(LogLevel::kInfo, message, fields);
}
inline void log_warn(std::string_view message, LogFields fields = {}) {
  log(LogLevel::kWarn, message, fields);
}
inline void log_error(std::string_view message, LogFields fields = {}) {
  log(LogLevel::kError, message, fields);
}

// The line as it would be written, without the newline; `time` is the finished timestamp text.
std::string render_log_line(LogFormat format, std::string_view time, LogLevel level,
                            std::string_view message, LogFields fields);

}  // namespace cairn
