// SPDX-License-Identifier: Apache-2.0
//
// FuseFilter: "is this trace perhaps here?" for an immutable set, as a binary fuse filter with
// 16-bit fingerprints: about 18 bits a key (21 for some thousand keys), no false negatives, false
// positives 1 in 65 536. Keys are hashed with a seed that is chosen at build time, so that nobody
// can prepare collisions.
//
//   u64 seed, u32 segment length (a power of two), u32 segment count, u16 fingerprints …
//
// Each key owns one slot in each of three consecutive segments; the xor of the three is its
// fingerprint. There are segment count + 2 segments, or none at all for an empty set.
// A filter may carry a mark with each key, a small number, in place of the low bits of the
// fingerprint: where to look for the key. Each bit of marks doubles the false positives. How many
// there are is not in the bytes; whoever decodes knows it.
// Source: Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters" (2022).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/ids.h"

namespace cairn::storage::columnar {

inline constexpr int kMaxMarkBits = 8;

// A key of the filter and what it carries.
struct MarkedId {
  model::TraceId id;
  std::uint16_t mark = 0;
};

// Thread rule: immutable.
class FuseFilter {
 public:
  FuseFilter() = default;  // the empty set

  // Over distinct ids (equal ones are removed); `seed` is any random number.
  static FuseFilter build(std::span<const model::TraceId> ids, std::uint64_t seed);
  // Marks are below 2^mark_bits. Of equal ids, one mark stays.
  // REQUIRES: 0 <= mark_bits <= kMaxMarkBits.
  static FuseFilter build(std::span<const MarkedId> ids, int mark_bits, std::uint64_t seed);
  // Errors: kCorruption when the fields do not agree with the number of bytes.
  static Result<FuseFilter> decode(ByteView bytes, int mark_bits = 0);
  void encode(Bytes& out) const;

  bool may_contain(const model::TraceId& id) const { return find(id).has_value(); }
  // The mark of an id that is perhaps here: its own if it is.
  std::optional<std::uint32_t> find(const model::TraceId& id) const;
  std::size_t memory_bytes() const;

 private:
  struct Key {
    std::uint64_t hash = 0;
    std::uint16_t mark = 0;
  };

  // Chooses the layout for `keys` keys. Empty: all zero.
  void lay_out(std::size_t keys, std::uint64_t seed);
  // False when this seed does not work out, as it may not, or when a hash comes twice.
  bool place(std::span<const Key> keys);

  std::uint64_t seed_ = 0;
  std::uint32_t segment_length_ = 0;
  std::uint32_t segment_count_ = 0;  // 0: an empty set
  std::uint16_t mark_mask_ = 0;
  std::vector<std::uint16_t> fingerprints_;
};

}  // namespace cairn::storage::columnar
