// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/hex.h"
#include "base/utf8.h"

namespace cairn {
namespace {

template <typename T>
void append_number(std::string& out, T value) {
  std::array<char, 32> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): to_chars fills it
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
  }
}

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// Whether any of eight bytes needs an escape or is not ASCII; the high bit of each such byte is
// set. A byte above such a one may be set too: only zero or not, and the lowest set bit, mean
// something.
std::uint64_t special_bytes(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  const auto below = [word](std::uint64_t limit) { return (word - kOnes * limit) & ~word; };
  const auto equal = [word](std::uint64_t byte) {
    const std::uint64_t differs = word ^ (kOnes * byte);
    return (differs - kOnes) & ~differs;
  };
  return (word | below(0x20) | equal('"') | equal('\\')) & kHighs;
}

// The length of the longest start of `text` that is ASCII and needs no escape.
std::size_t plain_length(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if (special_bytes(word) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80 &&
         !needs_escape(text[at])) {
    ++at;
  }
  return at;
}

void append_escaped(std::string& out, std::string_view text) {
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i])) continue;
    out.append(text, plain, i - plain);
    append_escape(out, text[i]);
    plain = i + 1;
  }
  out.append(text, plain, text.size() - plain);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  const std::size_t plain = plain_length(text);
  out.append(text, 0, plain);
  if (plain != text.size()) {
    const std::string_view rest = text.substr(plain);
    if (is_valid_utf8(rest)) {
      append_escaped(out, rest);
    } else {
      append_escaped(out, replace_invalid_utf8(rest));
    }
  }
  out += '"';
}

void JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  needs_comma_ = false;
}

void JsonWriter::plain_key(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  needs_comma_ = false;
}

void JsonWriter::number(std::int64_t value) {
  separate();
  append_number(out_, value);
}

void JsonWriter::number(std::uint64_t value) {
  separate();
  append_number(out_, value);
}

void JsonWriter::number(double value) {
  if (std::isnan(value)) return string("NaN");
  if (std::isinf(value)) return string(value > 0 ? "Infinity" : "-Infinity");
  separate();
  append_number(out_, value);
}

void JsonWriter::quoted_number(std::int64_t value) {
  separate();
  out_ += '"';
  append_number(out_, value);
  out_ += '"';
}

void JsonWriter::quoted_number(std::uint64_t value) {
  separate();
  out_ += '"';
  append_number(out_, value);
  out_ += '"';
}

void JsonWriter::hex(ByteView bytes) {
  separate();
  out_ += '"';
  append_hex(out_, bytes);
  out_ += '"';
}

void JsonWriter::string(std::string_view text) {
  separate();
  append_json_string(out_, text);
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}

}  // namespace cairn
