// SPDX-License-Identifier: Apache-2.0
//
// AnyValue and Attribute: the typed values that resources, scopes, spans, events and links carry.
// Both are plain views of 16 and 32 bytes: text, bytes and nested values live in the arena (or the
// pinned input) of the Batch they belong to, and live as long as it does.
// Source: OTLP common.proto, AnyValue and KeyValue.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"

namespace cairn::model {

struct Attribute;

// Nesting of arrays and key-value lists that decoders follow: a value at level 33 becomes an empty
// one, unread, and its span is kept. So nobody recurses deeper than this.
inline constexpr int kMaxValueDepth = 32;

// Nothing, a bool, an int, a double, text, bytes, an array or a key-value list.
// Size: a text, byte string or list holds fewer than 2^32 bytes or elements.
class AnyValue {
 public:
  enum class Kind : std::uint8_t {
    kEmpty,
    kBool,
    kInt,
    kDouble,
    kString,
    kBytes,
    kArray,
    kKeyValueList,
  };

  AnyValue() : int_(0) {}

  static AnyValue boolean(bool value);
  static AnyValue integer(std::int64_t value);
  static AnyValue real(double value);
  // These three borrow what they are given.
  static AnyValue string(std::string_view value);
  static AnyValue bytes(ByteView value);
  static AnyValue array(std::span<const AnyValue> value);
  static AnyValue key_value_list(std::span<const Attribute> value);

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }

  // REQUIRES: kind() is the matching one.
  bool as_bool() const { return checked(Kind::kBool).int_ != 0; }
  std::int64_t as_int() const { return checked(Kind::kInt).int_; }
  double as_double() const { return checked(Kind::kDouble).double_; }
  std::string_view as_string() const { return {checked(Kind::kString).text_, size_}; }
  ByteView as_bytes() const { return {checked(Kind::kBytes).bytes_, size_}; }
  std::span<const AnyValue> as_array() const { return {checked(Kind::kArray).elements_, size_}; }
  std::span<const Attribute> as_key_value_list() const;

  // Same kind and same content; doubles by bits, so that NaN equals itself and -0 is not 0; lists
  // in order.
  friend bool operator==(const AnyValue& a, const AnyValue& b);

 private:
  const AnyValue& checked(Kind kind) const {
    CAIRN_CHECK(kind_ == kind);
    return *this;
  }

  Kind kind_ = Kind::kEmpty;
  std::uint32_t size_ = 0;
  union {
    std::int64_t int_;
    double double_;
    const char* text_;
    const std::byte* bytes_;
    const AnyValue* elements_;
    const Attribute* fields_;
  };
};
static_assert(sizeof(AnyValue) == 16);

struct Attribute {
  std::string_view key;
  AnyValue value;

  bool operator==(const Attribute&) const = default;
};
static_assert(sizeof(Attribute) == 32);

inline std::span<const Attribute> AnyValue::as_key_value_list() const {
  return {checked(Kind::kKeyValueList).fields_, size_};
}

// The first attribute with that key, or null.
const Attribute* find_attribute(std::span<const Attribute> attributes, std::string_view key);

// The text of the first attribute with that key when it is a string; empty otherwise.
std::string_view find_string(std::span<const Attribute> attributes, std::string_view key);

// The value as text, the way Jaeger and TraceQL compare and show it: `true`, `42`, `1.5`, text as
// it is, bytes as base64, arrays and key-value lists as JSON. Empty text for an empty value.
std::string to_display_text(const AnyValue& value);
void append_json(std::string& out, const AnyValue& value);

}  // namespace cairn::model
