// SPDX-License-Identifier: Apache-2.0
//
// The flags that cairn/adapters/spdlog.h adds to spdlog's patterns, and the ids they write.
//
// Thread rule: as spdlog's formatters, one thread at a time for each.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <cairn/trace/context.h>
#include <spdlog/pattern_formatter.h>

namespace cairn::trace {

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
  // The bytes of the character that `text` starts with; 0 when they are not UTF-8.
  // Source: RFC 3629, "Syntax of UTF-8 Byte Sequences".
  static std::size_t character_size(std::string_view text) {
    const auto byte = [&](std::size_t i) {
      return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return 0;
    for (std::size_t i = 1; i < size; ++i) {
      if ((byte(i) & 0xC0U) != 0x80) return 0;
    }
    // Longer than need be, half of a surrogate pair, past the last character.
    const unsigned second = byte(1);
    const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                       (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return wrong ? 0 : size;
  }
  static void write_json(spdlog::memory_buf_t& out, std::string_view text) {
    constexpr char kHex[] = "0123456789abcdef";
    while (!text.empty()) {
      const std::size_t size = character_size(text);
      const std::string_view character = text.substr(0, size == 0 ? 1 : size);
      text.remove_prefix(character.size());
      const char c = character[0];
      const auto byte = static_cast<unsigned char>(c);
      if (size == 0) {
        write(out, "\\ufffd");  // as Go's encoder has it
      } else if (c == '"' || c == '\\') {
        const char escaped[] = {'\\', c};
        write(out, {escaped, 2});
      } else if (byte < 0x20) {
        const char escaped[] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
        write(out, {escaped, 6});
      } else {
        write(out, character);
      }
    }
  }

  char flag_;
  bool ids_in_message_;
};

}  // namespace detail
}  // namespace cairn::trace
