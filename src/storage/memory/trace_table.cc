// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/trace_table.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace cairn::storage::memory {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// Within one batch spans of one scope need no look at their resource: it may be large, and a peer
// may send thousands of equal spans.
bool same_span(const Place& place, const model::Batch& batch, const model::Span& span) {
  const model::Batch& theirs = *place.stored->batch;
  const model::Span& there = place.span();
  if (!model::same_content(there, span)) return false;
  if (&theirs == &batch && there.scope == span.scope) return true;
  return model::same_content(theirs.scope_of(there), batch.scope_of(span)) &&
         model::same_content(theirs.resource_of(there), batch.resource_of(span));
}

// Equal for equal spans, different for most others. The ids' hash is seeded: peers cannot aim.
std::uint64_t fingerprint(const model::Span& span) {
  std::uint64_t hash = std::hash<model::SpanId>()(span.span_id);
  const auto mix = [&hash](std::uint64_t more) {
    hash = (hash ^ more) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
  };
  mix(span.start.unix_nanos);
  mix(span.end.unix_nanos);
  mix(std::hash<std::string_view>()(span.name));
  return hash;
}

}  // namespace

void DuplicateIndex::add(std::uint64_t print, std::uint32_t place) {
  const auto [found, is_new] = newest.try_emplace(print, place);
  previous.push_back(is_new ? kNone : found->second);
  found->second = place;
}

bool Trace::holds(const model::Batch& batch, const model::Span& span) const {
  if (!duplicates) {
    return std::ranges::any_of(places, [&](const Place& place) {
      return place.span_id == span.span_id && same_span(place, batch, span);
    });
  }
  const auto newest = duplicates->newest.find(fingerprint(span));
  if (newest == duplicates->newest.end()) return false;
  std::uint32_t place = newest->second;
  for (std::size_t i = 0; i < kComparedDuplicates && place != kNone; ++i) {
    if (same_span(places[place], batch, span)) return true;
    place = duplicates->previous[place];
  }
  return false;
}

void Trace::add(const Place& place, const model::Span& span) {
  places.push_back(place);
  first_start = std::min(first_start, span.start);
  last_start = std::max(last_start, span.start);
  last_end = std::max(last_end, span.end);
  if (duplicates) {
    duplicates->add(fingerprint(span), static_cast<std::uint32_t>(places.size() - 1));
  } else if (places.size() > kScannedPlaces) {
    rebuild();
  }
}

void Trace::rebuild() {
  first_start = model::Timestamp::max();
  last_start = {};
  last_end = {};
  duplicates = places.size() > kScannedPlaces ? std::make_unique<DuplicateIndex>() : nullptr;
  for (std::uint32_t i = 0; i < places.size(); ++i) {
    const model::Span& span = places[i].span();
    first_start = std::min(first_start, span.start);
    last_start = std::max(last_start, span.start);
    last_end = std::max(last_end, span.end);
    if (duplicates) duplicates->add(fingerprint(span), i);
  }
}

}  // namespace cairn::storage::memory
