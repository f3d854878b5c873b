// SPDX-License-Identifier: Apache-2.0
//
// KeyValue and AnyValue out of protobuf: the innermost and hottest part of decode_traces.
// As protobuf merges: of a field that occurs twice the last one holds, two arrays (or two key-value
// lists) are joined. Values deeper than model::kMaxValueDepth are left empty, unread.
// Lost: fields we do not know.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "wire/otlp/fields.h"
#include "wire/protobuf/reader.h"
#include "wire/scratch/scratch.h"

namespace cairn::wire::otlp {

// Thread rule: one thread at a time. Ownership: values view the input; lists go to the arena.
class ValueDecoder {
 public:
  ValueDecoder(Arena& arena, Scratch& scratch, MemoryBudget& budget)
      : arena_(arena), scratch_(scratch), budget_(budget) {}

  // Sets `attribute` from a KeyValue message in the usual form. False for any other, which is left
  // to attribute(); then what was set means nothing.
  static bool read_plain(std::string_view message, model::Attribute& attribute);

  // Puts one KeyValue message on scratch.attributes. False when it does not parse or when the
  // budget refused; then unfinished lists may be left on the scratch.
  bool attribute(std::string_view message) { return attribute(message, 1); }

  // REQUIRES: attribute() was false, the budget did not refuse. The start of the bad field.
  const char* failed_at() const { return failed_at_; }

 private:
  bool attribute(std::string_view message, int depth);
  bool value(std::string_view message, model::AnyValue& value, int depth);
  bool array(std::string_view message, model::AnyValue& value, int depth);
  bool key_value_list(std::string_view message, model::AnyValue& value, int depth);
  bool finished(const protobuf::Reader& reader);

  Arena& arena_;
  Scratch& scratch_;
  MemoryBudget& budget_;
  const char* failed_at_ = nullptr;
};

// Reads the form that senders nearly always choose: a key, then a value of one field, a text, an
// int or a bool, in a message of at most 129 bytes, so that every length is one byte. Any other
// form, bad ones included, is false and left to the general reader.
//   0a <n> key[n]  12 <m> { 0a <m-2> text[m-2] | 18 varint | 10 0/1 }
[[gnu::always_inline]] inline bool ValueDecoder::read_plain(std::string_view message,
                                                            model::Attribute& attribute) {
  constexpr std::size_t kLeast = 6;   // an empty key, an empty text
  constexpr std::size_t kMost = 129;  // what is inside then has less than 128
  if (message.size() < kLeast || message.size() > kMost) return false;
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(message[at]); };
  const std::size_t key_size = byte(1);
  if (byte(0) != protobuf::bytes_tag(field::key_value::kKey) ||
      key_size > message.size() - kLeast) {
    return false;
  }
  const std::size_t at = 2 + key_size;  // of the value's tag; at least four bytes are left
  const std::size_t value_size = message.size() - at - 2;
  if (byte(at) != protobuf::bytes_tag(field::key_value::kValue) || byte(at + 1) != value_size) {
    return false;
  }
  attribute.key = message.substr(2, key_size);
  const std::string_view payload = message.substr(at + 3);  // behind the value's own tag
  switch (byte(at + 2)) {
    case protobuf::bytes_tag(field::any_value::kString):
      if (byte(at + 3) != value_size - 2) return false;
      attribute.value = model::AnyValue::string(payload.substr(1));
      return true;
    case protobuf::varint_tag(field::any_value::kInt): {
      const char* const end = payload.data() + payload.size();
      const protobuf::Varint read = protobuf::read_long_varint(payload.data(), end);
      if (read.next != end) return false;
      attribute.value = model::AnyValue::integer(static_cast<std::int64_t>(read.value));
      return true;
    }
    case protobuf::varint_tag(field::any_value::kBool):
      if (payload.size() != 1 || byte(at + 3) > 1) return false;
      attribute.value = model::AnyValue::boolean(byte(at + 3) != 0);
      return true;
    default:
      return false;
  }
}

}  // namespace cairn::wire::otlp
