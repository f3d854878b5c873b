// SPDX-License-Identifier: Apache-2.0
//
// The records of the memory engine's state: stored batches, and traces as lists of places in them.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "model/batch.h"
#include "model/tenant.h"
#include "storage/api/span_ref.h"

namespace cairn::storage::memory {

struct Tenant;

// One written batch. Lives while a place points at it.
struct StoredBatch {
  std::shared_ptr<const model::Batch> batch;
  std::size_t bytes = 0;   // batch->memory_bytes() when it came
  std::uint32_t live = 0;  // places that point here
};

// Where a span is.
struct Place {
  model::SpanId span_id;  // a copy: duplicates are looked for without touching the batches
  StoredBatch* stored = nullptr;
  std::uint32_t index = 0;

  const model::Span& span() const { return stored->batch->spans[index]; }
  SpanRef ref() const { return {stored->batch.get(), &span()}; }
};

// Finds the spans of a big trace that may equal a new one, without looking at all of them.
// Places with the same fingerprint form a chain, newest first.
struct DuplicateIndex {
  std::unordered_map<std::uint64_t, std::uint32_t> newest;  // fingerprint → place
  std::vector<std::uint32_t> previous;                      // place → place before it in its chain

  void add(std::uint64_t fingerprint, std::uint32_t place);
};

struct Trace {
  model::TraceId id;
  Tenant* tenant = nullptr;
  std::vector<Place> places;                   // in order of arrival
  std::unique_ptr<DuplicateIndex> duplicates;  // once it holds more than kScannedPlaces

  model::Timestamp first_start = model::Timestamp::max();
  model::Timestamp last_start;
  model::Timestamp last_end;

  // Neighbours in order of first arrival, over all tenants.
  Trace* older = nullptr;
  Trace* newer = nullptr;

  // Whether a span equal to `span` of `batch` is here.
  bool holds(const model::Batch& batch, const model::Span& span) const;
  void add(const Place& place, const model::Span& span);
  // Recomputes times and duplicates after places were taken out.
  void rebuild();
};

struct Tenant {
  model::TenantId id;
  std::unordered_map<model::TraceId, Trace> traces;
};

// Up to here a trace's places are searched one by one for duplicates.
inline constexpr std::size_t kScannedPlaces = 64;
// How many spans with one fingerprint a new span is compared with: the newest. A peer that sends
// more different spans of equal id, name and times cannot make writes slow; a duplicate of an older
// one would then be kept twice.
inline constexpr std::size_t kComparedDuplicates = 64;

}  // namespace cairn::storage::memory
