// SPDX-License-Identifier: Apache-2.0
//
// Attributes as OTLP's KeyValue messages.
//
// encode_* functions write at `to`, where the bound of what they write plus encode::kSlack is free,
// and return the end. Text that is not UTF-8 is repaired, text over `value_size` bytes cut.
// Source: opentelemetry-proto, common/v1 "KeyValue", "AnyValue".
#pragma once

#include <cairn/trace/attributes.h>
#include <cairn/trace/ids.h>

#include "sdk/trace/encode.h"
#include "sdk/trace/utf8.h"

namespace cairn::trace::detail {

// OTLP Span.flags: the W3C flags, "is remote is known", "is remote".
inline std::uint32_t otlp_flags(TraceFlags flags, bool remote) noexcept {
  return flags.bits | 0x100U | (remote ? 0x200U : 0U);
}

inline std::string_view cut_text(std::string_view text, std::size_t size) noexcept {
  return __builtin_expect(text.size() <= size, 1) ? text : cut_at_character(text, size);
}

inline bool is_sent_as_it_is(std::string_view text) noexcept {
  return encode::is_ascii(text) || is_utf8(text);
}
// Bytes of the text once it is repaired: malformed text can grow threefold.
inline std::size_t repaired_bound(std::string_view text) noexcept {
  return is_sent_as_it_is(text) ? text.size() : 3 * text.size();
}
// Of a text field with its tag.
inline std::size_t text_bound(std::string_view text) noexcept {
  return 1 + encode::kMaxVarint + repaired_bound(text);
}
// A text field, repaired when it must be.
std::uint8_t* encode_repaired_text(std::uint8_t* to, std::uint8_t tag,
                                   std::string_view text) noexcept;
inline std::uint8_t* encode_text(std::uint8_t* to, std::uint8_t tag,
                                 std::string_view text) noexcept {
  to[0] = tag;
  std::uint8_t* const at = encode::varint(to + 1, text.size());
  if (__builtin_expect(encode::copy_ascii(at, text), 1)) return at + text.size();
  return encode_repaired_text(to, tag, text);
}

std::size_t encoded_array_bound(const Value& value, std::size_t value_size) noexcept;

inline std::size_t encoded_attribute_bound(const Attribute& attribute,
                                           std::size_t value_size) noexcept {
  // Tags and lengths: of the KeyValue, the key, the AnyValue and what is in it.
  const std::size_t frame = 48 + repaired_bound(attribute.key.text());
  switch (attribute.value.type()) {
    case Value::Type::kString:
      return frame + repaired_bound(cut_text(attribute.value.as_string(), value_size));
    case Value::Type::kEmpty:
    case Value::Type::kBool:
    case Value::Type::kInt:
    case Value::Type::kDouble:
      return frame;
    default:
      return frame + encoded_array_bound(attribute.value, value_size);
  }
}

// The front of an attribute up to its value: tag (encode::kAttribute), room for the length, key,
// tag of the value. Writes up to Key::kEncodedSize bytes. First: of a key that is_constant().
__attribute__((always_inline)) inline std::uint8_t* encode_constant_front(
    std::uint8_t* to, const KeyRef& key) noexcept {
  const std::string_view text = key.text();
  const char* const encoded = text.data() - Key::kTextAt;
  encode::move_fixed<32>(to, encoded);
  if (__builtin_expect(text.size() > 32 - Key::kTextAt - 1, 0)) {
    encode::move_fixed<32>(to + 32, encoded + 32);
  }
  return to + Key::kTextAt + 1 + text.size();
}
// Of any other key. Null when it is empty, long or not ASCII.
inline std::uint8_t* encode_text_front(std::uint8_t* to, std::string_view key) noexcept {
  if (key.empty() || key.size() > Key::kMaxSize) return nullptr;
  to[0] = encode::kAttribute;
  to[2] = 0x0A;  // KeyValue.key = 1
  to[3] = static_cast<std::uint8_t>(key.size());
  if (!encode::copy_ascii(to + Key::kTextAt, key)) return nullptr;
  to += Key::kTextAt + key.size();
  *to = 0x12;  // KeyValue.value = 2
  return to + 1;
}

// Nearly all attributes are a short text or a number under a short key, which is written straight
// down with lengths of one byte. Key and text may then have kQuickText bytes together: where values
// are limited to fewer, no attribute is quick.
inline constexpr std::size_t kQuickText = 120;
// What may be touched while one is written, before it is known that it is one.
inline constexpr std::size_t kQuickAttribute = Key::kEncodedSize + 4 + kQuickText + encode::kSlack;

// A number as an AnyValue after its length: where it ends.
__attribute__((always_inline)) inline std::uint8_t* encode_quick_int(std::uint8_t* to,
                                                                     std::int64_t value) noexcept {
  const auto number = static_cast<std::uint64_t>(value);
  const auto low = static_cast<std::uint32_t>(number);
  if (number < 0x80) {
    encode::fixed32(to, 0x1802U | (low << 16));  // length, int_value = 3, the number: one move
    return to + 3;
  }
  if (number < 0x4000) {
    encode::fixed32(to, 0x801803U | ((low & 0x7F) << 16) | (low >> 7 << 24));
    return to + 4;
  }
  to[1] = 0x18;
  std::uint8_t* const end = encode::varint(to + 2, number);
  to[0] = static_cast<std::uint8_t>(end - to - 1);
  return end;
}

// The value of an attribute that began at `begin`, after its front. Null when it is a list, bytes,
// empty, or a text that is too long or not ASCII; otherwise the attribute is complete.
__attribute__((always_inline)) inline std::uint8_t* encode_quick_value(
    std::uint8_t* begin, std::uint8_t* to, const Attribute& attribute) noexcept {
  const Value& value = attribute.value;
  std::uint8_t* end;
  using Type = Value::Type;
  const Type type = value.type();
  if (type == Type::kString) {
    const std::string_view text = value.as_string();
    // Length of the AnyValue, string_value = 1, length of the text: one move.
    encode::fixed32(to, static_cast<std::uint32_t>(text.size()) * 0x10001U + 0x0A02U);
    const std::size_t longest = kQuickText - attribute.key.text().size();
    if (__builtin_expect(encode::copy_text(to + 3, text, longest) != 0, 0)) return nullptr;
    end = to + 3 + text.size();
  } else if (__builtin_expect(type == Type::kInt, 1)) {
    end = encode_quick_int(to, value.as_int());
  } else if (type == Type::kBool) {
    encode::fixed32(to, 0x1002U | (value.as_bool() ? 0x10000U : 0U));  // bool_value = 2
    end = to + 3;
  } else if (type == Type::kDouble) {
    encode::fixed16(to, 0x2109U);  // double_value = 4
    end = encode::fixed64(to + 2, encode::bits_of(value.as_double()));
  } else {
    return nullptr;
  }
  begin[1] = static_cast<std::uint8_t>(end - (begin + 2));
  return end;
}

// Any attribute. Returns `to` when the key is empty.
std::uint8_t* encode_attribute(std::uint8_t* to, std::uint8_t tag, const Attribute& attribute,
                               std::size_t value_size) noexcept;

// The attributes of an event, a link, a resource or a scope: of equal keys the last is written, at
// most `limit`, the others are counted in `dropped`.
std::size_t encoded_list_bound(Attributes attributes, std::size_t value_size) noexcept;
std::uint8_t* encode_list(std::uint8_t* to, std::uint8_t tag, Attributes attributes,
                          std::size_t limit, std::size_t value_size,
                          std::uint32_t& dropped) noexcept;

}  // namespace cairn::trace::detail
