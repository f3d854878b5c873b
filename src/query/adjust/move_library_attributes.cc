// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "query/adjust/adjust.h"

namespace cairn::query::adjust {
namespace {

using model::Attribute;

constexpr std::array<std::string_view, 5> kLibraryKeys = {
    "telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version",
    "telemetry.distro.name", "telemetry.distro.version"};

bool is_library_attribute(const Attribute& attribute) {
  return std::ranges::find(kLibraryKeys, attribute.key) != kLibraryKeys.end();
}

// Inserts where the key belongs in a sorted list.
std::span<const Attribute> with(Arena& arena, std::span<const Attribute> old,
                                const Attribute& added) {
  const std::span<Attribute> longer = arena.make<Attribute>(old.size() + 1);
  const auto at = std::ranges::upper_bound(old, added.key, {}, &Attribute::key);
  auto out = std::copy(old.begin(), at, longer.begin());
  *out++ = added;
  std::copy(at, old.end(), out);
  return longer;
}

// Whether the resource says what the attribute says, if need be from now on.
bool move_to(Arena& arena, model::Resource& resource, const Attribute& attribute) {
  const Attribute* there = model::find_attribute(resource.attributes, attribute.key);
  if (there != nullptr) return there->value == attribute.value;
  resource.attributes = with(arena, resource.attributes, attribute);
  return true;
}

}  // namespace

void move_library_attributes(Trace& trace) {
  model::Batch& batch = trace.batch;
  for (std::size_t i = 0; i < batch.spans.size(); ++i) {
    model::Span& span = batch.spans[i];
    if (std::ranges::none_of(span.attributes, is_library_attribute)) continue;
    model::Resource& resource = batch.resources[batch.scope_of(span).resource];
    const std::span<Attribute> rest = batch.arena.make<Attribute>(span.attributes.size());
    std::size_t kept = 0;
    for (const Attribute& attribute : span.attributes) {
      const bool library = is_library_attribute(attribute);
      if (library && move_to(batch.arena, resource, attribute)) continue;
      rest[kept++] = attribute;
      if (library) {
        trace.warn(i, fmt::format("{} differs between the span and its resource", attribute.key));
      }
    }
    span.attributes = rest.first(kept);
  }
}

}  // namespace cairn::query::adjust
