// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/compaction/vocabulary_merger.h"

#include "base/random_seed.h"
#include "model/batch.h"
#include "storage/columnar/encoding/record_codec.h"

namespace cairn::storage::columnar {
namespace {

// Inputs whose vocabularies together pass these are not merged with each other. Twice what heads
// allow themselves: two of them that are full fit, and a segment can always be rewritten.
constexpr std::size_t kMostColumns = 2 * kMaxColumns - 1;  // one is left for the names
constexpr std::size_t kMostClasses = 2 * kMaxClasses;
constexpr std::size_t kMostShapes = 2 * kMaxShapes;
constexpr std::size_t kMostResources = 65'536;

}  // namespace

SchemaMapping::SchemaMapping(const Schema& from)
    : source(from),
      resources(from.resources.size(), kUnmapped),
      scopes(from.scopes.size(), kUnmapped),
      names(from.names.size(), kUnmapped),
      columns(from.columns.size(), kUnmapped),
      classes(from.classes.size(), kUnmapped),
      shapes(from.shapes.size()) {
}

VocabularyMerger::VocabularyMerger(Schema& merged)
    : merged_(merged),
      resources_(random_seed()),
      scopes_(random_seed()),
      names_(random_seed()),
      columns_(random_seed()),
      classes_(random_seed()),
      shapes_(random_seed()) {
}

std::string_view VocabularyMerger::key_of(std::span<const std::uint32_t> numbers) {
  return as_text(std::as_bytes(numbers));
}

ResourceId VocabularyMerger::resource(SchemaMapping& mapping, ResourceId id) {
  ResourceId& mapped = mapping.resources[id];
  if (mapped != kUnmapped) return mapped;
  const model::Resource& resource = mapping.source.resources[id];
  scratch_.clear();
  encode_resource(resource, scratch_);
  const auto [number, is_new] = resources_.number(as_text(scratch_));
  if (is_new) merged_.resources.push_back(model::deep_copy(merged_.arena, resource));
  return mapped = number;
}

ScopeId VocabularyMerger::scope(SchemaMapping& mapping, ScopeId id) {
  ScopeId& mapped = mapping.scopes[id];
  if (mapped != kUnmapped) return mapped;
  scratch_.clear();
  encode_scope(mapping.source.scopes[id], scratch_);
  const auto [number, is_new] = scopes_.number(as_text(scratch_));
  if (is_new) {
    merged_.scopes.push_back(model::deep_copy(merged_.arena, mapping.source.scopes[id]));
    merged_.scopes[number].resource = 0;
  }
  return mapped = number;
}

NameId VocabularyMerger::name(SchemaMapping& mapping, NameId id) {
  if (id == kNameInColumn) return id;
  NameId& mapped = mapping.names[id];
  if (mapped != kUnmapped) return mapped;
  const std::string_view text = mapping.source.names[id];
  if (names_.size() >= kMaxNames && !names_.contains(text)) return kNameInColumn;
  const auto [number, is_new] = names_.number(text);
  if (is_new) merged_.names.push_back(merged_.arena.copy(text));
  return mapped = number;
}

ColumnId VocabularyMerger::column(const ColumnKey& key) {
  scratch_.clear();
  put_fixed(scratch_, static_cast<std::uint32_t>(key.type));
  put_fixed(scratch_, key.occurrence);
  put_raw(scratch_, as_bytes(key.key));
  const auto [number, is_new] = columns_.number(as_text(scratch_));
  if (is_new) merged_.columns.push_back({merged_.arena.copy(key.key), key.type, key.occurrence});
  return number;
}

ColumnId VocabularyMerger::column(SchemaMapping& mapping, ColumnId id) {
  ColumnId& mapped = mapping.columns[id];
  if (mapped == kUnmapped) mapped = column(mapping.source.columns[id]);
  return mapped;
}

ClassId VocabularyMerger::span_class(SchemaMapping& mapping, ClassId id) {
  ClassId& mapped = mapping.classes[id];
  if (mapped != kUnmapped) return mapped;
  SpanClass made = mapping.source.classes[id];
  made.scope = scope(mapping, made.scope);
  made.name = name(mapping, made.name);
  const std::uint32_t key[] = {made.scope, made.name, static_cast<std::uint32_t>(made.kind),
                               static_cast<std::uint32_t>(made.status_code), made.flags};
  const auto [number, is_new] = classes_.number(key_of(key));
  if (is_new) merged_.classes.push_back(made);
  return mapped = number;
}

SchemaMapping::MappedShape VocabularyMerger::shape(SchemaMapping& mapping, ShapeId id) {
  SchemaMapping::MappedShape& mapped = mapping.shapes[id];
  if (mapped.shape != kUnmapped) return mapped;
  const Shape& shape = mapping.source.shapes[id];
  const ClassId span_class_id = span_class(mapping, shape.span_class);
  mapped.name_is_cell = merged_.classes[span_class_id].name == kNameInColumn &&
                        mapping.source.classes[shape.span_class].name != kNameInColumn;
  shape_key_.assign({span_class_id, shape.rest ? 1U : 0U});
  if (mapped.name_is_cell) shape_key_.push_back(name_column());
  for (const ColumnId source : shape.columns) shape_key_.push_back(column(mapping, source));
  const auto [number, is_new] = shapes_.number(key_of(shape_key_));
  if (is_new) {
    const auto columns = std::span<const ColumnId>(shape_key_).subspan(2);
    merged_.shapes.push_back({span_class_id, merged_.arena.copy(columns), shape.rest});
  }
  mapped.shape = number;
  return mapped;
}

void VocabularyMerger::add_all(const Schema& source) {
  SchemaMapping mapping(source);
  for (ResourceId id = 0; id < mapping.resources.size(); ++id) resource(mapping, id);
  for (ShapeId id = 0; id < mapping.shapes.size(); ++id) shape(mapping, id);
}

bool VocabularyMerger::fits() const {
  return merged_.columns.size() <= kMostColumns && merged_.classes.size() <= kMostClasses &&
         merged_.shapes.size() <= kMostShapes && merged_.resources.size() <= kMostResources;
}

}  // namespace cairn::storage::columnar
