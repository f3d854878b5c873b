// SPDX-License-Identifier: Apache-2.0
//
// JsonAppender: writes JSON into a string, commas included.
//
//   JsonAppender json(out);
//   json.begin_object();
//   json.key("name").string(span.name);
//   json.key("kind").number(2);
//   json.end_object();
//
// Whoever calls it pairs begins with ends and gives an object keys. One thread.
// Source: RFC 8259.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::trace::formats {

class JsonAppender {
 public:
  // `out` is borrowed, and appended to.
  explicit JsonAppender(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  // Any text.
  JsonAppender& key(std::string_view text);

  // Escaped; each run of bytes that is no character becomes U+FFFD.
  void string(std::string_view text);
  void base64(std::string_view bytes);
  void hex(const std::uint8_t* bytes, std::size_t size);
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }
  void number(std::int64_t value);
  void number(std::uint32_t value) { number(static_cast<std::int64_t>(value)); }
  void number(std::uint64_t value);
  // 64-bit integers as protobuf's JSON has them: in quotes.
  void quoted(std::int64_t value);
  void quoted(std::uint64_t value);
  // The shortest digits that read back equal; "NaN", "Infinity" and "-Infinity" in quotes.
  void real(double value);

 private:
  void separate() {
    if (needs_comma_) out_ += ',';
    needs_comma_ = true;
  }
  void open(char bracket) {
    separate();
    out_ += bracket;
    needs_comma_ = false;
  }
  void close(char bracket) {
    out_ += bracket;
    needs_comma_ = true;
  }
  void raw(std::string_view text) {
    separate();
    out_ += text;
  }
  void append_quoted(std::string_view text);

  std::string& out_;
  bool needs_comma_ = false;
};

// The same digits without JSON around them: 1.5, NaN, -Infinity.
void append_number(std::int64_t value, std::string& out);
void append_number(std::uint64_t value, std::string& out);
void append_real(double value, std::string& out);
void append_base64(std::string_view bytes, std::string& out);

}  // namespace cairn::trace::formats
