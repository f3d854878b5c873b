// SPDX-License-Identifier: Apache-2.0
//
// Writes JSON text by appending. The caller gives the structure, the writer the commas, the quotes,
// the escapes and the number forms.
//   JsonWriter json(out); json.begin_object(); json.key("n"); json.number(1); json.end_object();
// Invalid UTF-8 in text becomes U+FFFD, so that the result is always valid JSON (RFC 8259 §8.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace cairn {

// Thread rule: one thread at a time. Ownership: `out` outlives the writer.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  // The next value belongs to `name`.
  void key(std::string_view name);
  // A literal, which needs no escapes; it is not looked at again.
  template <std::size_t N>
  void key(const char (&name)[N]) {
    plain_key({name, N - 1});
  }
  template <std::size_t N>
  void key(char (&name)[N]) = delete;

  void null() { raw("null"); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void number(std::int64_t value);
  void number(std::uint64_t value);
  void number(int value) { number(static_cast<std::int64_t>(value)); }
  // Shortest text that reads back equal. JSON has no NaN or infinity: they become the strings
  // "NaN", "Infinity", "-Infinity", as proto3 JSON writes them.
  void number(double value);
  void string(std::string_view text);
  // The number in quotes, as proto3 JSON writes 64-bit integers.
  void quoted_number(std::int64_t value);
  void quoted_number(std::uint64_t value);
  // Two lower-case digits a byte, in quotes.
  void hex(ByteView bytes);
  // A whole value that is already JSON.
  void raw(std::string_view json);

  // key() and the value in one call.
  template <typename T>
  void member(std::string_view name, const T& value) {
    key(name);
    any(value);
  }
  template <std::size_t N, typename T>
  void member(const char (&name)[N], const T& value) {
    plain_key({name, N - 1});
    any(value);
  }

 private:
  template <typename T>
  void any(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      boolean(value);
    } else if constexpr (std::is_arithmetic_v<T>) {
      number(value);
    } else {
      string(value);
    }
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
  void separate() {
    if (needs_comma_) out_ += ',';
    needs_comma_ = true;
  }
  void plain_key(std::string_view name);

  std::string& out_;
  bool needs_comma_ = false;
};

// Appends `text` quoted and escaped.
void append_json_string(std::string& out, std::string_view text);

}  // namespace cairn
