// SPDX-License-Identifier: Apache-2.0
#include "wire/thrift/writer.h"

namespace cairn::wire::thrift {

void BinaryWriter::message(const Message& message) {
  i32(static_cast<std::int32_t>(0x80010000 | static_cast<std::uint32_t>(message.type)));
  bytes(message.name);
  i32(message.sequence);
}

void BinaryWriter::old_message(const Message& message) {
  bytes(message.name);
  octet(static_cast<std::uint8_t>(message.type));
  i32(message.sequence);
}

void CompactWriter::message(const Message& message) {
  octet(0x82);
  octet(static_cast<std::uint8_t>(static_cast<unsigned>(message.type) << 5 | 1));
  varint(static_cast<std::uint32_t>(message.sequence));
  bytes(message.name);
}

void CompactWriter::header(std::int16_t id, std::uint8_t number) {
  const int step = id - last_ids_.back();
  last_ids_.back() = id;
  if (step > 0 && step <= 15) return octet(static_cast<std::uint8_t>(step << 4 | number));
  octet(number);
  i16(id);
}

void CompactWriter::list(Type element, std::size_t size) {
  if (size < 15) return octet(static_cast<std::uint8_t>(size << 4 | number_of(element)));
  octet(static_cast<std::uint8_t>(0xf0 | number_of(element)));
  varint(size);
}

void CompactWriter::real(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int shift = 0; shift < 64; shift += 8) octet(static_cast<std::uint8_t>(bits >> shift));
}

std::uint8_t CompactWriter::number_of(Type type) {
  switch (type) {
    case Type::kStop:
      return 0;
    case Type::kBool:  // as an element: a field's header says which
      return kTrue;
    case Type::kByte:
      return 3;
    case Type::kI16:
      return 4;
    case Type::kI32:
      return 5;
    case Type::kI64:
      return 6;
    case Type::kDouble:
      return 7;
    case Type::kString:
      return 8;
    case Type::kList:
      return 9;
    case Type::kSet:
      return 10;
    case Type::kMap:
      return 11;
    case Type::kStruct:
      return 12;
    case Type::kUuid:
      return 13;
  }
  return 0;
}

}  // namespace cairn::wire::thrift
