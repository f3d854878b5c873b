// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/encode_attributes.h"

namespace cairn::trace::detail {
namespace {

// An AnyValue's tags. Source: common/v1 "AnyValue".
constexpr std::uint8_t kString = 0x0A, kBool = 0x10, kInt = 0x18, kDouble = 0x21, kArray = 0x2A,
                       kBytes = 0x3A;
constexpr std::uint8_t kKey = 0x0A, kValue = 0x12, kElement = 0x0A;

// Writes a length-delimited field around what `body` writes. Lengths are written last, into the
// widest room they may need, and the body moved down: rare values, so simple beats quick.
template <class Body>
std::uint8_t* framed(std::uint8_t* to, std::uint8_t tag, Body&& body) noexcept {
  *to++ = tag;
  std::uint8_t* const room = to + 5;
  const std::uint8_t* const end = body(room);
  const auto size = static_cast<std::size_t>(end - room);
  to = encode::varint(to, size);
  std::memmove(to, room, size);
  return to + size;
}

std::uint8_t* scalar_bool(std::uint8_t* to, bool value) noexcept {
  *to++ = kBool;
  *to++ = value ? 1 : 0;
  return to;
}

std::uint8_t* scalar_int(std::uint8_t* to, std::int64_t value) noexcept {
  *to++ = kInt;
  return encode::varint(to, static_cast<std::uint64_t>(value));
}

std::uint8_t* scalar_double(std::uint8_t* to, double value) noexcept {
  *to++ = kDouble;
  return encode::fixed64(to, encode::bits_of(value));
}

template <class T, class Scalar>
std::uint8_t* array(std::uint8_t* to, ListView<T> values, Scalar&& scalar) noexcept {
  return framed(to, kArray, [&](std::uint8_t* at) {
    for (const T& value : values) {
      at = framed(at, kElement, [&](std::uint8_t* inner) { return scalar(inner, value); });
    }
    return at;
  });
}

std::uint8_t* any_value(std::uint8_t* to, const Value& value, std::size_t value_size) noexcept {
  const auto text = [&](std::uint8_t* at, std::string_view t) {
    return encode_text(at, kString, cut_text(t, value_size));
  };
  switch (value.type()) {
    case Value::Type::kEmpty:
      return to;
    case Value::Type::kBool:
      return scalar_bool(to, value.as_bool());
    case Value::Type::kInt:
      return scalar_int(to, value.as_int());
    case Value::Type::kDouble:
      return scalar_double(to, value.as_double());
    case Value::Type::kString:
      return text(to, value.as_string());
    case Value::Type::kBytes: {
      const BytesView bytes = value.as_bytes();
      const std::size_t size = bytes.size < value_size ? bytes.size : value_size;
      *to++ = kBytes;
      return encode::bytes(encode::varint(to, size), bytes.data, size);
    }
    case Value::Type::kBools:
      return array(to, value.as_list<bool>(), scalar_bool);
    case Value::Type::kInts:
      return array(to, value.as_list<std::int64_t>(), scalar_int);
    case Value::Type::kDoubles:
      return array(to, value.as_list<double>(), scalar_double);
    case Value::Type::kStrings:
      return array(to, value.as_list<std::string_view>(), text);
  }
  return to;
}

std::uint8_t* encode_unusual_attribute(std::uint8_t* to, std::uint8_t tag,
                                       const Attribute& attribute,
                                       std::size_t value_size) noexcept {
  if (attribute.key.text().empty()) return to;
  return framed(to, tag, [&](std::uint8_t* at) {
    at = encode_text(at, kKey, attribute.key.text());
    return framed(at, kValue, [&](std::uint8_t* inner) {
      return any_value(inner, attribute.value, value_size);
    });
  });
}

}  // namespace

std::uint8_t* encode_repaired_text(std::uint8_t* to, std::uint8_t tag,
                                   std::string_view text) noexcept {
  if (is_utf8(text)) {
    *to++ = tag;
    return encode::text(encode::varint(to, text.size()), text);
  }
  return framed(to, tag, [&](std::uint8_t* at) { return at + repair_utf8(text, at); });
}

std::size_t encoded_array_bound(const Value& value, std::size_t value_size) noexcept {
  constexpr std::size_t kFrame = 8, kNumber = 2 * kFrame + 10;
  switch (value.type()) {
    case Value::Type::kBytes:
      return value.as_bytes().size < value_size ? value.as_bytes().size : value_size;
    case Value::Type::kBools:
    case Value::Type::kInts:
    case Value::Type::kDoubles:
      return value.as_list<char>().size() * kNumber;
    case Value::Type::kStrings: {
      std::size_t sum = 0;
      for (const std::string_view text : value.as_list<std::string_view>()) {
        sum += 3 * kFrame + repaired_bound(cut_text(text, value_size));
      }
      return sum;
    }
    default:
      return 0;
  }
}

std::uint8_t* encode_attribute(std::uint8_t* to, std::uint8_t tag, const Attribute& attribute,
                               std::size_t value_size) noexcept {
  std::uint8_t* end = nullptr;
  if (value_size >= kQuickText) {
    end = attribute.key.is_constant() ? encode_constant_front(to, attribute.key)
                                      : encode_text_front(to, attribute.key.text());
  }
  if (end != nullptr) end = encode_quick_value(to, end, attribute);
  if (end == nullptr) return encode_unusual_attribute(to, tag, attribute, value_size);
  to[0] = tag;
  return end;
}

std::size_t encoded_list_bound(Attributes attributes, std::size_t value_size) noexcept {
  std::size_t sum = 0;
  for (const Attribute& attribute : attributes)
    sum += encoded_attribute_bound(attribute, value_size);
  return sum;
}

namespace {

// Whether one of `later` has this key, as both are sent.
bool is_replaced(const KeyRef& key, Attributes later, bool all_sent_as_they_are) noexcept {
  for (const Attribute& other : later) {
    if (other.key.text() == key.text()) return true;
    if (all_sent_as_they_are) continue;
    if (SentKey(other.key.text()).text() == SentKey(key.text()).text()) return true;
  }
  return false;
}

}  // namespace

std::uint8_t* encode_list(std::uint8_t* to, std::uint8_t tag, Attributes attributes,
                          std::size_t limit, std::size_t value_size,
                          std::uint32_t& dropped) noexcept {
  bool clean = true;
  for (const Attribute& attribute : attributes) clean &= is_sent_as_it_is(attribute.key.text());
  std::size_t written = 0;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const Attributes later(attributes.begin() + i + 1, attributes.size() - i - 1);
    if (attributes[i].key.text().empty() || is_replaced(attributes[i].key, later, clean)) continue;
    if (written == limit) {
      ++dropped;
      continue;
    }
    to = clean ? encode_attribute(to, tag, attributes[i], value_size)
               : encode_attribute(to, tag,
                                  {SentKey(attributes[i].key.text()).text(), attributes[i].value},
                                  value_size);
    ++written;
  }
  return to;
}

}  // namespace cairn::trace::detail
