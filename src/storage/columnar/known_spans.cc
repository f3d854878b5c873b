// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/known_spans.h"

#include <algorithm>

namespace cairn::storage::columnar {
namespace {

// Spans of one trace that are remembered to be compared with; those beyond are not, and their
// duplicates are kept twice: memory is bounded whatever a trace grows to.
constexpr std::size_t kMostKnownSpans = 4'000'000;

// How many spans with one id a new span is compared with: a peer that sends many different spans of
// equal id cannot make writes slow.
constexpr std::ptrdiff_t kComparedSpans = 64;

// A row of some source.
struct StoredSpan {
  model::SpanId id;
  std::uint32_t group = 0;  // index into StoredFragments::groups_
  RowIndex row = 0;

  bool operator<(const StoredSpan& other) const { return id < other.id; }
};

// The spans of one trace in other sources, by span id.
class StoredFragments final : public Fragments {
 public:
  void add(const std::shared_ptr<const SpanSource>& source, std::span<const TracePlace> places,
           SpanIdsOfGroups& known_ids) {
    for (const TracePlace& place : places) {
      std::vector<RowIndex> rows;
      const auto group = source->groups()[place.group];
      const auto span_ids = ids_of(*group, known_ids);
      if (span_ids.empty() || !group->rows_of_trace(place.trace, rows)) continue;
      rows.resize(std::min(rows.size(), kMostKnownSpans - spans_.size()));
      for (const RowIndex row : rows) {
        spans_.push_back({span_ids[row], static_cast<std::uint32_t>(groups_.size()), row});
      }
      groups_.push_back(group);
    }
    sources_.push_back(source);
  }
  // Ends the adding.
  void sort() { std::ranges::sort(spans_, std::less<>()); }

  bool empty() const { return spans_.empty(); }

  bool holds(const model::Batch& batch, const model::Span& span) const override {
    const StoredSpan wanted{span.span_id, 0, 0};
    auto [first, last] = std::equal_range(spans_.begin(), spans_.end(), wanted);
    last = first + std::min<std::ptrdiff_t>(last - first, kComparedSpans);
    return std::any_of(first, last,
                       [&](const StoredSpan& stored) { return equals(stored, batch, span); });
  }

 private:
  // Empty when they cannot be read.
  static std::span<const model::SpanId> ids_of(const RowGroup& group, SpanIdsOfGroups& known_ids) {
    const auto [found, is_new] = known_ids.try_emplace(&group);
    if (is_new) found->second = group.span_ids().value_or({});
    return found->second.view;
  }

  bool equals(const StoredSpan& stored, const model::Batch& batch, const model::Span& span) const {
    model::Batch copy;
    const RowIndex rows[] = {stored.row};
    if (!groups_[stored.group]->materialize(rows, copy) || copy.spans.empty()) return false;
    const model::Span& other = copy.spans.front();
    return model::same_content(other, span) &&
           model::same_content(copy.scope_of(other), batch.scope_of(span)) &&
           model::same_content(copy.resource_of(other), batch.resource_of(span));
  }

  std::vector<StoredSpan> spans_;  // by id, once sorted
  std::vector<std::shared_ptr<const RowGroup>> groups_;
  std::vector<std::shared_ptr<const SpanSource>> sources_;  // keeps the groups' ground alive
};

}  // namespace

std::shared_ptr<const Fragments> KnownSpans::find(const model::TraceId& id) {
  std::shared_ptr<StoredFragments> found;
  for (const auto& source : sources_) {
    const auto places = source->find(id);
    if (!places || places->empty()) continue;
    if (!found) found = std::make_shared<StoredFragments>();
    found->add(source, *places, span_ids_);
  }
  if (!found || found->empty()) return nullptr;
  found->sort();
  return found;
}

}  // namespace cairn::storage::columnar
