// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/row/vocabulary.h"

#include "storage/columnar/encoding/record_codec.h"
#include "storage/columnar/head/row/hashing.h"

namespace cairn::storage::columnar {
namespace {

constexpr ColumnId kNoColumn = 0xffff'ffff;
constexpr std::size_t kMaxSteps = 1 << 18;

bool is_step_of(const Step& step, const model::Attribute& attribute) {
  return step.type == column_type(attribute.value.kind()) && same_text(step.key, attribute.key);
}

bool nearly(std::size_t size, std::size_t limit) {
  return size >= limit - limit / 10;
}

}  // namespace

ResourceId Vocabulary::resource(const model::Resource& resource) {
  scratch_.clear();
  encode_resource(resource, scratch_);
  const std::uint64_t hash = record_hash(scratch_);
  const std::uint32_t found = resources_.find(
      hash, [&](std::uint32_t id) { return model::same_content(schema_.resources[id], resource); });
  if (found != HashIndex::kNone) return found;
  const auto id = static_cast<ResourceId>(schema_.resources.size());
  schema_.resources.push_back(model::deep_copy(schema_.arena, resource));
  resources_.insert(hash, id);
  return id;
}

ScopeId Vocabulary::scope(const model::InstrumentationScope& scope) {
  scratch_.clear();
  encode_scope(scope, scratch_);
  const std::uint64_t hash = record_hash(scratch_);
  const std::uint32_t found = scopes_.find(
      hash, [&](std::uint32_t id) { return model::same_content(schema_.scopes[id], scope); });
  if (found != HashIndex::kNone) return found;
  const auto id = static_cast<ScopeId>(schema_.scopes.size());
  schema_.scopes.push_back(model::deep_copy(schema_.arena, scope));
  schema_.scopes[id].resource = 0;
  scopes_.insert(hash, id);
  return id;
}

std::uint64_t Vocabulary::record_hash(const Bytes& bytes) const {
  return hash_text(as_text(bytes), seed_);
}

std::uint64_t Vocabulary::class_hash(const SpanClass& span_class, std::string_view name) const {
  const std::uint64_t numbers =
      hash_pair(std::uint64_t{span_class.scope} << 32 | span_class.flags,
                std::uint64_t{static_cast<std::uint32_t>(span_class.kind)} << 32 |
                    static_cast<std::uint32_t>(span_class.status_code),
                seed_);
  return hash_text(name, numbers ^ (span_class.name == kNameInColumn ? 1 : 0));
}

ClassId Vocabulary::span_class(ScopeId scope, const model::Span& span) {
  SpanClass wanted{scope, 0, static_cast<std::int32_t>(span.kind),
                   static_cast<std::int32_t>(span.status.code), span.flags};
  if (span.name.size() <= kLongText) {
    const std::uint64_t hash = class_hash(wanted, span.name);
    const std::uint32_t found = classes_.find(hash, [&](ClassId id) {
      const SpanClass& candidate = schema_.classes[id];
      wanted.name = candidate.name;
      return candidate.name != kNameInColumn && candidate == wanted &&
             same_text(schema_.names[candidate.name], span.name);
    });
    if (found != HashIndex::kNone) return found;
    wanted.name = schema_.classes.size() < kMaxClasses ? name(span.name) : kNameInColumn;
    if (wanted.name != kNameInColumn) return add_class(wanted);
  }
  wanted.name = kNameInColumn;
  const ClassId found = find_class(wanted);
  return found != HashIndex::kNone ? found : add_class(wanted);
}

// A class without a name.
ClassId Vocabulary::find_class(const SpanClass& wanted) const {
  return classes_.find(class_hash(wanted, {}),
                       [&](ClassId id) { return schema_.classes[id] == wanted; });
}

ClassId Vocabulary::add_class(const SpanClass& added) {
  const auto id = static_cast<ClassId>(schema_.classes.size());
  schema_.classes.push_back(added);
  const std::string_view text = added.name == kNameInColumn ? "" : schema_.names[added.name];
  classes_.insert(class_hash(added, text), id);
  return id;
}

NameId Vocabulary::name(std::string_view text) {
  const std::uint64_t hash = hash_text(text, seed_);
  const std::uint32_t found =
      names_.find(hash, [&](NameId id) { return schema_.names[id] == text; });
  if (found != HashIndex::kNone) return found;
  if (schema_.names.size() >= kMaxNames) return kNameInColumn;
  const auto id = static_cast<NameId>(schema_.names.size());
  schema_.names.push_back(schema_.arena.copy(text));
  names_.insert(hash, id);
  return id;
}

ShapeId Vocabulary::shape(ClassId span_class, const model::Span& span, StepPath& path) {
  path.size = 0;
  StepId at = root(span_class);
  if (schema_.classes[span_class].name == kNameInColumn) {
    at = child(at, {}, ColumnType::kName);
    path.add(at);
  }
  if (span.attributes.size() + path.size > kMaxShapeColumns) return rest_shape(span_class, path);
  StepId* out = &path.steps[path.size];
  for (const model::Attribute& attribute : span.attributes) {
    StepId next = steps_[at].next;
    if (next == kNoStep || !is_step_of(steps_[next], attribute)) {
      next = child(at, attribute.key, column_type(attribute.value.kind()));
      if (next == kNoStep) return rest_shape(span_class, path);
      steps_[at].next = next;
    }
    *out++ = at = next;
  }
  path.size += span.attributes.size();
  if (steps_[at].shape != kNoShape) return steps_[at].shape;
  const ShapeId made = add_shape(span_class, path.view(), at);
  return made != kNoShape ? made : rest_shape(span_class, path);
}

StepId Vocabulary::root(ClassId span_class) {
  if (span_class >= class_steps_.size()) class_steps_.resize(schema_.classes.size());
  StepId& root = class_steps_[span_class].root;
  if (root == kNoStep) {
    root = static_cast<StepId>(steps_.size());
    steps_.emplace_back();
  }
  return root;
}

std::uint64_t Vocabulary::child_hash(StepId parent, std::string_view key, ColumnType type) const {
  return hash_text(key, seed_ + (std::uint64_t{parent} << 8) + static_cast<std::uint64_t>(type));
}

// kNoStep when it does not exist and there is no room for it.
StepId Vocabulary::child(StepId parent, std::string_view key, ColumnType type) {
  if (key.size() > kLongText) return kNoStep;
  const std::uint64_t hash = child_hash(parent, key, type);
  const std::uint32_t found = children_.find(hash, [&](StepId id) {
    const Step& step = steps_[id];
    return step.parent == parent && step.type == type && same_text(step.key, key);
  });
  if (found != HashIndex::kNone) return found;
  const bool is_name = type == ColumnType::kName;
  if (!is_name && steps_.size() >= kMaxSteps) return kNoStep;
  const ColumnKey wanted{key, type, is_name ? 0 : occurrence(parent, key)};
  const ColumnId id = column(wanted);
  if (id == kNoColumn) return kNoStep;
  return add_child(parent, schema_.columns[id], id, hash);
}

StepId Vocabulary::add_child(StepId parent, const ColumnKey& key, ColumnId column,
                             std::uint64_t hash) {
  const auto id = static_cast<StepId>(steps_.size());
  Step step;
  step.key = key.key;
  step.type = key.type;
  step.column = column;
  step.parent = parent;
  steps_.push_back(step);
  children_.insert(hash, id);
  return id;
}

std::uint32_t Vocabulary::occurrence(StepId parent, std::string_view key) const {
  std::uint32_t before = 0;
  for (StepId id = parent; steps_[id].parent != kNoStep; id = steps_[id].parent) {
    if (steps_[id].type != ColumnType::kName && steps_[id].key == key) ++before;
  }
  return before;
}

std::uint64_t Vocabulary::column_hash(const ColumnKey& key) const {
  return hash_text(
      key.key, seed_ + (std::uint64_t{key.occurrence} << 8) + static_cast<std::uint64_t>(key.type));
}

ColumnId Vocabulary::column(const ColumnKey& key) {
  const std::uint64_t hash = column_hash(key);
  const std::uint32_t found =
      columns_.find(hash, [&](ColumnId id) { return schema_.columns[id] == key; });
  if (found != HashIndex::kNone) return found;
  // A name has no other place than its column, and there is only one: always room for it.
  if (key.type != ColumnType::kName && schema_.columns.size() >= kMaxColumns - 1) return kNoColumn;
  const auto id = static_cast<ColumnId>(schema_.columns.size());
  schema_.columns.push_back({schema_.arena.copy(key.key), key.type, key.occurrence});
  columns_.insert(hash, id);
  return id;
}

ShapeId Vocabulary::add_shape(ClassId span_class, std::span<const StepId> steps, StepId last) {
  if (schema_.shapes.size() >= kMaxShapes) return kNoShape;
  scratch_columns_.clear();
  for (const StepId id : steps) scratch_columns_.push_back(steps_[id].column);
  const auto id = static_cast<ShapeId>(schema_.shapes.size());
  const auto columns = schema_.arena.copy(std::span<const ColumnId>(scratch_columns_));
  schema_.shapes.push_back({span_class, columns, false});
  steps_[last].shape = id;
  return id;
}

// Keeps of `path` the name, if that is in a column.
ShapeId Vocabulary::rest_shape(ClassId span_class, StepPath& path) {
  path.size = schema_.classes[span_class].name == kNameInColumn ? 1 : 0;
  ShapeId& rest = class_steps_[span_class].rest;
  if (rest != kNoShape) return rest;
  scratch_columns_.clear();
  for (const StepId id : path.view()) scratch_columns_.push_back(steps_[id].column);
  rest = static_cast<ShapeId>(schema_.shapes.size());
  const auto columns = schema_.arena.copy(std::span<const ColumnId>(scratch_columns_));
  schema_.shapes.push_back({span_class, columns, true});
  return rest;
}

bool Vocabulary::full() const {
  return nearly(schema_.names.size(), kMaxNames) || nearly(schema_.classes.size(), kMaxClasses) ||
         nearly(schema_.columns.size(), kMaxColumns) || nearly(schema_.shapes.size(), kMaxShapes) ||
         nearly(schema_.resources.size(), kMaxResources) ||
         nearly(schema_.scopes.size(), kMaxScopes);
}

void Vocabulary::learn() {
  for (HashIndex* index : {&resources_, &scopes_, &names_, &classes_, &columns_, &children_}) {
    index->clear();
  }
  class_steps_.clear();
  steps_.clear();
  const auto resources = static_cast<ResourceId>(schema_.resources.size());
  for (ResourceId id = 0; id < resources; ++id) {
    scratch_.clear();
    encode_resource(schema_.resources[id], scratch_);
    resources_.insert(record_hash(scratch_), id);
  }
  for (ScopeId id = 0; id < schema_.scopes.size(); ++id) {
    scratch_.clear();
    encode_scope(schema_.scopes[id], scratch_);
    scopes_.insert(record_hash(scratch_), id);
  }
  for (NameId id = 0; id < schema_.names.size(); ++id) {
    names_.insert(hash_text(schema_.names[id], seed_), id);
  }
  for (ClassId id = 0; id < schema_.classes.size(); ++id) {
    const SpanClass& known = schema_.classes[id];
    const std::string_view text = known.name == kNameInColumn ? "" : schema_.names[known.name];
    classes_.insert(class_hash(known, text), id);
  }
  for (ColumnId id = 0; id < schema_.columns.size(); ++id) {
    columns_.insert(column_hash(schema_.columns[id]), id);
  }
  for (ShapeId id = 0; id < schema_.shapes.size(); ++id) learn_shape(id);
}

// A shape whose columns are not what its keys lead to (no writer makes such) stays unused.
void Vocabulary::learn_shape(ShapeId id) {
  const Shape& shape = schema_.shapes[id];
  StepId at = root(shape.span_class);
  if (shape.rest) {
    class_steps_[shape.span_class].rest = id;
    return;
  }
  for (const ColumnId column : shape.columns) {
    const ColumnKey& key = schema_.columns[column];
    at = child(at, key.key, key.type);
    if (at == kNoStep || steps_[at].column != column) return;
  }
  steps_[at].shape = id;
}

std::size_t Vocabulary::memory_bytes() const {
  return resources_.memory_bytes() + scopes_.memory_bytes() + names_.memory_bytes() +
         classes_.memory_bytes() + columns_.memory_bytes() + children_.memory_bytes() +
         class_steps_.capacity() * sizeof(ClassSteps) + steps_.capacity() * sizeof(Step);
}

}  // namespace cairn::storage::columnar
