// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/schema/schema_codec.h"

#include <algorithm>
#include <vector>

#include "model/batch.h"
#include "storage/columnar/encoding/record_codec.h"

namespace cairn::storage::columnar {
namespace {

// Classes, shapes, resources and scopes have no bound but the bytes: a writer passes their limits
// in one batch that brings as many kinds or flags as spans (schema.h).
constexpr std::size_t kMostColumns = 2 * kMaxColumns;
constexpr std::size_t kMostNames = 2 * kMaxNames;
constexpr std::size_t kMostShapeColumns = 2 * kMaxShapeColumns;

constexpr std::size_t kLeastColumn = 3;
constexpr std::size_t kLeastClass = 5;
constexpr std::size_t kLeastShape = 3;
constexpr std::size_t kLeastRecord = 5;

void encode_columns(const Schema& schema, std::size_t from, Bytes& out) {
  put_varint(out, schema.columns.size() - from);
  for (std::size_t i = from; i < schema.columns.size(); ++i) {
    const ColumnKey& column = schema.columns[i];
    put_text(out, column.key);
    out.push_back(static_cast<std::byte>(column.type));
    put_varint(out, column.occurrence);
  }
}

void decode_columns(ByteReader& in, Schema& schema) {
  std::size_t count = in.count(kLeastColumn);
  if (schema.columns.size() + count > kMostColumns) return in.fail();
  for (; count > 0; --count) {
    ColumnKey column;
    column.key = in.text();
    const auto type = in.fixed<std::uint8_t>();
    column.occurrence = static_cast<std::uint32_t>(in.varint_up_to(kMostShapeColumns));
    if (type >= kColumnTypes) in.fail();
    if (in.failed()) return;
    column.type = static_cast<ColumnType>(type);
    column.key = schema.arena.copy(column.key);
    schema.columns.push_back(column);
  }
}

std::uint64_t signed32(std::int32_t value) {
  return zigzag(value);
}

std::int32_t signed32(ByteReader& in) {
  return static_cast<std::int32_t>(unzigzag(in.varint_up_to(UINT32_MAX)));
}

// A name id plus 1, or 0 for kNameInColumn.
void encode_classes(const Schema& schema, std::size_t from, Bytes& out) {
  put_varint(out, schema.classes.size() - from);
  for (std::size_t i = from; i < schema.classes.size(); ++i) {
    const SpanClass& span_class = schema.classes[i];
    put_varint(out, span_class.scope);
    put_varint(out, span_class.name == kNameInColumn ? 0 : std::uint64_t{span_class.name} + 1);
    put_varint(out, signed32(span_class.kind));
    put_varint(out, signed32(span_class.status_code));
    put_varint(out, span_class.flags);
  }
}

void decode_classes(ByteReader& in, Schema& schema) {
  for (std::size_t count = in.count(kLeastClass); count > 0; --count) {
    SpanClass made;
    made.scope = static_cast<ScopeId>(in.varint_up_to(UINT32_MAX));
    const std::uint64_t name = in.varint_up_to(schema.names.size());
    made.name = name == 0 ? kNameInColumn : static_cast<NameId>(name - 1);
    made.kind = signed32(in);
    made.status_code = signed32(in);
    made.flags = static_cast<std::uint32_t>(in.varint_up_to(UINT32_MAX));
    if (made.scope >= schema.scopes.size()) in.fail();
    if (in.failed()) return;
    schema.classes.push_back(made);
  }
}

void encode_shapes(const Schema& schema, std::size_t from, Bytes& out) {
  put_varint(out, schema.shapes.size() - from);
  for (std::size_t i = from; i < schema.shapes.size(); ++i) {
    const Shape& shape = schema.shapes[i];
    put_varint(out, shape.span_class);
    out.push_back(static_cast<std::byte>(shape.rest));
    put_varint(out, shape.columns.size());
    for (const ColumnId column : shape.columns) put_varint(out, column);
  }
}

// A shape has its name column exactly when its class has no name, and then first; a shape of the
// rest has no other.
bool is_sound(const Schema& schema, const Shape& shape) {
  const bool wants_name = schema.classes[shape.span_class].name == kNameInColumn;
  std::size_t names = 0;
  for (const ColumnId column : shape.columns) {
    if (schema.columns[column].type == ColumnType::kName) ++names;
  }
  if (names != (wants_name ? 1u : 0u)) return false;
  if (wants_name && schema.columns[shape.columns[0]].type != ColumnType::kName) return false;
  if (shape.rest && shape.columns.size() != names) return false;
  // A row has one value a column.
  std::vector<ColumnId> sorted(shape.columns.begin(), shape.columns.end());
  std::ranges::sort(sorted);
  return std::ranges::adjacent_find(sorted) == sorted.end();
}

void decode_shapes(ByteReader& in, Schema& schema) {
  std::vector<ColumnId> columns;
  for (std::size_t count = in.count(kLeastShape); count > 0; --count) {
    Shape made;
    made.span_class = static_cast<ClassId>(in.varint_up_to(UINT32_MAX));
    const auto rest = in.fixed<std::uint8_t>();
    columns.clear();
    for (std::size_t left = in.count(); left > 0; --left) {
      columns.push_back(static_cast<ColumnId>(in.varint_up_to(UINT32_MAX)));
      if (columns.back() >= schema.columns.size()) in.fail();
      if (in.failed()) return;
    }
    if (made.span_class >= schema.classes.size() || rest > 1 ||
        columns.size() > kMostShapeColumns) {
      in.fail();
    }
    if (in.failed()) return;
    made.rest = rest == 1;
    made.columns = columns;
    if (!is_sound(schema, made)) return in.fail();
    made.columns = schema.arena.copy(std::span<const ColumnId>(columns));
    schema.shapes.push_back(made);
  }
}

void encode_names(const Schema& schema, std::size_t from, Bytes& out) {
  put_varint(out, schema.names.size() - from);
  for (std::size_t i = from; i < schema.names.size(); ++i) put_text(out, schema.names[i]);
}

void decode_names(ByteReader& in, Schema& schema) {
  std::size_t count = in.count();
  if (schema.names.size() + count > kMostNames) return in.fail();
  for (; count > 0; --count) {
    const std::string_view name = in.text();
    if (in.failed()) return;
    schema.names.push_back(schema.arena.copy(name));
  }
}

void decode_resources(ByteReader& in, Schema& schema) {
  Arena scratch;
  for (std::size_t count = in.count(kLeastRecord); count > 0; --count) {
    scratch.clear();
    const model::Resource resource = decode_resource(in, scratch);
    if (in.failed()) return;
    schema.resources.push_back(model::deep_copy(schema.arena, resource));
  }
}

void decode_scopes(ByteReader& in, Schema& schema) {
  Arena scratch;
  for (std::size_t count = in.count(kLeastRecord); count > 0; --count) {
    scratch.clear();
    const model::InstrumentationScope scope = decode_scope(in, scratch);
    if (in.failed()) return;
    schema.scopes.push_back(model::deep_copy(schema.arena, scope));
  }
}

}  // namespace

void encode_schema(const Schema& schema, const SchemaMark& from, Bytes& out) {
  encode_names(schema, from.names, out);
  put_varint(out, schema.resources.size() - from.resources);
  for (std::size_t i = from.resources; i < schema.resources.size(); ++i) {
    encode_resource(schema.resources[i], out);
  }
  put_varint(out, schema.scopes.size() - from.scopes);
  for (std::size_t i = from.scopes; i < schema.scopes.size(); ++i) {
    encode_scope(schema.scopes[i], out);
  }
  encode_columns(schema, from.columns, out);
  encode_classes(schema, from.classes, out);
  encode_shapes(schema, from.shapes, out);
}

Result<void> decode_schema(ByteReader& in, Schema& schema) {
  decode_names(in, schema);
  decode_resources(in, schema);
  decode_scopes(in, schema);
  decode_columns(in, schema);
  decode_classes(in, schema);
  decode_shapes(in, schema);
  if (in.failed()) return corruption("schema: ends early or names what does not exist");
  return {};
}

}  // namespace cairn::storage::columnar
