// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/search/trace_places.h"

#include <algorithm>
#include <bit>

namespace cairn::storage::columnar {
namespace {

// So many questions to sources cost about as much as reading all ids (measured: 15 ns each against
// some milliseconds a million traces).
constexpr std::size_t kProbesBeforeReadingAll = 500'000;

// Which hashes occurred once, and which more often: two bits each.
class Occurrences {
 public:
  explicit Occurrences(std::size_t ids)
      : mask_(std::bit_ceil(std::max<std::size_t>(16 * ids, 1024)) - 1),
        once_((mask_ + 64) / 64),
        often_((mask_ + 64) / 64) {}

  void add(std::size_t hash) {
    const std::size_t word = (hash & mask_) / 64;
    const std::uint64_t bit = std::uint64_t{1} << (hash & 63);
    often_[word] |= once_[word] & bit;
    once_[word] |= bit;
  }
  bool perhaps_often(std::size_t hash) const {
    return (often_[(hash & mask_) / 64] >> (hash & 63) & 1) != 0;
  }

 private:
  std::size_t mask_;
  std::vector<std::uint64_t> once_;
  std::vector<std::uint64_t> often_;
};

}  // namespace

std::vector<Fragment> TracePlaces::find(const model::TraceId& id, const Fragment& known) {
  const std::size_t sources = session_.snapshot().sources.size();
  if (!read_all_ && probes_ >= kProbesBeforeReadingAll) read_all();
  if (!read_all_) {
    probes_ += sources;
    return find(id);
  }
  const auto found = shared_.find(id);
  if (found == shared_.end()) return {known};
  std::vector<Fragment> readable;
  std::ranges::copy_if(found->second, std::back_inserter(readable), [&](const Fragment& fragment) {
    return !session_.lost(fragment.place.source);
  });
  return readable;
}

std::vector<Fragment> TracePlaces::find(const model::TraceId& id) {
  std::vector<Fragment> fragments;
  const auto sources = static_cast<std::uint32_t>(session_.snapshot().sources.size());
  for (std::uint32_t s = 0; s < sources; ++s) {
    if (session_.lost(s)) continue;
    const auto places = session_.source(s).find(id);
    if (!places) {
      session_.lose(s, places.error());
      continue;
    }
    for (const TracePlace& place : *places) fragments.push_back({{s, place.group}, place.trace});
  }
  return fragments;
}

template <typename Visit>
void TracePlaces::visit_ids(const Visit& visit) {
  for (const GroupPlace& place : session_.newest_groups()) {
    if (session_.late()) return;
    if (session_.lost(place.source)) continue;
    const auto traces = session_.group(place).traces();
    if (!traces) {
      session_.lose(place.source, traces.error());
      continue;
    }
    for (TraceOrdinal i = 0; i < traces->ids.size(); ++i) visit({place, i}, traces->ids[i]);
  }
}

void TracePlaces::read_all() {
  if (read_all_) return;
  read_all_ = true;
  const std::vector<GroupPlace> groups = session_.newest_groups();
  if (groups.size() < 2) return;
  std::size_t traces = 0;
  for (const GroupPlace& place : groups) traces += session_.group(place).facts().traces;
  const std::hash<model::TraceId> hash_of;
  Occurrences occurrences(traces);
  visit_ids([&](const Fragment&, const model::TraceId& id) { occurrences.add(hash_of(id)); });
  visit_ids([&](const Fragment& fragment, const model::TraceId& id) {
    if (occurrences.perhaps_often(hash_of(id))) shared_[id].push_back(fragment);
  });
  std::erase_if(shared_, [](const auto& entry) { return entry.second.size() < 2; });
  // As find() has them: in the order of sources and groups.
  for (auto& [id, fragments] : shared_) std::ranges::sort(fragments, {}, &Fragment::place);
}

}  // namespace cairn::storage::columnar
