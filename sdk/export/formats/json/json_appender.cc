// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/json/json_appender.h"

#include <charconv>
#include <cmath>

#include "sdk/export/formats/json/utf8.h"

namespace cairn::trace::formats {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

template <class Number>
void append_digits(Number value, std::string& out) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

constexpr bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_escaped(char c, std::string& out) {
  out += '\\';
  switch (c) {
    case '"':
    case '\\':
      out += c;
      return;
    case '\n':
      out += 'n';
      return;
    case '\r':
      out += 'r';
      return;
    case '\t':
      out += 't';
      return;
    default:
      out += "u00";
      out += kHexDigits[static_cast<unsigned char>(c) >> 4];
      out += kHexDigits[c & 0x0F];
  }
}

}  // namespace

void append_number(std::int64_t value, std::string& out) {
  append_digits(value, out);
}

void append_number(std::uint64_t value, std::string& out) {
  append_digits(value, out);
}

void append_real(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-Infinity" : "Infinity";
  } else {
    append_digits(value, out);
  }
}

void append_base64(std::string_view bytes, std::string& out) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? kAlphabet[group >> (18 - 6 * k) & 0x3F] : '=';
    }
  }
}

JsonAppender& JsonAppender::key(std::string_view text) {
  separate();
  append_quoted(text);
  out_ += ':';
  needs_comma_ = false;
  return *this;
}

void JsonAppender::string(std::string_view text) {
  separate();
  append_quoted(text);
}

void JsonAppender::append_quoted(std::string_view text) {
  out_ += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t plain = at;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out_ += text.substr(at, plain - at);
    at = plain;
    if (at == text.size()) break;
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      append_escaped(text[at++], out_);
      continue;
    }
    const Utf8Piece piece = first_piece(text.substr(at));
    out_ += piece.is_character ? text.substr(at, piece.size) : kReplacement;
    at += piece.size;
  }
  out_ += '"';
}

void JsonAppender::base64(std::string_view bytes) {
  separate();
  out_ += '"';
  append_base64(bytes, out_);
  out_ += '"';
}

void JsonAppender::hex(const std::uint8_t* bytes, std::size_t size) {
  separate();
  out_ += '"';
  for (std::size_t i = 0; i < size; ++i) {
    out_ += kHexDigits[bytes[i] >> 4];
    out_ += kHexDigits[bytes[i] & 0x0F];
  }
  out_ += '"';
}

void JsonAppender::number(std::int64_t value) {
  separate();
  append_digits(value, out_);
}

void JsonAppender::number(std::uint64_t value) {
  separate();
  append_digits(value, out_);
}

void JsonAppender::quoted(std::int64_t value) {
  separate();
  out_ += '"';
  append_digits(value, out_);
  out_ += '"';
}

void JsonAppender::quoted(std::uint64_t value) {
  separate();
  out_ += '"';
  append_digits(value, out_);
  out_ += '"';
}

void JsonAppender::real(double value) {
  separate();
  const bool is_word = !std::isfinite(value);
  if (is_word) out_ += '"';
  append_real(value, out_);
  if (is_word) out_ += '"';
}

}  // namespace cairn::trace::formats
