// SPDX-License-Identifier: Apache-2.0
//
// Vocabulary: finds, or adds, what spans say again and again: resources, scopes, classes, and the
// sequences of attribute keys that become shapes.
//
//   class ─► root ─(key, type)─► step ─(key, type)─► step …     a step may end a shape
//
// Steps form a tree per class. Each remembers which step came after it last, so that a span like
// the one before is recognised by comparing its keys one by one; and the last value at its place.
// Thread rule: one thread (the head's writer).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/batch.h"
#include "storage/columnar/head/row/hash_index.h"
#include "storage/columnar/schema/schema.h"

namespace cairn::storage::columnar {

using StepId = std::uint32_t;
inline constexpr StepId kNoStep = 0xffff'ffff;
inline constexpr ShapeId kNoShape = 0xffff'ffff;

// Texts longer than this are not looked up and not kept as names or keys.
inline constexpr std::size_t kLongText = 4096;

struct alignas(64) Step {
  std::string_view key;  // in the schema's arena
  ColumnId column = 0;
  StepId parent = kNoStep;
  StepId next = kNoStep;     // what came after it last
  ShapeId shape = kNoShape;  // of the spans that end here
  // The last value here and the cell it got; `last_text` null: none yet. Of numbers `last_size` is
  // the value.
  const char* last_text = nullptr;
  std::uint64_t last_size = 0;
  std::uint32_t last_cell = 0;
  ColumnType type = ColumnType::kEmpty;
};

// The steps of one span, in the order of its cells.
struct StepPath {
  std::array<StepId, kMaxShapeColumns> steps;
  std::size_t size = 0;

  void add(StepId step) { steps[size++] = step; }
  std::span<const StepId> view() const { return {steps.data(), size}; }
};

class Vocabulary {
 public:
  Vocabulary(Schema& schema, std::uint64_t seed) : schema_(schema), seed_(seed) {}

  ResourceId resource(const model::Resource& resource);
  ScopeId scope(const model::InstrumentationScope& scope);
  ClassId span_class(ScopeId scope, const model::Span& span);

  // Finds the steps of a span's cells, its name column first when its class has no name. Returns
  // the shape they end in; of the shapes with `rest` when there is no other.
  ShapeId shape(ClassId span_class, const model::Span& span, StepPath& path);
  // By StepId; valid until the next call of shape().
  std::span<Step> steps() { return steps_; }

  // A list is at 90 % of its limit.
  bool full() const;
  // One more span can be taken. Only for lists that have no other way than to grow; false only when
  // full().
  bool has_room() const {
    return schema_.classes.size() < kMaxClasses && schema_.resources.size() < kMaxResources &&
           schema_.scopes.size() < kMaxScopes;
  }
  // Forgets what it knows and learns the schema, which came from elsewhere.
  void learn();
  std::size_t memory_bytes() const;

 private:
  struct ClassSteps {
    StepId root = kNoStep;
    ShapeId rest = kNoShape;
  };

  NameId name(std::string_view text);
  ClassId find_class(const SpanClass& wanted) const;
  ClassId add_class(const SpanClass& added);
  std::uint64_t class_hash(const SpanClass& span_class, std::string_view name) const;
  StepId root(ClassId span_class);
  StepId child(StepId parent, std::string_view key, ColumnType type);
  StepId add_child(StepId parent, const ColumnKey& key, ColumnId column, std::uint64_t hash);
  std::uint64_t child_hash(StepId parent, std::string_view key, ColumnType type) const;
  std::uint32_t occurrence(StepId parent, std::string_view key) const;
  // kNoColumn when there is no room for one more.
  ColumnId column(const ColumnKey& key);
  std::uint64_t column_hash(const ColumnKey& key) const;
  // kNoShape when there is no room for one more.
  ShapeId add_shape(ClassId span_class, std::span<const StepId> steps, StepId last);
  ShapeId rest_shape(ClassId span_class, StepPath& path);
  void learn_shape(ShapeId id);
  std::uint64_t record_hash(const Bytes& bytes) const;

  Schema& schema_;
  const std::uint64_t seed_;
  HashIndex resources_;
  HashIndex scopes_;
  HashIndex names_;
  HashIndex classes_;
  HashIndex columns_;
  HashIndex children_;
  std::vector<ClassSteps> class_steps_;  // by ClassId
  std::vector<Step> steps_;
  std::vector<ColumnId> scratch_columns_;
  Bytes scratch_;
};

}  // namespace cairn::storage::columnar
