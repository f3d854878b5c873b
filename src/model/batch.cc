// SPDX-License-Identifier: Apache-2.0
#include "model/batch.h"

#include <limits>

namespace cairn::model {
namespace {

constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();

template <typename T>
std::span<const T> deep_copy_all(Arena& arena, std::span<const T> from) {
  const std::span<T> to = arena.make<T>(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = deep_copy(arena, from[i]);
  return to;
}

}  // namespace

void Batch::clear() {
  resources.clear();
  scopes.clear();
  spans.clear();
  arena.clear();
  pins.clear();
  pinned_bytes = 0;
}

std::size_t Batch::memory_bytes() const {
  return sizeof(Batch) + resources.capacity() * sizeof(Resource) +
         scopes.capacity() * sizeof(InstrumentationScope) + spans.capacity() * sizeof(Span) +
         arena.reserved_bytes() + pinned_bytes;
}

// Recursion: bounded by kMaxValueDepth.
AnyValue deep_copy(Arena& arena, const AnyValue& value) {
  switch (value.kind()) {
    case AnyValue::Kind::kString:
      return AnyValue::string(arena.copy(value.as_string()));
    case AnyValue::Kind::kBytes:
      return AnyValue::bytes(arena.copy(value.as_bytes()));
    case AnyValue::Kind::kArray:
      return AnyValue::array(deep_copy_all(arena, value.as_array()));
    case AnyValue::Kind::kKeyValueList:
      return AnyValue::key_value_list(deep_copy(arena, value.as_key_value_list()));
    default:
      return value;
  }
}

std::span<const Attribute> deep_copy(Arena& arena, std::span<const Attribute> attributes) {
  const std::span<Attribute> copy = arena.make<Attribute>(attributes.size());
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    copy[i] = {arena.copy(attributes[i].key), deep_copy(arena, attributes[i].value)};
  }
  return copy;
}

Resource deep_copy(Arena& arena, const Resource& resource) {
  Resource copy = resource;
  copy.attributes = deep_copy(arena, resource.attributes);
  copy.schema_url = arena.copy(resource.schema_url);
  copy.unknown_fields = arena.copy(resource.unknown_fields);
  copy.group_unknown_fields = arena.copy(resource.group_unknown_fields);
  return copy;
}

InstrumentationScope deep_copy(Arena& arena, const InstrumentationScope& scope) {
  InstrumentationScope copy = scope;
  copy.name = arena.copy(scope.name);
  copy.version = arena.copy(scope.version);
  copy.attributes = deep_copy(arena, scope.attributes);
  copy.schema_url = arena.copy(scope.schema_url);
  copy.unknown_fields = arena.copy(scope.unknown_fields);
  copy.group_unknown_fields = arena.copy(scope.group_unknown_fields);
  return copy;
}

Event deep_copy(Arena& arena, const Event& event) {
  Event copy = event;
  copy.name = arena.copy(event.name);
  copy.attributes = deep_copy(arena, event.attributes);
  copy.unknown_fields = arena.copy(event.unknown_fields);
  return copy;
}

Link deep_copy(Arena& arena, const Link& link) {
  Link copy = link;
  copy.trace_state = arena.copy(link.trace_state);
  copy.attributes = deep_copy(arena, link.attributes);
  copy.unknown_fields = arena.copy(link.unknown_fields);
  return copy;
}

Span deep_copy(Arena& arena, const Span& span) {
  Span copy = span;
  copy.name = arena.copy(span.name);
  copy.trace_state = arena.copy(span.trace_state);
  copy.status.message = arena.copy(span.status.message);
  copy.status.unknown_fields = arena.copy(span.status.unknown_fields);
  copy.attributes = deep_copy(arena, span.attributes);
  copy.events = deep_copy_all(arena, span.events);
  copy.links = deep_copy_all(arena, span.links);
  copy.unknown_fields = arena.copy(span.unknown_fields);
  return copy;
}

void BatchAppender::append(const Batch& from, const Span& span) {
  if (from_ != &from) {
    from_ = &from;
    scopes_.assign(from.scopes.size(), kAbsent);
    resources_.assign(from.resources.size(), kAbsent);
  }
  std::uint32_t& scope = scopes_[span.scope];
  if (scope == kAbsent) {
    std::uint32_t& resource = resources_[from.scope_of(span).resource];
    if (resource == kAbsent) {
      resource = static_cast<std::uint32_t>(to_.resources.size());
      to_.resources.push_back(deep_copy(to_.arena, from.resource_of(span)));
    }
    scope = static_cast<std::uint32_t>(to_.scopes.size());
    to_.scopes.push_back(deep_copy(to_.arena, from.scope_of(span)));
    to_.scopes.back().resource = resource;
  }
  to_.spans.push_back(deep_copy(to_.arena, span));
  to_.spans.back().scope = scope;
}

}  // namespace cairn::model
