// SPDX-License-Identifier: Apache-2.0
//
// The words that Thrift's two encodings share.
// Source: Apache Thrift, "Thrift Binary protocol encoding", "Thrift Compact protocol encoding".
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::wire::thrift {

// The numbers are the binary protocol's; the compact protocol's own are translated.
enum class Type : std::uint8_t {
  kStop = 0,  // ends a struct; no value has it
  kBool = 2,
  kByte = 3,
  kDouble = 4,
  kI16 = 6,
  kI32 = 8,
  kI64 = 10,
  kString = 11,  // also byte strings
  kStruct = 12,
  kMap = 13,
  kSet = 14,
  kList = 15,
  kUuid = 16,
};

// The header of a struct's field. A struct is read with one of its own, from its default on: the
// compact protocol counts from the id before.
struct Field {
  std::int16_t id = 0;
  Type type = Type::kStop;

  // Id and type as one number; see field_key().
  constexpr std::uint32_t key() const;
};

// Usable as a case label.
constexpr std::uint32_t field_key(std::int16_t id, Type type) {
  return static_cast<std::uint32_t>(static_cast<std::uint16_t>(id)) << 8 |
         static_cast<std::uint32_t>(type);
}
constexpr std::uint32_t Field::key() const {
  return field_key(id, type);
}

// The header of a list or a set.
struct List {
  Type element = Type::kStop;
  std::uint32_t size = 0;
};

// The header of a map; an empty one may leave the types out.
struct Map {
  Type key = Type::kStop;
  Type value = Type::kStop;
  std::uint32_t size = 0;
};

// The header of a message.
enum class MessageType : std::uint8_t { kCall = 1, kReply = 2, kException = 3, kOneway = 4 };
struct Message {
  std::string_view name;
  MessageType type = MessageType::kCall;  // any number, as sent
  std::int32_t sequence = 0;
};

// Structs, lists, sets and maps within each other that skip() follows.
inline constexpr int kMaxDepth = 16;

}  // namespace cairn::wire::thrift
