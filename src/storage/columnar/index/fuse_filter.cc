// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/index/fuse_filter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/check.h"
#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kHeaderBytes = 16;
constexpr std::uint32_t kLongestSegment = 1U << 18;  // 512 KiB: three of them stay in a cache
// A seed fails seldom, and independently of the others: so many failures are a bug.
constexpr int kMostAttempts = 1000;

std::uint64_t hash_of(const model::TraceId& id, std::uint64_t seed) {
  return XXH3_64bits_withSeed(id.bytes.data(), id.bytes.size(), seed);
}

std::uint16_t fingerprint_of(std::uint64_t hash) {
  return static_cast<std::uint16_t>(hash ^ (hash >> 32));
}

// The upper half of the product: `hash` scaled to [0, limit).
std::uint32_t scale(std::uint64_t hash, std::uint64_t limit) {
  const std::uint64_t low = (hash & 0xffff'ffff) * limit;
  return static_cast<std::uint32_t>(((hash >> 32) * limit + (low >> 32)) >> 32);
}

// Where a key's fingerprint is spread to.
struct Slots {
  std::uint32_t segment_length;
  std::uint64_t first_slots;  // segment_count * segment_length: where a first slot may be

  std::array<std::uint32_t, 3> of(std::uint64_t hash) const {
    const std::uint32_t mask = segment_length - 1;
    const std::uint32_t first = scale(hash, first_slots);
    const std::uint32_t second = first + segment_length;
    const std::uint32_t third = second + segment_length;
    return {first, second ^ (static_cast<std::uint32_t>(hash >> 18) & mask),
            third ^ (static_cast<std::uint32_t>(hash) & mask)};
  }
};

// The next number of Weyl's sequence; XXH3 mixes it.
std::uint64_t next_seed(std::uint64_t seed) {
  return seed + 0x9e37'79b9'7f4a'7c15;
}

// `keys` in the order of their segments: what is filled after each other lies side by side.
template <typename Key>
std::vector<Key> in_segment_order(std::span<const Key> keys, std::uint32_t segments) {
  const auto bits = static_cast<int>(std::bit_width(segments));
  const int shift = 64 - bits;
  std::vector<std::uint32_t> ends((std::size_t{1} << bits) + 1, 0);
  for (const Key& key : keys) ++ends[(key.hash >> shift) + 1];
  for (std::size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  std::vector<Key> ordered(keys.size());
  for (const Key& key : keys) ordered[ends[key.hash >> shift]++] = key;
  return ordered;
}

// What is known of a slot while keys are taken away from it. With one key left, `hashes` is that
// key's hash, `marks` its mark, and `turns` says which of its three slots this is.
struct Slot {
  std::uint64_t hashes = 0;  // xor of all
  std::uint32_t count = 0;
  std::uint16_t turns = 0;  // xor of 0, 1, 2
  std::uint16_t marks = 0;  // xor of all
};

struct Taken {
  std::uint64_t hash;
  std::uint16_t turn;  // the slot that no key taken later touches
  std::uint16_t mark;
};

// Takes away one key after another that is alone in a slot. Fewer than there are keys: a knot.
std::vector<Taken> peel(std::vector<Slot>& slots, const Slots& where, std::size_t keys) {
  std::vector<Taken> order;
  order.reserve(keys);
  std::vector<std::uint32_t> alone;
  alone.reserve(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].count == 1) alone.push_back(static_cast<std::uint32_t>(i));
  }
  while (!alone.empty()) {
    const Slot found = slots[alone.back()];
    alone.pop_back();
    if (found.count != 1) continue;
    order.push_back({found.hashes, found.turns, found.marks});
    const std::array<std::uint32_t, 3> at = where.of(found.hashes);
    for (std::uint16_t turn = 0; turn < 3; ++turn) {
      Slot& slot = slots[at[turn]];
      slot.hashes ^= found.hashes;
      slot.marks ^= found.marks;
      slot.turns ^= turn;
      if (--slot.count == 1) alone.push_back(at[turn]);
    }
  }
  return order;
}

}  // namespace

// Space follows the paper, section 4, for three slots a key. Its segments (2.25 in the exponent)
// are too long for some sizes: at 4 369 keys, a group's usual number, three seeds of four fail.
// Half a step less fails for at most 1 seed of 13 at any size from 50 to 50 000.
void FuseFilter::lay_out(std::size_t keys, std::uint64_t seed) {
  CAIRN_CHECK(keys < (std::size_t{1} << 30));
  *this = FuseFilter();
  seed_ = seed;
  if (keys == 0) return;
  const double many = static_cast<double>(std::max<std::size_t>(keys, 2));
  const int exponent = static_cast<int>(std::floor(std::log(many) / std::log(3.33) + 1.75));
  segment_length_ = std::min(std::uint32_t{1} << exponent, kLongestSegment);
  const double factor = std::max(1.125, 0.875 + 0.25 * std::log(1e6) / std::log(many));
  const auto slots = static_cast<std::uint64_t>(std::llround(many * factor));
  const std::uint64_t segments = (slots + segment_length_ - 1) / segment_length_;
  segment_count_ = static_cast<std::uint32_t>(segments > 3 ? segments - 2 : 1);
  fingerprints_.resize((std::size_t{segment_count_} + 2) * segment_length_);
}

