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
      : mask_(std::bit_ceil(std::max<std::size_t>(8 * ids, 1024)) - 1),
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

std::optional<TraceTable> TracePlaces::table_of(const GroupPlace& place) {
  if (session_.lost(place.source)) return std::nullopt;
  Result<TraceTable> table = session_.group(place).traces();
  if (table) return *std::move(table);
  session_.lose(place.source, table.error());
  return std::nullopt;
}

std::vector<TracePlaces::Suspect> TracePlaces::find_suspects(
    const std::vector<GroupPlace>& groups) {
  std::size_t traces = 0;
  for (const GroupPlace& place : groups) traces += session_.group(place).facts().traces;
  const std::hash<model::TraceId> hash_of;
  Occurrences occurrences(traces);
  std::vector<std::vector<std::size_t>> hashes(groups.size());  // by group and ordinal
  for (std::size_t g = 0; g < groups.size() && !session_.late(); ++g) {
    const std::optional<TraceTable> table = table_of(groups[g]);
    if (!table) continue;
    hashes[g].reserve(table->ids.size());
    for (const model::TraceId& id : table->ids.view) {
      hashes[g].push_back(hash_of(id));
      occurrences.add(hashes[g].back());
    }
  }
  std::vector<Suspect> suspects;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (TraceOrdinal i = 0; i < hashes[g].size(); ++i) {
      if (!occurrences.perhaps_often(hashes[g][i])) continue;
      suspects.push_back({hashes[g][i], {groups[g], i}});
    }
  }
  return suspects;
}

void TracePlaces::read_all() {
  if (read_all_) return;
  read_all_ = true;
  const std::vector<GroupPlace> groups = session_.newest_groups();
  if (groups.size() < 2) return;
  std::vector<Suspect> suspects = find_suspects(groups);
  std::ranges::sort(suspects, {}, &Suspect::hash);
  std::vector<Fragment> shared;
  for (std::size_t i = 0; i < suspects.size(); ++i) {
    const bool before = i > 0 && suspects[i - 1].hash == suspects[i].hash;
    const bool after = i + 1 < suspects.size() && suspects[i + 1].hash == suspects[i].hash;
    if (before || after) shared.push_back(suspects[i].where);
  }
  // In the order of sources and groups, as find() has them. Almost always few, of few groups.
  std::ranges::sort(shared, {}, [](const Fragment& f) { return std::pair(f.place, f.trace); });
  std::optional<TraceTable> table;
  for (std::size_t i = 0; i < shared.size(); ++i) {
    if (i == 0 || shared[i - 1].place != shared[i].place) table = table_of(shared[i].place);
    if (table && shared[i].trace < table->ids.size())
      shared_[table->ids[shared[i].trace]].push_back(shared[i]);
  }
  std::erase_if(shared_, [](const auto& entry) { return entry.second.size() < 2; });
}

}  // namespace cairn::storage::columnar
