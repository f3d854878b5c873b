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

// Bytes of the text once it is repaired: malformed text can grow threefold.
inline std::size_t repaired_bound(std::string_view text) noexcept {
  return encode::is_ascii(text) || is_utf8(text) ? text.size() : 3 * text.size();
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

std::uint8_t* encode_unusual_attribute(std::uint8_t* to, std::uint8_t tag,
                                       const Attribute& attribute, std::size_t value_size) noexcept;

// The front of an attribute up to its value: tag, room for the length, key, tag of the value. Null
// when the key is empty, long or not ASCII. Writes up to 64 bytes.
inline std::uint8_t* encode_front(std::uint8_t* to, std::uint8_t tag, const KeyRef& key) noexcept {
  const std::string_view text = key.text();
  if (__builtin_expect(key.is_constant(), 1)) {
    const char* const encoded = text.data() - Key::kTextAt;
    encode::move_fixed<32>(to, encoded);
    if (__builtin_expect(text.size() > 32 - Key::kTextAt - 1, 0)) {
      encode::move_fixed<32>(to + 32, encoded + 32);
    }
    to[0] = tag;
    return to + Key::kTextAt + 1 + text.size();
  }
  if (text.empty() || text.size() > Key::kMaxSize) return nullptr;
  to[0] = tag;
  to[2] = 0x0A;  // KeyValue.key = 1
  to[3] = static_cast<std::uint8_t>(text.size());
  if (!encode::copy_ascii(to + Key::kTextAt, text)) return nullptr;
  to += Key::kTextAt + text.size();
  *to = 0x12;  // KeyValue.value = 2
  return to + 1;
}

// What nearly all attributes are, a text or a number under a short key, written straight down with
// lengths of one byte. Null when it is not that. An
// attribute is at most kQuickAttribute bytes; encode::kSlack bytes more may be written.
inline constexpr std::size_t kQuickAttribute = 136;
__attribute__((always_inline)) inline std::uint8_t* encode_quick_attribute(
    std::uint8_t* to, std::uint8_t tag, const Attribute& attribute,
    std::size_t value_size) noexcept {
  using Type = Value::Type;
  const Type type = attribute.value.type();
  std::uint8_t* const value = encode_front(to, tag, attribute.key);
  if (__builtin_expect(value == nullptr, 0)) return nullptr;
  std::uint8_t* end;
  if (type == Type::kString) {
    const std::string_view text = attribute.value.as_string();
    end = value + 3 + text.size();
    if (__builtin_expect(static_cast<std::size_t>(end - to) > 129 || text.size() > value_size, 0)) {
      return nullptr;
    }
    // Length of the AnyValue, string_value = 1, length of the text: one move.
    encode::fixed32(value, static_cast<std::uint32_t>(text.size()) * 0x10001U + 0x0A02U);
    if (__builtin_expect(!encode::copy_ascii(value + 3, text), 0)) return nullptr;
  } else if (__builtin_expect(type == Type::kInt, 1)) {
    // Length of the AnyValue, int_value = 3, the number.
    const auto number = static_cast<std::uint64_t>(attribute.value.as_int());
    const auto low = static_cast<std::uint32_t>(number);
    if (number < 0x80) {
      encode::fixed32(value, 0x1802U | (low << 16));
      end = value + 3;
    } else if (number < 0x4000) {
      encode::fixed32(value, 0x801803U | ((low & 0x7F) << 16) | (low >> 7 << 24));
      end = value + 4;
    } else {
      value[1] = 0x18;
      end = encode::varint(value + 2, number);
      value[0] = static_cast<std::uint8_t>(end - value - 1);
    }
  } else {
    return nullptr;
  }
  to[1] = static_cast<std::uint8_t>(end - to - 2);
  return end;
}

// Any attribute. Returns `to` when the key is empty.
inline std::uint8_t* encode_attribute(std::uint8_t* to, std::uint8_t tag,
                                      const Attribute& attribute, std::size_t value_size) noexcept {
  std::uint8_t* const end = encode_quick_attribute(to, tag, attribute, value_size);
  return end != nullptr ? end : encode_unusual_attribute(to, tag, attribute, value_size);
}

// The attributes of an event, a link, a resource or a scope: of equal keys the last is written, at
// most `limit`, the others are counted in `dropped`.
std::size_t encoded_list_bound(Attributes attributes, std::size_t value_size) noexcept;
std::uint8_t* encode_list(std::uint8_t* to, std::uint8_t tag, Attributes attributes,
                          std::size_t limit, std::size_t value_size,
                          std::uint32_t& dropped) noexcept;

}  // namespace cairn::trace::detail