bool FuseFilter::place(std::span<const Key> keys) {
  const Slots where{segment_length_, std::uint64_t{segment_count_} * segment_length_};
  std::vector<Slot> slots(fingerprints_.size());
  for (const Key& key : in_segment_order(keys, segment_count_)) {
    const std::array<std::uint32_t, 3> at = where.of(key.hash);
    for (std::uint16_t turn = 0; turn < 3; ++turn) {
      Slot& slot = slots[at[turn]];
      slot.hashes ^= key.hash;
      slot.marks ^= key.mark;
      slot.turns ^= turn;
      ++slot.count;
    }
  }
  const std::vector<Taken> order = peel(slots, where, keys.size());
  if (order.size() != keys.size()) return false;
  for (auto taken = order.rbegin(); taken != order.rend(); ++taken) {
    const std::array<std::uint32_t, 3> at = where.of(taken->hash);
    std::uint16_t& own = fingerprints_[at[taken->turn]];
    own = 0;
    const int others = fingerprints_[at[0]] ^ fingerprints_[at[1]] ^ fingerprints_[at[2]];
    const int wanted = (fingerprint_of(taken->hash) & ~mark_mask_) | taken->mark;
    own = static_cast<std::uint16_t>(wanted ^ others);
  }
  return true;
}

FuseFilter FuseFilter::build(std::span<const model::TraceId> ids, std::uint64_t seed) {
  std::vector<MarkedId> marked(ids.size());
  std::ranges::transform(ids, marked.begin(),
                         [](const model::TraceId& id) { return MarkedId{id, 0}; });
  return build(marked, 0, seed);
}

FuseFilter FuseFilter::build(std::span<const MarkedId> ids, int mark_bits, std::uint64_t seed) {
  CAIRN_CHECK(mark_bits >= 0 && mark_bits <= kMaxMarkBits);
  const auto mask = static_cast<std::uint16_t>((1 << mark_bits) - 1);
  FuseFilter filter;
  std::vector<Key> keys(ids.size());
  for (int attempt = 0; attempt < kMostAttempts; ++attempt, seed = next_seed(seed)) {
    keys.resize(ids.size());
    std::ranges::transform(ids, keys.begin(), [&](const MarkedId& marked) {
      return Key{hash_of(marked.id, seed), static_cast<std::uint16_t>(marked.mark & mask)};
    });
    // The first attempt trusts that ids are distinct: equal ones make it fail.
    if (attempt > 0) {
      std::ranges::sort(keys, {}, &Key::hash);
      const auto same = [](const Key& a, const Key& b) { return a.hash == b.hash; };
      keys.erase(std::unique(keys.begin(), keys.end(), same), keys.end());
    }
    filter.lay_out(keys.size(), seed);
    filter.mark_mask_ = mask;
    if (keys.empty() || filter.place(keys)) return filter;
  }
  CAIRN_CHECK(false);
  return filter;
}

std::optional<std::uint32_t> FuseFilter::find(const model::TraceId& id) const {
  if (segment_count_ == 0) return std::nullopt;
  const std::uint64_t hash = hash_of(id, seed_);
  const Slots where{segment_length_, std::uint64_t{segment_count_} * segment_length_};
  const std::array<std::uint32_t, 3> at = where.of(hash);
  const int found = fingerprints_[at[0]] ^ fingerprints_[at[1]] ^ fingerprints_[at[2]];
  if (((found ^ fingerprint_of(hash)) & ~mark_mask_) != 0) return std::nullopt;
  return static_cast<std::uint32_t>(found & mark_mask_);
}

std::size_t FuseFilter::memory_bytes() const {
  return sizeof(*this) + fingerprints_.capacity() * sizeof(std::uint16_t);
}

void FuseFilter::encode(Bytes& out) const {
  put_fixed(out, seed_);
  put_fixed(out, segment_length_);
  put_fixed(out, segment_count_);
  put_raw(out, std::as_bytes(std::span(fingerprints_)));
}

Result<FuseFilter> FuseFilter::decode(ByteView bytes, int mark_bits) {
  CAIRN_CHECK(mark_bits >= 0 && mark_bits <= kMaxMarkBits);
  ByteReader in(bytes);
  FuseFilter filter;
  filter.mark_mask_ = static_cast<std::uint16_t>((1 << mark_bits) - 1);
  filter.seed_ = in.fixed<std::uint64_t>();
  filter.segment_length_ = in.fixed<std::uint32_t>();
  filter.segment_count_ = in.fixed<std::uint32_t>();
  if (in.failed()) return corruption("trace filter: ends early");
  if (filter.segment_count_ == 0) {
    if (filter.segment_length_ != 0) return corruption("trace filter: segments without a count");
    RETURN_IF_ERROR(in.finish("trace filter"));
    return filter;
  }
  if (!std::has_single_bit(filter.segment_length_) || filter.segment_length_ > kLongestSegment) {
    return corruption("trace filter: the segment length is not one that is written");
  }
  const std::uint64_t slots = (std::uint64_t{filter.segment_count_} + 2) * filter.segment_length_;
  if (in.remaining() != slots * sizeof(std::uint16_t) || slots > ~std::uint32_t{0}) {
    return corruption("trace filter: the fingerprints do not fill the bytes");
  }
  filter.fingerprints_.resize(slots);
  std::memcpy(filter.fingerprints_.data(), in.raw(in.remaining()).data(),
              bytes.size() - kHeaderBytes);
  return filter;
}

}  // namespace cairn::storage::columnar
