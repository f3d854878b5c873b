// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/index/pre_aggregates.h"

#include <bit>
#include <unordered_map>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/check.h"
#include "base/random_seed.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::uint64_t kNanosPerMinute = 60'000'000'000;
constexpr std::size_t kFirstSlots = 256;  // a power of two

// Names are chosen by peers: tables that hold them must not be steerable.
std::uint64_t hash_seed() {
  static const std::uint64_t seed = random_seed();
  return seed;
}

struct HashText {
  std::size_t operator()(std::string_view text) const {
    return XXH3_64bits_withSeed(text.data(), text.size(), hash_seed());
  }
};

// Everything but the service's name, whose hash is the seed of the name's.
std::uint64_t hash_of(const std::string_view* service, std::string_view name,
                      const PreAggregateKey& key) {
  const std::uint64_t seed = service == nullptr ? hash_seed() : HashText()(*service);
  const auto numbers = (std::uint64_t{static_cast<std::uint32_t>(key.kind)} << 32) |
                       static_cast<std::uint32_t>(key.status_code);
  const std::uint64_t text = XXH3_64bits_withSeed(name.data(), name.size(), seed);
  const std::uint64_t mixed = (text ^ numbers) * 0x9e37'79b9'7f4a'7c15 + key.minute;
  return (mixed ^ (mixed >> 32)) * 0xd6e8'feb8'6659'fd93;
}

}  // namespace

// An open-addressed table of cells, by the upper bits of their hash.
struct PreAggregates::Building {
  struct Slot {
    std::uint32_t hash = 0;  // the lower half
    std::uint32_t cell = 0;  // index + 1; 0: free
  };
  std::vector<Slot> slots = std::vector<Slot>(kFirstSlots);
  std::vector<std::uint64_t> hashes;  // of each cell
  std::unordered_map<std::string_view, std::uint32_t, HashText> texts;

  std::size_t first_slot(std::uint64_t hash) const {
    return hash >> (64 - std::countr_zero(slots.size()));
  }
  std::size_t next_slot(std::size_t slot) const { return (slot + 1) & (slots.size() - 1); }

  void insert(std::uint64_t hash, std::size_t cell) {
    std::size_t at = first_slot(hash);
    while (slots[at].cell != 0) at = next_slot(at);
    slots[at] = {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(cell + 1)};
  }
  void add(std::uint64_t hash) {
    hashes.push_back(hash);
    if (2 * hashes.size() <= slots.size()) return insert(hash, hashes.size() - 1);
    slots.assign(2 * slots.size(), Slot());
    for (std::size_t i = 0; i < hashes.size(); ++i) insert(hashes[i], i);
  }
};

void PreAggregates::add(const std::string_view* service, std::string_view name, std::int32_t kind,
                        std::int32_t status_code, std::uint64_t start_nanos,
                        std::uint64_t duration_nanos) {
  const auto found = cell(service, name, kind, status_code, start_nanos / kNanosPerMinute);
  if (found) add_to(*found, duration_nanos);
}

std::optional<std::uint32_t> PreAggregates::cell(const std::string_view* service,
                                                 std::string_view name, std::int32_t kind,
                                                 std::int32_t status_code, std::uint64_t minute) {
  if (!valid_) return std::nullopt;
  PreAggregateKey key;
  key.has_service = service != nullptr;
  key.kind = kind;
  key.status_code = status_code;
  key.minute = minute;
  return cell_for(service, name, key);
}

// The cell of these texts and of the other fields of `key`, which is made when there is none.
// Nothing: too many.
std::optional<std::uint32_t> PreAggregates::cell_for(const std::string_view* service,
                                                     std::string_view name, PreAggregateKey key) {
  if (building_ == nullptr) {
    CAIRN_CHECK(cells_.empty());  // what was decoded is complete
    building_ = std::make_shared<Building>();
    arena_ = std::make_shared<Arena>();
  }
  const std::uint64_t hash = hash_of(service, name, key);
  std::size_t at = building_->first_slot(hash);
  for (; building_->slots[at].cell != 0; at = building_->next_slot(at)) {
    if (building_->slots[at].hash != static_cast<std::uint32_t>(hash)) continue;
    const std::uint32_t index = building_->slots[at].cell - 1;
    if (is_cell(cells_[index], service, name, key)) return index;
  }
  if (cells_.size() == kMaxPreAggregateCells) {
    give_up();
    return std::nullopt;
  }
  if (service != nullptr) key.service = text_index(*service);
  key.name = text_index(name);
  building_->add(hash);
  cells_.push_back(PreAggregateCell{key, {}});
  return static_cast<std::uint32_t>(cells_.size() - 1);
}

bool PreAggregates::is_cell(const PreAggregateCell& cell, const std::string_view* service,
                            std::string_view name, const PreAggregateKey& key) const {
  const PreAggregateKey& own = cell.key;
  return own.minute == key.minute && own.kind == key.kind && own.status_code == key.status_code &&
         own.has_service == key.has_service && texts_[own.name] == name &&
         (service == nullptr || texts_[own.service] == *service);
}

std::uint32_t PreAggregates::text_index(std::string_view text) {
  const auto found = building_->texts.find(text);
  if (found != building_->texts.end()) return found->second;
  const auto index = static_cast<std::uint32_t>(texts_.size());
  texts_.push_back(arena_->copy(text));
  building_->texts.emplace(texts_.back(), index);
  return index;
}

void PreAggregates::give_up() {
  *this = PreAggregates();
  valid_ = false;
}

std::size_t PreAggregates::memory_bytes() const {
  std::size_t bytes = sizeof(*this) + cells_.capacity() * sizeof(PreAggregateCell) +
                      texts_.capacity() * sizeof(std::string_view);
  if (arena_ != nullptr) bytes += arena_->reserved_bytes();
  for (const PreAggregateCell& cell : cells_) bytes += cell.durations.memory_bytes();
  return bytes;
}

}  // namespace cairn::storage::columnar
