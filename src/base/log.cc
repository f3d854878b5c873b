// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json_writer.h"

namespace cairn {
namespace {

std::atomic<LogFormat> g_format{LogFormat::kText};

spdlog::logger& sink() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>(
        "cairn", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern("%^%v%$");
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string now_text() {
  const auto now = std::chrono::system_clock::now();
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  const std::time_t seconds = static_cast<std::time_t>(micros / 1'000'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     micros % 1'000'000);
}

// Bare when it cannot be misread, quoted as JSON otherwise.
void append_text_value(std::string& out, std::string_view value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '=' && c != '\\';
  });
  if (plain) {
    out += value;
  } else {
    append_json_string(out, value);
  }
}

}  // namespace

std::string_view to_text(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
    case LogLevel::kOff:
      return "off";
  }
  return "off";
}

std::string_view to_text(LogFormat format) {
  return format == LogFormat::kText ? "text" : "json";
}

Result<LogLevel> parse_log_level(std::string_view text) {
  const std::string name = lower(text);
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warn" || name == "warning") return LogLevel::kWarn;
  if (name == "error") return LogLevel::kError;
  if (name == "off") return LogLevel::kOff;
  return invalid_argument(
      fmt::format("log level '{}' is not one of debug, info, warn, error, off", text));
}

Result<LogFormat> parse_log_format(std::string_view text) {
  const std::string name = lower(text);
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  return invalid_argument(fmt::format("log format '{}' is not one of text, json", text));
}

void configure_log(LogLevel level, LogFormat format) {
  g_format = format;
  sink().set_level(to_spdlog(level));
}

std::string render_log_line(LogFormat format, std::string_view time, LogLevel level,
                            std::string_view message, LogFields fields) {
  std::string line;
  if (format == LogFormat::kText) {
    line = fmt::format("{} {:<5} {}", time, to_text(level), message);
    for (const auto& [key, value] : fields) {
      line += ' ';
      line += key;
      line += '=';
      append_text_value(line, value);
    }
    return line;
  }
  JsonWriter json(line);
  json.begin_object();
  json.member("time", time);
  json.member("level", to_text(level));
  json.member("msg", message);
  for (const auto& [key, value] : fields) json.member(key, std::string_view(value));
  json.end_object();
  return line;
}

void log(LogLevel level, std::string_view message, LogFields fields) {
  const auto spdlog_level = to_spdlog(level);
  if (!sink().should_log(spdlog_level)) return;
  sink().log(spdlog_level, "{}", render_log_line(g_format, now_text(), level, message, fields));
}

}  // namespace cairn
