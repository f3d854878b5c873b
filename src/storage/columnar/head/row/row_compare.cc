// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/row/row_compare.h"

#include "storage/columnar/encoding/record_codec.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

bool same_value(const SpanTable& table, ColumnId column, std::uint32_t cell, const AnyValue& value,
                Bytes& scratch) {
  switch (value.kind()) {
    case AnyValue::Kind::kEmpty:
      return true;
    case AnyValue::Kind::kBool:
      return (cell != 0) == value.as_bool();
    case AnyValue::Kind::kInt:
      return table.number(cell) == static_cast<std::uint64_t>(value.as_int());
    case AnyValue::Kind::kDouble:
      return table.number(cell) == std::bit_cast<std::uint64_t>(value.as_double());
    case AnyValue::Kind::kString:
      return table.text(column, cell) == value.as_string();
    case AnyValue::Kind::kBytes:
    case AnyValue::Kind::kArray:
    case AnyValue::Kind::kKeyValueList:
      break;
  }
  scratch.clear();
  encode_value(value, scratch);
  return table.text(column, cell) == as_text(scratch);
}

bool same_class(const SpanTable& table, const SpanRow& row, const Shape& shape,
                const IncomingSpan& incoming) {
  const SpanClass& stored = table.schema.classes[shape.span_class];
  const model::Span& span = incoming.span;
  if (stored.scope != incoming.scope || stored.kind != static_cast<std::int32_t>(span.kind) ||
      stored.status_code != static_cast<std::int32_t>(span.status.code) ||
      stored.flags != span.flags) {
    return false;
  }
  if (stored.name != kNameInColumn) return table.schema.names[stored.name] == span.name;
  return table.text(shape.columns[0], table.cells[row.first_cell]) == span.name;
}

bool same_attributes(const SpanTable& table, const SpanRow& row, const Shape& shape,
                     const model::Span& span, Bytes& scratch) {
  if (shape.rest) return true;  // they are in the extra
  const bool named = table.schema.classes[shape.span_class].name == kNameInColumn;
  const std::span<const ColumnId> columns = shape.columns.subspan(named ? 1 : 0);
  if (columns.size() != span.attributes.size()) return false;
  std::size_t at = row.first_cell + (named ? 1 : 0);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnKey& column = table.schema.columns[columns[i]];
    const model::Attribute& attribute = span.attributes[i];
    if (column.type != column_type(attribute.value.kind()) || column.key != attribute.key ||
        !same_value(table, columns[i], table.cells[at++], attribute.value, scratch)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool same_span(const SpanTable& table, RowIndex index, const IncomingSpan& incoming,
               Bytes& scratch) {
  const SpanRow& row = table.rows[index];
  const model::Span& span = incoming.span;
  if (row.span_id != span.span_id || row.trace_id != span.trace_id ||
      row.parent_span_id != span.parent_span_id || row.start != span.start.unix_nanos ||
      row.duration != span.end.unix_nanos - span.start.unix_nanos ||
      row.resource != incoming.resource) {
    return false;
  }
  const Shape& shape = table.schema.shapes[row.shape];
  if (!same_class(table, row, shape, incoming) ||
      !same_attributes(table, row, shape, span, scratch)) {
    return false;
  }
  scratch.clear();
  encode_extra(span, shape.rest, scratch);
  return as_text(scratch) == (row.extra == 0 ? std::string_view() : table.extras[row.extra - 1]);
}

}  // namespace cairn::storage::columnar
