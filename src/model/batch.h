// SPDX-License-Identifier: Apache-2.0
//
// Batch: many spans in one piece of memory. The one shape that every decoder fills, every store
// writes from and reads into, and every encoder renders.
//
//   resources[0]            resources[1]
//     scopes[0] scopes[1]     scopes[2]       a scope names its resource,
//       spans[0..4] spans[5]    spans[6..]    a span names its scope; order is the sender's
//
// The records are flat arrays; what they point at (text, attributes, events, links) lives in
// `arena` or in the `pins`: inputs that are kept alive because views point straight into them.
// Thread rule: built by one thread; once shared as const, read by any.
// Cost: clear() keeps all memory, so a reused Batch allocates nothing per span.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/arena.h"
#include "model/span.h"

namespace cairn::model {

struct Batch {
  std::vector<Resource> resources;
  std::vector<InstrumentationScope> scopes;
  std::vector<Span> spans;
  Arena arena;
  std::vector<std::shared_ptr<const void>> pins;
  std::size_t pinned_bytes = 0;  // what the pins hold

  Batch() = default;
  Batch(Batch&&) = default;
  Batch& operator=(Batch&&) = default;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  const InstrumentationScope& scope_of(const Span& span) const { return scopes[span.scope]; }
  const Resource& resource_of(const Span& span) const {
    return resources[scopes[span.scope].resource];
  }
  std::string_view service_of(const Span& span) const { return resource_of(span).service_name(); }

  bool empty() const { return spans.empty(); }
  // Keeps `bytes` alive as long as this batch: views may point into them.
  void pin(const PinnedBytes& bytes) {
    pins.push_back(bytes.owner);
    pinned_bytes += bytes.size();
  }
  // Memory held by records, arena and pins; the cost of keeping this batch.
  std::size_t memory_bytes() const;
  void clear();
};

// Copies values, with everything they point at, into an arena.
AnyValue deep_copy(Arena& arena, const AnyValue& value);
std::span<const Attribute> deep_copy(Arena& arena, std::span<const Attribute> attributes);
Resource deep_copy(Arena& arena, const Resource& resource);
InstrumentationScope deep_copy(Arena& arena, const InstrumentationScope& scope);
Event deep_copy(Arena& arena, const Event& event);
Link deep_copy(Arena& arena, const Link& link);
Span deep_copy(Arena& arena, const Span& span);

// Appends spans to a Batch, bringing each one's scope and resource along once.
// Ownership: copies everything; the source may go away. The source batch of consecutive calls may
// differ; a scope is recognised again while the source stays the same.
class BatchAppender {
 public:
  explicit BatchAppender(Batch& to) : to_(to) {}
  // `span` belongs to `from`.
  void append(const Batch& from, const Span& span);

 private:
  Batch& to_;
  const Batch* from_ = nullptr;
  std::vector<std::uint32_t> scopes_;     // from_'s scope → to_'s, kAbsent when not yet copied
  std::vector<std::uint32_t> resources_;  // likewise
};

}  // namespace cairn::model
