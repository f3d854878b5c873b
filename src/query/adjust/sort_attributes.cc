// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "query/adjust/adjust.h"

namespace cairn::query::adjust {
namespace {

using model::Attribute;

// A sorted copy; the same span when it is sorted already.
template <typename T, typename Before>
std::span<const T> sorted(Arena& arena, std::span<const T> items, Before before) {
  if (std::ranges::is_sorted(items, before)) return items;
  const std::span<T> copy = arena.copy(items);
  std::ranges::stable_sort(copy, before);
  return copy;
}

std::span<const Attribute> by_key(Arena& arena, std::span<const Attribute> attributes) {
  return sorted(arena, attributes,
                [](const Attribute& a, const Attribute& b) { return a.key < b.key; });
}

// A copy of the events or links with sorted attributes; the same span when all are sorted already.
template <typename T>
std::span<const T> with_sorted_attributes(Arena& arena, std::span<const T> items) {
  const auto is_sorted = [](const T& item) {
    return std::ranges::is_sorted(item.attributes, {}, &Attribute::key);
  };
  if (std::ranges::all_of(items, is_sorted)) return items;
  const std::span<T> copy = arena.copy(items);
  for (T& item : copy) item.attributes = by_key(arena, item.attributes);
  return copy;
}

}  // namespace

void sort_attributes(Trace& trace) {
  model::Batch& batch = trace.batch;
  Arena& arena = batch.arena;
  for (model::Resource& resource : batch.resources) {
    resource.attributes = by_key(arena, resource.attributes);
  }
  for (model::InstrumentationScope& scope : batch.scopes) {
    scope.attributes = by_key(arena, scope.attributes);
  }
  for (model::Span& span : batch.spans) {
    span.attributes = by_key(arena, span.attributes);
    span.links = with_sorted_attributes(arena, span.links);
    span.events = with_sorted_attributes(arena, span.events);
    span.events = sorted(arena, span.events, [](const model::Event& a, const model::Event& b) {
      return a.time < b.time;
    });
  }
}

}  // namespace cairn::query::adjust
