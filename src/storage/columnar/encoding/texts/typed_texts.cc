// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/texts/typed_texts.h"

#include <algorithm>
#include <array>

#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/encoding/numbers/numbers.h"
#include "storage/columnar/encoding/texts/text_fields.h"

namespace cairn::storage::columnar {
namespace {

bool encode_uuids(std::span<const std::string_view> texts, Bytes& out) {
  const std::size_t start = out.size();
  out.resize(start + texts.size() * kUuidBytes);
  std::byte* to = out.data() + start;
  for (const std::string_view text : texts) {
    if (!parse_uuid(text, to)) {
      out.resize(start);
      return false;
    }
    to += kUuidBytes;
  }
  return true;
}

bool encode_hex(std::span<const std::string_view> texts, Bytes& out) {
  const std::size_t size = texts[0].size();
  if (size == 0 || size % 2 != 0) return false;
  const auto same = [size](std::string_view text) { return text.size() == size; };
  if (!std::ranges::all_of(texts, same)) return false;
  const std::size_t start = out.size();
  put_varint(out, size / 2);
  std::size_t at = out.size();
  out.resize(at + texts.size() * (size / 2));
  for (const std::string_view text : texts) {
    if (!parse_hex(text, out.data() + at)) {
      out.resize(start);
      return false;
    }
    at += size / 2;
  }
  return true;
}

template <typename Parse>
bool encode_as_numbers(std::span<const std::string_view> texts, Parse parse, Bytes& out) {
  std::uint64_t number = 0;
  if (!parse(texts[0], number)) return false;
  std::vector<std::uint64_t> numbers;
  numbers.reserve(texts.size());
  for (const std::string_view text : texts) {
    if (!parse(text, number)) return false;
    numbers.push_back(number);
  }
  encode_numbers(numbers, NumberUse::kStored, out);
  return true;
}

// The texts that `n` numbers print as, back to back in one piece of the arena.
template <typename Print>
bool print_numbers(std::span<const std::uint64_t> numbers, std::size_t longest,
                   std::size_t max_bytes, Print print, Arena& arena,
                   std::vector<std::string_view>& out) {
  std::array<char, 4096> text;
  std::array<std::size_t, text.size()> sizes;
  while (!numbers.empty()) {
    char* to = text.data();
    std::size_t printed = 0;
    while (printed < numbers.size() &&
           text.size() - static_cast<std::size_t>(to - text.data()) >= longest) {
      char* const end = print(numbers[printed], to);
      sizes[printed++] = static_cast<std::size_t>(end - to);
      to = end;
    }
    numbers = numbers.subspan(printed);
    const auto used = static_cast<std::size_t>(to - text.data());
    if (used > max_bytes) return false;
    max_bytes -= used;
    const char* from = arena.copy(std::string_view(text.data(), used)).data();
    for (std::size_t i = 0; i < printed; ++i) {
      out.emplace_back(from, sizes[i]);
      from += sizes[i];
    }
  }
  return true;
}

bool decode_as_numbers(TextType type, ByteView bytes, std::size_t count, std::size_t first,
                       std::size_t n, std::size_t max_bytes, Arena& arena,
                       std::vector<std::string_view>& out) {
  // A text has a byte at least: what could not be returned is refused before there is memory.
  if (n > max_bytes) return false;
  std::vector<std::uint64_t> numbers;
  if (!decode_numbers_at(bytes, count, first, n, numbers)) return false;
  if (type == TextType::kDecimal) {
    return print_numbers(numbers, kLongestDecimal, max_bytes, print_decimal, arena, out);
  }
  const auto too_large = [](std::uint64_t number) { return number > 0xffffffff; };
  if (std::ranges::any_of(numbers, too_large)) return false;
  return print_numbers(numbers, kLongestIpv4, max_bytes, print_ipv4, arena, out);
}

// Texts of one size from bytes of one size.
bool decode_fixed(TextType type, ByteView bytes, std::size_t count, std::size_t first,
                  std::size_t n, std::size_t max_bytes, Arena& arena,
                  std::vector<std::string_view>& out) {
  std::size_t each = kUuidBytes;
  std::size_t text_size = kUuidText;
  ByteReader in(bytes);
  if (type == TextType::kHex) {
    each = in.count();
    text_size = 2 * each;
  }
  if (in.failed() || each == 0) return false;
  if (in.remaining() / each != count || in.remaining() % each != 0) return false;
  if (n > max_bytes / text_size) return false;
  ByteView from = in.raw(in.remaining()).subspan(first * each);
  char* to = static_cast<char*>(arena.allocate(n * text_size, 1));
  for (std::size_t i = 0; i < n; ++i, from = from.subspan(each), to += text_size) {
    if (type == TextType::kUuid) {
      print_uuid(from.first(each), to);
    } else {
      print_hex(from.first(each), to);
    }
    out.emplace_back(to, text_size);
  }
  return true;
}

}  // namespace

std::string_view text_type_name(TextType type) {
  constexpr std::array<std::string_view, kTextTypes> kNames = {"uuid", "hex", "decimal", "ipv4"};
  return kNames[static_cast<std::size_t>(type)];
}

bool encode_typed(TextType type, std::span<const std::string_view> texts, Bytes& out) {
  switch (type) {
    case TextType::kUuid:
      return encode_uuids(texts, out);
    case TextType::kHex:
      return encode_hex(texts, out);
    case TextType::kDecimal:
      return encode_as_numbers(texts, parse_decimal, out);
    case TextType::kIpv4:
      return encode_as_numbers(texts, parse_ipv4, out);
  }
  return false;
}

bool decode_typed(TextType type, ByteView bytes, std::size_t count, std::size_t first,
                  std::size_t n, std::size_t max_bytes, Arena& arena,
                  std::vector<std::string_view>& out) {
  if (type == TextType::kUuid || type == TextType::kHex) {
    return decode_fixed(type, bytes, count, first, n, max_bytes, arena, out);
  }
  return decode_as_numbers(type, bytes, count, first, n, max_bytes, arena, out);
}

}  // namespace cairn::storage::columnar
