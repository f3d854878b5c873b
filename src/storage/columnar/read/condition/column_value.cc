// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/condition/column_value.h"

#include <bit>

#include "storage/columnar/encoding/record_codec.h"

namespace cairn::storage::columnar {

using model::AnyValue;

AnyValue value_of_number(ColumnType type, std::uint64_t number) {
  switch (type) {
    case ColumnType::kBool:
      return AnyValue::boolean(number != 0);
    case ColumnType::kInt:
      return AnyValue::integer(static_cast<std::int64_t>(number));
    case ColumnType::kDouble:
      return AnyValue::real(std::bit_cast<double>(number));
    default:
      return {};
  }
}

Result<AnyValue> value_of_text(ColumnType type, std::string_view text, Arena& arena) {
  if (type == ColumnType::kString || type == ColumnType::kName) return AnyValue::string(text);
  ByteReader reader(as_bytes(text));
  const AnyValue value = decode_value(reader, arena);
  RETURN_IF_ERROR(reader.finish("attribute value"));
  return value;
}

AnyValue::Kind kind_of(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return AnyValue::Kind::kBool;
    case ColumnType::kInt:
      return AnyValue::Kind::kInt;
    case ColumnType::kDouble:
      return AnyValue::Kind::kDouble;
    case ColumnType::kString:
    case ColumnType::kName:
      return AnyValue::Kind::kString;
    case ColumnType::kBytes:
      return AnyValue::Kind::kBytes;
    case ColumnType::kArray:
      return AnyValue::Kind::kArray;
    case ColumnType::kKeyValueList:
      return AnyValue::Kind::kKeyValueList;
    case ColumnType::kEmpty:
      break;
  }
  return AnyValue::Kind::kEmpty;
}

Result<AnyValue> constant_value(const ColumnValues& values, ColumnType type,
                                std::span<const std::string_view> dictionary, Arena& arena) {
  if (!is_text(type)) {
    return value_of_number(type, values.numbers.empty() ? 0 : values.numbers[0]);
  }
  if (values.codes.empty()) return value_of_text(type, values.texts[0], arena);
  const std::uint32_t code = values.codes[0];
  if (code >= dictionary.size()) return corruption("row group: a code beyond its dictionary");
  return value_of_text(type, dictionary[code], arena);
}

Overlap overlap(const GroupFacts& facts, const TimeRange& range) {
  const bool endless = range.end == model::Timestamp::max();
  if (facts.max_start < range.begin) return Overlap::kNone;
  if (!endless && facts.min_start >= range.end) return Overlap::kNone;
  const bool all = facts.min_start >= range.begin && (endless || facts.max_start < range.end);
  return all ? Overlap::kAll : Overlap::kPart;
}

}  // namespace cairn::storage::columnar
