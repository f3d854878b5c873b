// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/known_spans.h"

#include <unordered_map>

namespace cairn::storage::columnar {
namespace {

// A row of some source.
struct StoredSpan {
  const RowGroup* group = nullptr;
  RowIndex row = 0;
};

// The spans of one trace in other sources, by span id.
class StoredFragments final : public Fragments {
 public:
  // `source` stays alive as long as this.
  void add(std::shared_ptr<const SpanSource> source, std::span<const TracePlace> places) {
    for (const TracePlace& place : places) {
      const RowGroup& group = *source->groups()[place.group];
      std::vector<RowIndex> rows;
      const auto span_ids = group.span_ids();
      if (!span_ids || !group.rows_of_trace(place.trace, rows)) continue;
      for (const RowIndex row : rows) by_id_.emplace((*span_ids)[row], StoredSpan{&group, row});
    }
    sources_.push_back(std::move(source));
  }

  bool empty() const { return by_id_.empty(); }

  bool holds(const model::Batch& batch, const model::Span& span) const override {
    const auto [first, last] = by_id_.equal_range(span.span_id);
    for (auto it = first; it != last; ++it) {
      if (equals(it->second, batch, span)) return true;
    }
    return false;
  }

 private:
  static bool equals(const StoredSpan& stored, const model::Batch& batch, const model::Span& span) {
    model::Batch copy;
    const RowIndex rows[] = {stored.row};
    if (!stored.group->materialize(rows, copy)) return false;
    const model::Span& other = copy.spans.front();
    return model::same_content(other, span) &&
           model::same_content(copy.scope_of(other), batch.scope_of(span)) &&
           model::same_content(copy.resource_of(other), batch.resource_of(span));
  }

  std::unordered_multimap<model::SpanId, StoredSpan> by_id_;
  std::vector<std::shared_ptr<const SpanSource>> sources_;
};

}  // namespace

std::shared_ptr<const Fragments> KnownSpans::find(const model::TraceId& id) {
  std::shared_ptr<StoredFragments> found;
  for (const auto& source : sources_) {
    const auto places = source->find(id);
    if (!places || places->empty()) continue;
    if (!found) found = std::make_shared<StoredFragments>();
    found->add(source, *places);
  }
  if (found && found->empty()) return nullptr;
  return found;
}

}  // namespace cairn::storage::columnar
