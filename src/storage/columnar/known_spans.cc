// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/known_spans.h"

#include <algorithm>

#include <xxhash.h>

#include "base/random_seed.h"
#include "storage/columnar/encoding/record_codec.h"

namespace cairn::storage::columnar {
namespace {

// Spans of one trace that are remembered to be compared with; those beyond are not, and their
// duplicates are kept twice: memory is bounded whatever a trace grows to.
constexpr std::size_t kMostKnownSpans = 1'000'000;

// Materialized at a time, to be hashed.
constexpr std::size_t kSpansAtOnce = 4096;

// Groups whose span ids are remembered, 512 KiB each at most; then all are asked for again.
constexpr std::size_t kMostGroups = 32;

// Everything that makes spans equal or different, as 128 bits under a key that peers do not know:
// equal means equal.
XXH128_hash_t content_hash(const model::Batch& batch, const model::Span& span, Bytes& scratch) {
  static const std::uint64_t kSeed = random_seed();
  scratch.clear();
  put_fixed(scratch, span.parent_span_id);
  put_fixed(scratch, span.start.unix_nanos);
  put_fixed(scratch, span.end.unix_nanos);
  put_fixed(scratch, static_cast<std::int32_t>(span.kind));
  put_fixed(scratch, static_cast<std::int32_t>(span.status.code));
  put_fixed(scratch, span.flags);
  put_text(scratch, span.name);
  encode_scope(batch.scope_of(span), scratch);
  encode_resource(batch.resource_of(span), scratch);
  encode_extra(span, true, scratch);
  return XXH3_128bits_withSeed(scratch.data(), scratch.size(), kSeed);
}

// A row of some source.
struct StoredSpan {
  model::SpanId id;
  std::uint32_t group = 0;  // index into StoredFragments::groups_
  RowIndex row = 0;
  XXH128_hash_t content{};  // once its group's contents are known

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
        spans_.push_back({span_ids[row], static_cast<std::uint32_t>(groups_.size()), row, {}});
      }
      groups_.push_back({group, false});
    }
    sources_.push_back(source);
  }
  // Ends the adding.
  void sort() { std::ranges::sort(spans_, std::less<>()); }

  bool empty() const { return spans_.empty(); }
  std::size_t memory_bytes() const override {
    return sizeof(*this) + spans_.capacity() * sizeof(StoredSpan) +
           groups_.capacity() * sizeof(Group) + sources_.capacity() * sizeof(sources_[0]);
  }

  bool holds(const model::Batch& batch, const model::Span& span) const override {
    const StoredSpan wanted{span.span_id, 0, 0, {}};
    const auto [first, last] = std::equal_range(spans_.begin(), spans_.end(), wanted);
    if (first == last) return false;
    const XXH128_hash_t content = content_hash(batch, span, scratch_);
    return std::any_of(first, last, [&](const StoredSpan& stored) {
      learn_contents(stored.group);
      return XXH128_isEqual(stored.content, content) != 0;
    });
  }

 private:
  struct Group {
    std::shared_ptr<const RowGroup> rows;
    bool contents_known = false;
  };

  // Empty when they cannot be read.
  static std::span<const model::SpanId> ids_of(const RowGroup& group, SpanIdsOfGroups& known_ids) {
    if (known_ids.size() >= kMostGroups && !known_ids.contains(&group)) known_ids.clear();
    const auto [found, is_new] = known_ids.try_emplace(&group);
    if (is_new) found->second = group.span_ids().value_or({});
    return found->second.view;
  }

  // Looks at all of the group's spans at once: one by one, each would cost the whole trace. What
  // cannot be read equals nothing.
  void learn_contents(std::uint32_t group) const {
    if (groups_[group].contents_known) return;
    groups_[group].contents_known = true;
    std::vector<StoredSpan*> here;
    for (StoredSpan& stored : spans_) {
      if (stored.group == group) here.push_back(&stored);
    }
    std::ranges::sort(here, {}, &StoredSpan::row);
    for (std::size_t first = 0; first < here.size(); first += kSpansAtOnce) {
      const auto some = std::span(here).subspan(first, std::min(kSpansAtOnce, here.size() - first));
      std::vector<RowIndex> rows;
      for (const StoredSpan* stored : some) rows.push_back(stored->row);
      model::Batch copies;
      if (!groups_[group].rows->materialize(rows, copies)) return;
      for (std::size_t i = 0; i < some.size() && i < copies.spans.size(); ++i) {
        some[i]->content = content_hash(copies, copies.spans[i], scratch_);
      }
    }
  }

  // Learned when they are first needed, by the one thread that asks.
  mutable std::vector<StoredSpan> spans_;  // by id, once sorted
  mutable std::vector<Group> groups_;
  mutable Bytes scratch_;
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
