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
// Source: Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters" (2022).
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/ids.h"

namespace cairn::storage::columnar {

// Thread rule: immutable.
class FuseFilter {
 public:
  FuseFilter() = default;  // the empty set

  // Over distinct ids (equal ones are removed); `seed` is any random number.
  static FuseFilter build(std::span<const model::TraceId> ids, std::uint64_t seed);
  // Errors: kCorruption when the fields do not agree with the number of bytes.
  static Result<FuseFilter> decode(ByteView bytes);
  void encode(Bytes& out) const;

  bool may_contain(const model::TraceId& id) const;
  std::size_t memory_bytes() const;

 private:
  // Chooses the layout for `keys` keys. Empty: all zero.
  void lay_out(std::size_t keys, std::uint64_t seed);
  // False when this seed does not work out, as it may not, or when a hash comes twice.
  bool place(std::span<const std::uint64_t> hashes);

  std::uint64_t seed_ = 0;
  std::uint32_t segment_length_ = 0;
  std::uint32_t segment_count_ = 0;  // 0: an empty set
  std::vector<std::uint16_t> fingerprints_;
};

}  // namespace cairn::storage::columnar
