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

#include <cairn/trace/context.h>
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

// The ids of a log line as hex; empty text outside of a span.
class LogIds {
 public:
  LogIds() = default;
  static LogIds current() {
    const SpanContext context = current_span_context();
    LogIds ids;
    if (!context.is_valid()) return ids;
    context.trace_id.to_hex(ids.trace_);
    context.span_id.to_hex(ids.span_);
    ids.valid_ = true;
    return ids;
  }
  std::string_view trace() const { return {trace_, valid_ ? sizeof trace_ : 0}; }
  std::string_view span() const { return {span_, valid_ ? sizeof span_ : 0}; }
  bool valid() const { return valid_; }

  // What traced_async() puts before a message, and how it is read back. Without ids nothing is put
  // there, unless the message could be taken for some: then dashes are.
  static constexpr std::string_view kTrace = "trace=";
  static constexpr std::string_view kSpan = " span=";
  static constexpr std::string_view kNone = "trace=- span=- ";
  static constexpr std::size_t kPrefixSize = 6 + 32 + 6 + 16 + 1;
  void write_prefix(std::string& out, std::string_view message) const {
    if (valid_) {
      out.append(kTrace).append(trace()).append(kSpan).append(span()).append(" ");
    } else if (message.substr(0, kTrace.size()) == kTrace) {
      out.append(kNone);
    }
  }
  // Takes the prefix off `message`.
  static LogIds read_prefix(std::string_view& message) {
    LogIds ids;
    if (message.substr(0, kNone.size()) == kNone) {
      message.remove_prefix(kNone.size());
    } else if (message.size() >= kPrefixSize && message.substr(0, kTrace.size()) == kTrace) {
      message.copy(ids.trace_, sizeof ids.trace_, kTrace.size());
      message.copy(ids.span_, sizeof ids.span_, kPrefixSize - 1 - sizeof ids.span_);
      message.remove_prefix(kPrefixSize);
      ids.valid_ = true;
    }
    return ids;
  }

 private:
  char trace_[TraceId::kHexSize];
  char span_[SpanId::kHexSize];
  bool valid_ = false;
};

// One of the flags above.
class TraceFlag final : public spdlog::custom_flag_formatter {
 public:
  TraceFlag(char flag, bool ids_in_message) : flag_(flag), ids_in_message_(ids_in_message) {}

  void format(const spdlog::details::log_msg& line, const std::tm&,
              spdlog::memory_buf_t& out) override {
    std::string_view message(line.payload.data(), line.payload.size());
    const LogIds ids = ids_in_message_ ? LogIds::read_prefix(message) : LogIds::current();
    switch (flag_) {
      case 'K':
        return write(out, ids.trace());
      case 'k':
        return write(out, ids.span());
      case 'v':
        return write(out, message);
      case 'J':
        return write_json(out, message);
      default:
        break;
    }
    if (!ids.valid()) return;
    const bool json = flag_ == 'q';
    write(out, json ? R"(,"trace":")" : " trace=");
    write(out, ids.trace());
    write(out, json ? R"(","span":")" : " span=");
    write(out, ids.span());
    if (json) write(out, "\"");
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<TraceFlag>(flag_, ids_in_message_);
  }

 private:
  static void write(spdlog::memory_buf_t& out, std::string_view text) {
    out.append(text.data(), text.data() + text.size());
  }
  static void write_json(spdlog::memory_buf_t& out, std::string_view text) {
    constexpr char kHex[] = "0123456789abcdef";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        const char escaped[] = {'\\', c};
        write(out, {escaped, 2});
      } else if (byte < 0x20) {
        const char escaped[] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
        write(out, {escaped, 6});
      } else {
        out.push_back(c);
      }
    }
  }

  char flag_;
  bool ids_in_message_;
};

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
