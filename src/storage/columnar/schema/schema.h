// SPDX-License-Identifier: Apache-2.0
//
// Schema: the vocabulary that rows are written in. A row does not say its name, kind, scope or
// attribute keys; it names a shape, and the shape says all of them.
//
//   shape   = class + the columns of its attributes, in the sender's order
//   class   = scope, name, kind, status code and flags: what spans of one operation share
//   column  = the values of one attribute key and one type
//
// Rows of a class are kept together and each column of a class is encoded on its own: that is where
// the size comes from (most such columns hold one value).
//
// What hostile or unusual senders do is bounded: a span whose name would be one too many keeps its
// name in a column (kNameColumn, SpanClass::name = kNameInColumn); a span with more keys, columns
// or shapes than the limits keeps all its attributes row-wise (Shape::rest, in the row's extra).
// Classes, resources and scopes have no such form: a head that has its fill of them takes no more
// spans.
//
// A head's schema grows while it is read; a segment's is complete. Used by both.
// Thread rule: as StableVector, one writer; readers use indexes they got from published rows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "model/span.h"
#include "storage/columnar/schema/stable_vector.h"

namespace cairn::storage::columnar {

// Positions in the lists of a Schema. They mean something only together with it.
using ColumnId = std::uint32_t;
using ClassId = std::uint32_t;
using ShapeId = std::uint32_t;
using ResourceId = std::uint32_t;
using ScopeId = std::uint32_t;
using NameId = std::uint32_t;

enum class ColumnType : std::uint8_t {
  kEmpty = 0,  // an attribute without a value: the column says only that it is there
  kBool = 1,
  kInt = 2,
  kDouble = 3,
  kString = 4,
  kBytes = 5,  // these three hold the value as encode_value() writes it
  kArray = 6,
  kKeyValueList = 7,
  kName = 8,  // not an attribute: the span's name, where its class has none
};
inline constexpr int kColumnTypes = 9;

// Whether values are texts (or encoded bytes): they have a dictionary or stand as they are.
constexpr bool is_text(ColumnType type) {
  return type >= ColumnType::kString;
}
constexpr ColumnType column_type(model::AnyValue::Kind kind) {
  return static_cast<ColumnType>(kind);
}
static_assert(column_type(model::AnyValue::Kind::kEmpty) == ColumnType::kEmpty);
static_assert(column_type(model::AnyValue::Kind::kString) == ColumnType::kString);
static_assert(column_type(model::AnyValue::Kind::kKeyValueList) == ColumnType::kKeyValueList);

struct ColumnKey {
  std::string_view key;  // empty for kName
  ColumnType type = ColumnType::kEmpty;
  // How many attributes with the same key the span had before this one: 0 almost always. Only 0
  // answers queries ("a key that a record holds twice has its first value").
  std::uint32_t occurrence = 0;

  bool operator==(const ColumnKey&) const = default;
};

inline constexpr NameId kNameInColumn = 0xffff'ffff;

struct SpanClass {
  ScopeId scope = 0;
  NameId name = kNameInColumn;
  std::int32_t kind = 0;         // model::SpanKind, any number
  std::int32_t status_code = 0;  // model::StatusCode, any number
  std::uint32_t flags = 0;

  bool operator==(const SpanClass&) const = default;
};

struct Shape {
  ClassId span_class = 0;
  std::span<const ColumnId> columns;  // in attribute order; a kName column, if any, first
  bool rest = false;                  // all attributes are in the row's extra
};

// How large a vocabulary may grow before its owner looks for another way (a new head, a segment of
// its own) or rows fall back to the forms above.
inline constexpr std::size_t kMaxNames = 1024;
inline constexpr std::size_t kMaxClasses = 4096;
inline constexpr std::size_t kMaxColumns = 2048;
inline constexpr std::size_t kMaxShapes = 32768;
inline constexpr std::size_t kMaxResources = 16384;
inline constexpr std::size_t kMaxScopes = 4096;
inline constexpr std::size_t kMaxShapeColumns = 256;

struct Schema {
  StableVector<ColumnKey> columns;
  StableVector<SpanClass> classes;
  StableVector<Shape> shapes;
  StableVector<std::string_view> names;
  StableVector<model::Resource> resources;
  StableVector<model::InstrumentationScope> scopes;
  Arena arena;  // what the above point into

  void publish();
  std::size_t memory_bytes() const;
};

// How far each list went at some moment.
struct SchemaMark {
  std::size_t columns = 0;
  std::size_t classes = 0;
  std::size_t shapes = 0;
  std::size_t names = 0;
  std::size_t resources = 0;
  std::size_t scopes = 0;

  static SchemaMark of(const Schema& schema);  // the writer's view
};

}  // namespace cairn::storage::columnar
