// SPDX-License-Identifier: Apache-2.0
//
// VocabularyMerger: one schema out of several. What is equal in content gets one id, whatever its
// ids were before; only what is asked for gets in.
//
//   source schema ──mapping of that source──► merged schema
//
// Names beyond kMaxNames go into the name column, as in a head.
// Thread rule: one thread.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "storage/columnar/compaction/key_numbers.h"
#include "storage/columnar/schema/schema.h"

namespace cairn::storage::columnar {

inline constexpr std::uint32_t kUnmapped = 0xffff'ffff;

// Where the entries of one source's schema went; kUnmapped: nobody asked yet.
struct SchemaMapping {
  explicit SchemaMapping(const Schema& from);

  struct MappedShape {
    ShapeId shape = kUnmapped;
    // The name, which was the class's, is a cell of its own now, before the others.
    bool name_is_cell = false;
  };

  const Schema& source;
  std::vector<ResourceId> resources;
  std::vector<ScopeId> scopes;
  std::vector<NameId> names;
  std::vector<ColumnId> columns;
  std::vector<ClassId> classes;
  std::vector<MappedShape> shapes;
};

class VocabularyMerger {
 public:
  // Appends to `merged`, which is empty and outlives it.
  explicit VocabularyMerger(Schema& merged);

  // REQUIRES of all: an id of the mapping's source.
  ResourceId resource(SchemaMapping& mapping, ResourceId id);
  ColumnId column(SchemaMapping& mapping, ColumnId id);
  SchemaMapping::MappedShape shape(SchemaMapping& mapping, ShapeId id);
  // Where names are that have no class of their own.
  ColumnId name_column() { return column({"", ColumnType::kName, 0}); }

  // Maps everything of `source`: what a merge with it may need at most.
  void add_all(const Schema& source);
  // Whether what was mapped so far is a vocabulary that a segment should have.
  bool fits() const;

 private:
  ScopeId scope(SchemaMapping& mapping, ScopeId id);
  NameId name(SchemaMapping& mapping, NameId id);
  ClassId span_class(SchemaMapping& mapping, ClassId id);
  ColumnId column(const ColumnKey& key);
  std::string_view key_of(std::span<const std::uint32_t> numbers);

  Schema& merged_;
  KeyNumbers resources_;
  KeyNumbers scopes_;
  KeyNumbers names_;
  KeyNumbers columns_;
  KeyNumbers classes_;
  KeyNumbers shapes_;
  Bytes scratch_;
  std::vector<std::uint32_t> shape_key_;
};

}  // namespace cairn::storage::columnar
