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

// Of a text field with its tag; malformed text can grow threefold.
inline std::size_t text_bound(std::string_view text) noexcept {
  return 1 + encode::kMaxVarint + 3 * text.size();
}
// A text field, repaired when it must be.
std::uint8_t* encode_repaired_text(std::uint8_t* to, std::uint8_t tag,
                                   std::string_view text) noexcept;
inline std::uint8_t* encode_text(std::uint8_t* to, std::uint8_t tag,
                                 std::string_view text) noexcept {
  if (__builtin_expect(!encode::is_ascii(text), 0)) return encode_repaired_text(to, tag, text);
  *to++ = tag;
  return encode::text(encode::varint(to, text.size()), text);
}

std::size_t encoded_array_bound(const Value& value, std::size_t value_size) noexcept;

inline std::size_t encoded_attribute_bound(const Attribute& attribute,
                                           std::size_t value_size) noexcept {
  // Tags and lengths: of the KeyValue, the key, the AnyValue and what is in it.
  const std::size_t frame = 48 + 3 * attribute.key.text().size();
  switch (attribute.value.type()) {
    case Value::Type::kString: {
      const std::size_t size = attribute.value.as_string().size();
      return frame + 3 * (size < value_size ? size : value_size);
    }
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

// Returns `to` when the key is empty.
inline std::uint8_t* encode_attribute(std::uint8_t* to, std::uint8_t tag,
                                      const Attribute& attribute, std::size_t value_size) noexcept {
  using Type = Value::Type;
  const std::string_view key = attribute.key.text();
  const Type type = attribute.value.type();
  if (__builtin_expect(!attribute.key.is_constant() || key.size() > Key::kMaxSize ||
                           (type != Type::kString && type != Type::kInt),
                       0)) {
    return encode_unusual_attribute(to, tag, attribute, value_size);
  }
  // Constant key, text or number: what nearly all are. Two-byte frames unless the text is long.
  const std::size_t key_field = key.size() + 2;
  *to = tag;
  if (type == Type::kInt) {
    const auto number = static_cast<std::uint64_t>(attribute.value.as_int());
    const std::size_t any = 1 + encode::varint_size(number);
    to[1] = static_cast<std::uint8_t>(key_field + 2 + any);
    std::uint8_t* at = to + 2;
    encode::move_fixed<32>(at, key.data() - 2);
    if (__builtin_expect(key_field > 32, 0)) encode::move_fixed<32>(at + 32, key.data() + 30);
    at += key_field;
    *at++ = 0x12;  // KeyValue.value = 2
    *at++ = static_cast<std::uint8_t>(any);
    *at++ = 0x18;  // AnyValue.int_value = 3
    return encode::varint(at, number);
  }
  const std::string_view text = attribute.value.as_string();
  const std::size_t all = key_field + 2 + 2 + text.size();
  if (__builtin_expect(all > 127 || text.size() > value_size || !encode::is_ascii(text), 0)) {
    return encode_unusual_attribute(to, tag, attribute, value_size);
  }
  to[1] = static_cast<std::uint8_t>(all);
  std::uint8_t* at = to + 2;
  encode::move_fixed<32>(at, key.data() - 2);
  if (__builtin_expect(key_field > 32, 0)) encode::move_fixed<32>(at + 32, key.data() + 30);
  at += key_field;
  *at++ = 0x12;  // KeyValue.value = 2
  *at++ = static_cast<std::uint8_t>(2 + text.size());
  *at++ = 0x0A;  // AnyValue.string_value = 1
  *at++ = static_cast<std::uint8_t>(text.size());
  return encode::text(at, text);
}

// The attributes of an event, a link, a resource or a scope: of equal keys the last is written, at
// most `limit`, the others are counted in `dropped`.
std::size_t encoded_list_bound(Attributes attributes, std::size_t value_size) noexcept;
std::uint8_t* encode_list(std::uint8_t* to, std::uint8_t tag, Attributes attributes,
                          std::size_t limit, std::size_t value_size,
                          std::uint32_t& dropped) noexcept;

}  // namespace cairn::trace::detail
