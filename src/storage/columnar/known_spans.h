// SPDX-License-Identifier: Apache-2.0
//
// KnownSpans: tells a head which spans of a trace the rest of the store holds already, so that what
// a sender delivers twice is kept once.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "storage/columnar/head/head.h"
#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

// Span ids by row of some groups that were asked for: a group gives them all at once.
using SpanIdsOfGroups = std::unordered_map<const RowGroup*, Pinned<model::SpanId>>;

// Thread rule: one thread. Ownership: shares the sources.
// A source that cannot be read holds nothing as far as this is concerned: a damaged segment must
// not keep new spans out.
class KnownSpans final : public Elsewhere {
 public:
  explicit KnownSpans(std::vector<std::shared_ptr<const SpanSource>> sources)
      : sources_(std::move(sources)) {}

  std::shared_ptr<const Fragments> find(const model::TraceId& id) override;

 private:
  std::vector<std::shared_ptr<const SpanSource>> sources_;
  SpanIdsOfGroups span_ids_;
};

}  // namespace cairn::storage::columnar
