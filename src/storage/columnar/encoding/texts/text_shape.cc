// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/texts/text_shape.h"

#include <algorithm>
#include <array>

#include "storage/columnar/encoding/texts/text_fields.h"

namespace cairn::storage::columnar {
namespace {

enum CharClass : std::uint8_t { kOther = 0, kDigit = 1, kHexLetter = 2, kLetter = 4 };

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  for (std::size_t c = 'a'; c <= 'z'; ++c) classes[c] = c <= 'f' ? kHexLetter : kLetter;
  for (std::size_t c = 'A'; c <= 'Z'; ++c) classes[c] = kLetter;
  return classes;
}();

std::uint8_t class_of(char c) {
  return kClasses[static_cast<std::uint8_t>(c)];
}

constexpr std::size_t kShortestHex = 8;
constexpr std::size_t kLongestHex = 254;
constexpr std::size_t kLongestNumber = 19;
constexpr std::size_t kShortestWord = 4;
constexpr std::size_t kUuidFirst = 8;  // digits before the first dash of a uuid

struct Token {
  std::size_t size = 0;
  std::uint8_t classes = 0;
  std::size_t last_letter = 0;  // its place + 1
};

Token next_token(std::string_view text) {
  Token token;
  while (token.size < text.size()) {
    const std::uint8_t one = class_of(text[token.size]);
    if (one == kOther) break;
    token.classes |= one;
    ++token.size;
    if (one != kDigit) token.last_letter = token.size;
  }
  return token;
}

FieldMark mark_of_digits(std::string_view digits) {
  const auto size = static_cast<std::uint8_t>(std::min(digits.size(), kLongestHex));
  if (digits.size() <= kLongestNumber) {
    if (digits[0] != '0' || size == 1) return {FieldKind::kNumber, 0};
    return {FieldKind::kPadded, size};
  }
  if (digits.size() % 2 == 0 && digits.size() <= kLongestHex) return {FieldKind::kHex, size};
  return {FieldKind::kWord, 0};
}

struct Field {
  std::size_t first = 0;  // in the token; its end when there is no field
  FieldMark mark;
};

// Which part of a token is a field: all, the digits at the end ("user17"), or nothing.
Field find_field(std::string_view text, const Token& token) {
  const Field none{text.size(), {}};
  if ((token.classes & kDigit) == 0) return none;
  if (token.classes == kDigit) return {0, mark_of_digits(text)};
  if (token.classes == (kDigit | kHexLetter) && text.size() >= kShortestHex &&
      text.size() <= kLongestHex && text.size() % 2 == 0) {
    return {0, {FieldKind::kHex, static_cast<std::uint8_t>(text.size())}};
  }
  const std::string_view letters = text.substr(0, token.last_letter);
  const auto is_digit = [](char c) { return class_of(c) == kDigit; };
  if (letters.size() < text.size() && std::ranges::none_of(letters, is_digit)) {
    return {letters.size(), mark_of_digits(text.substr(letters.size()))};
  }
  return text.size() >= kShortestWord ? Field{0, {FieldKind::kWord, 0}} : none;
}

bool starts_with_uuid(std::string_view text) {
  if (text.size() < kUuidText || text[kUuidFirst] != '-') return false;
  if (text.size() > kUuidText && class_of(text[kUuidText]) != kOther) return false;
  std::array<std::byte, kUuidBytes> bytes;
  return parse_uuid(text.substr(0, kUuidText), bytes.data());
}

bool is_valid_mark(FieldMark mark) {
  switch (mark.kind) {
    case FieldKind::kNumber:
    case FieldKind::kWord:
      return mark.size == 0;
    case FieldKind::kPadded:
      return mark.size >= 1 && mark.size <= kLongestNumber;
    case FieldKind::kHex:
      return mark.size >= kShortestHex && mark.size % 2 == 0;
    case FieldKind::kUuid:
      return mark.size == kUuidText;
  }
  return false;
}

}  // namespace

bool split_text(std::string_view text, std::string& shape, std::vector<std::string_view>& fields) {
  shape.clear();
  fields.clear();
  if (text.find('\0') != std::string_view::npos) return false;
  std::size_t words = 0;  // what lies between here and `at` belongs to the shape
  const auto add_field = [&](std::size_t at, std::size_t size, FieldMark mark) {
    shape.append(text.substr(words, at - words));
    shape.append({'\0', static_cast<char>(mark.kind), static_cast<char>(mark.size)});
    fields.push_back(text.substr(at, size));
    words = at + size;
  };
  for (std::size_t at = 0; at < text.size() && fields.size() <= kMaxFields;) {
    const std::string_view rest = text.substr(at);
    const Token token = next_token(rest);
    if (token.size == 0) {
      ++at;
      continue;
    }
    if (token.size == kUuidFirst && starts_with_uuid(rest)) {
      add_field(at, kUuidText, {FieldKind::kUuid, kUuidText});
      at += kUuidText;
      continue;
    }
    const Field field = find_field(rest.substr(0, token.size), token);
    if (field.first < token.size) add_field(at + field.first, token.size - field.first, field.mark);
    at += token.size;
  }
  shape.append(text.substr(words));
  return fields.size() <= kMaxFields && shape.size() <= kMaxShape;
}

bool parse_shape(std::string_view shape, ShapeParts& parts) {
  parts = {};
  if (shape.size() > kMaxShape) return false;
  while (true) {
    const std::size_t end = std::min(shape.find('\0'), shape.size());
    parts.words.push_back(shape.substr(0, end));
    shape.remove_prefix(end);
    if (shape.empty()) return true;
    if (shape.size() < 3 || parts.fields.size() == kMaxFields) return false;
    const FieldMark mark{static_cast<FieldKind>(shape[1]), static_cast<std::uint8_t>(shape[2])};
    if (!is_valid_mark(mark)) return false;
    parts.fields.push_back(mark);
    shape.remove_prefix(3);
  }
}

}  // namespace cairn::storage::columnar
