// SPDX-License-Identifier: Apache-2.0
//
// FuseFilter: "is this trace perhaps here?" for an immutable set, as a binary fuse filter with
// 16-bit fingerprints: about 18 bits a key, no false negatives, false positives 1 in 65 536.
// Keys are hashed with a seed that is chosen at build time, so that nobody can prepare collisions.
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
  // Over distinct ids (equal ones are removed); `seed` is any random number.
  static FuseFilter build(std::span<const model::TraceId> ids, std::uint64_t seed);
  static Result<FuseFilter> decode(ByteView bytes);
  void encode(Bytes& out) const;

  bool may_contain(const model::TraceId& id) const;
  std::size_t memory_bytes() const;

 private:
  std::uint64_t seed_ = 0;
  std::uint32_t segment_length_ = 0;
  std::uint32_t segment_count_ = 0;  // 0: an empty set
  std::vector<std::uint16_t> fingerprints_;
};

}  // namespace cairn::storage::columnar
