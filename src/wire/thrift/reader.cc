// SPDX-License-Identifier: Apache-2.0
#include "wire/thrift/reader.h"

namespace cairn::wire::thrift {
namespace {

constexpr std::uint32_t kVersionMask = 0xffff0000;
constexpr std::uint32_t kVersion1 = 0x80010000;
constexpr std::uint8_t kCompactProtocol = 0x82;
constexpr int kCompactVersion = 1;

// Work: each step passes over a byte at least.
template <Reader R>
class Skipper {
 public:
  explicit Skipper(R& reader) : r_(reader) {}

  void value(Type type, int depth) {
    switch (type) {
      case Type::kStruct:
        return fields(depth);
      case Type::kList:
      case Type::kSet:
        return elements(r_.list(), depth);
      case Type::kMap:
        return entries(depth);
      default:
        return r_.skip_scalar(type);
    }
  }
  void elements(const List& list, int depth) {
    if (depth == kMaxDepth) return r_.fail();
    for (std::uint32_t i = 0; i < list.size && r_.ok(); ++i) value(list.element, depth + 1);
  }

 private:
  void fields(int depth) {
    if (depth == kMaxDepth) return r_.fail();
    Field field;
    while (r_.next(field)) value(field.type, depth + 1);
  }
  void entries(int depth) {
    if (depth == kMaxDepth) return r_.fail();
    const Map map = r_.map();
    for (std::uint32_t i = 0; i < map.size && r_.ok(); ++i) {
      value(map.key, depth + 1);
      value(map.value, depth + 1);
    }
  }

  R& r_;
};

}  // namespace

Message BinaryReader::message() {
  begin_item();
  Message message;
  const auto first = big_endian<std::uint32_t>();
  if ((first & 0x80000000) == 0) {  // no version: the name's size
    message.name = take(first);
    message.type = static_cast<MessageType>(octet());
  } else if ((first & kVersionMask) == kVersion1) {
    message.type = static_cast<MessageType>(first & 0xff);
    message.name = bytes();
  } else {
    fail();
  }
  message.sequence = i32();
  return message;
}

List BinaryReader::list() {
  begin_item();
  List list;
  list.element = static_cast<Type>(octet());
  list.size = big_endian<std::uint32_t>();
  if (list.size == 0) return list;
  const std::size_t least = least_size(list.element);
  if (least == 0 || list.size > remaining() / least) {
    fail();
    return {};
  }
  return list;
}

Map BinaryReader::map() {
  begin_item();
  Map map;
  map.key = static_cast<Type>(octet());
  map.value = static_cast<Type>(octet());
  map.size = big_endian<std::uint32_t>();
  if (map.size == 0) return map;
  const std::size_t key = least_size(map.key);
  const std::size_t value = least_size(map.value);
  if (key == 0 || value == 0 || map.size > remaining() / (key + value)) {
    fail();
    return {};
  }
  return map;
}

std::size_t BinaryReader::least_size(Type type) {
  switch (type) {
    case Type::kBool:
    case Type::kByte:
    case Type::kStruct:  // its stop
      return 1;
    case Type::kI16:
      return 2;
    case Type::kI32:
    case Type::kString:
      return 4;
    case Type::kDouble:
    case Type::kI64:
      return 8;
    case Type::kList:
    case Type::kSet:
      return 5;
    case Type::kMap:
      return 6;
    case Type::kUuid:
      return 16;
    case Type::kStop:
      break;
  }
  return 0;
}

void BinaryReader::skip_scalar(Type type) {
  if (type == Type::kString) {
    bytes();
  } else if (const std::size_t size = least_size(type); size != 0) {
    take(size);
  } else {
    fail();
  }
}

void BinaryReader::skip(Type type) {
  Skipper(*this).value(type, 0);
}

void BinaryReader::skip_elements(const List& list) {
  Skipper(*this).elements(list, 0);
}

Message CompactReader::message() {
  begin_item();
  Message message;
  const std::uint8_t protocol = octet();
  const std::uint8_t version_and_type = octet();
  if (protocol != kCompactProtocol || (version_and_type & 0x1f) != kCompactVersion) fail();
  message.type = static_cast<MessageType>(version_and_type >> 5);
  message.sequence = static_cast<std::int32_t>(varint());
  message.name = bytes();
  return message;
}

std::uint32_t CompactReader::size_within(std::uint64_t size, std::size_t least) {
  if (size == 0) return 0;
  if (least == 0 || size > UINT32_MAX || size > remaining() / least) {
    fail();
    return 0;
  }
  return static_cast<std::uint32_t>(size);
}

List CompactReader::list() {
  begin_item();
  const std::uint8_t header = octet();
  const std::uint64_t size = header >> 4 == 15 ? varint() : header >> 4;
  List list;
  if (size == 0) return list;
  list.element = type_of(header & 0x0f);
  list.size = size_within(size, least_size(list.element));
  return list;
}

Map CompactReader::map() {
  begin_item();
  const std::uint64_t size = varint();
  Map map;
  if (size == 0) return map;
  const std::uint8_t types = octet();
  map.key = type_of(types >> 4);
  map.value = type_of(types & 0x0f);
  map.size = size_within(size, least_size(map.key) + least_size(map.value));
  return map;
}

std::size_t CompactReader::least_size(Type type) {
  switch (type) {
    case Type::kStop:
      return 0;
    case Type::kDouble:
      return 8;
    case Type::kUuid:
      return 16;
    default:
      return 1;
  }
}

void CompactReader::skip_scalar(Type type) {
  switch (type) {
    case Type::kBool:
      boolean();
      break;
    case Type::kByte:
      octet();
      break;
    case Type::kI16:
    case Type::kI32:
    case Type::kI64:
      varint();
      break;
    case Type::kDouble:
      take(8);
      break;
    case Type::kString:
      bytes();
      break;
    case Type::kUuid:
      take(16);
      break;
    default:
      fail();
  }
}

void CompactReader::skip(Type type) {
  Skipper(*this).value(type, 0);
}

void CompactReader::skip_elements(const List& list) {
  Skipper(*this).elements(list, 0);
}

}  // namespace cairn::wire::thrift
