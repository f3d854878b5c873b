// SPDX-License-Identifier: Apache-2.0
//
// spdlog lines that name their trace and span, as go-zero's logx does (`trace`, `span`).
//
//   cairn::trace::set_traced_pattern(*logger);                        // text
//   cairn::trace::set_traced_pattern(*logger, cairn::trace::kTracedJsonPattern);
//
// Adds these flags to spdlog's own. Outside of a span the ids are empty; a span that is not sampled
// has ids too:
//   %K  the trace id            %j  ` trace=<id> span=<id>`, with the space in front
//   %k  the span id             %q  `,"trace":"<id>","span":"<id>"`, with the comma in front
//   %J  the message as the inside of a JSON string
//
// A synchronous logger formats on the thread that logs, so the ids are that thread's. An
// asynchronous one formats elsewhere: log through traced_async(logger), which writes the ids at the
// front of the message, `trace=<id> span=<id> `; set_traced_pattern() on it makes the flags read
// them from there, and %v show the message without them.
// Thread rule: as spdlog's. Source: spdlog 1.10, "Custom formatting"; go-zero core/logx.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <cairn/adapters/spdlog_flags.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/sink.h>

namespace cairn::trace {

// spdlog's default line with the ids behind the level.
inline constexpr char kTracedPattern[] = "[%Y-%m-%d %H:%M:%S.%e] [%n] [%^%l%$]%j %v";
// logx's: {"@timestamp":...,"level":...,"content":...,"trace":...,"span":...}.
inline constexpr char kTracedJsonPattern[] =
    R"({"@timestamp":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","content":"%J"%q})";

namespace detail {

// Hands lines on to an asynchronous logger, with the ids of this thread.
class IdsSink final : public spdlog::sinks::sink {
 public:
  explicit IdsSink(std::shared_ptr<spdlog::logger> inner) : inner_(std::move(inner)) {}

  void log(const spdlog::details::log_msg& line) override {
    const std::string_view message(line.payload.data(), line.payload.size());
    std::string text;
    LogIds::current().write_prefix(text, message);
    text.append(message);
    inner_->log(line.time, line.source, line.level, spdlog::string_view_t(text));
  }
  void flush() override { inner_->flush(); }
  void set_pattern(const std::string& pattern) override;
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
    inner_->set_formatter(std::move(formatter));
  }

 private:
  std::shared_ptr<spdlog::logger> inner_;
};

inline std::unique_ptr<spdlog::pattern_formatter> make_formatter(std::string pattern,
                                                                 bool ids_in_message) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  for (const char flag : {'K', 'k', 'j', 'q', 'J'}) {
    formatter->add_flag<TraceFlag>(flag, flag, ids_in_message);
  }
  if (ids_in_message) formatter->add_flag<TraceFlag>('v', 'v', true);
  formatter->set_pattern(std::move(pattern));
  return formatter;
}

inline void IdsSink::set_pattern(const std::string& pattern) {
  set_formatter(make_formatter(pattern, true));
}

}  // namespace detail

// A formatter with the flags, for the sinks of synchronous loggers.
inline std::unique_ptr<spdlog::formatter> traced_formatter(std::string pattern = kTracedPattern) {
  return detail::make_formatter(std::move(pattern), false);
}

// Gives all sinks of `logger` the pattern; one made by traced_async() has its ids read from the
// message.
inline void set_traced_pattern(spdlog::logger& logger,
                               const std::string& pattern = kTracedPattern) {
  for (const auto& sink : logger.sinks()) {
    if (dynamic_cast<detail::IdsSink*>(sink.get()) != nullptr) {
      sink->set_pattern(pattern);
    } else {
      sink->set_formatter(traced_formatter(pattern));
    }
  }
}

// A logger that writes through `logger`, an asynchronous one, with the ids of the thread that logs.
// The levels of both count. Register it with spdlog if it is to be found by name.
inline std::shared_ptr<spdlog::logger> traced_async(std::shared_ptr<spdlog::logger> logger) {
  const std::string name = logger->name();
  const auto level = logger->level();
  auto traced =
      std::make_shared<spdlog::logger>(name, std::make_shared<detail::IdsSink>(std::move(logger)));
  traced->set_level(level);
  return traced;
}

}  // namespace cairn::trace
