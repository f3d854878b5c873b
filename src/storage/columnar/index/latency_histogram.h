// SPDX-License-Identifier: Apache-2.0
//
// LatencyHistogram: how often each duration occurred, within 1.6 %: 64 linear steps per power of
// two, kept sparse. Exact count, sum, least and greatest. Merging is adding.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {

// Thread rule: as a value.
class LatencyHistogram {
 public:
  // Nanoseconds, 0 to 2^63 - 1.
  void add(std::uint64_t nanos, std::uint64_t times = 1);
  void merge(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }
  std::uint64_t least() const { return least_; }
  std::uint64_t greatest() const { return greatest_; }
  // The smallest duration with at least q * count() at or below it, within 1.6 % and inside
  // [least, greatest]. REQUIRES: count() > 0.
  std::uint64_t quantile(double q) const;

  void encode(Bytes& out) const;
  static Result<LatencyHistogram> decode(ByteReader& in);

  // The step that a duration falls into, and the middle of a step.
  static std::uint32_t bucket_of(std::uint64_t nanos);
  static std::uint64_t middle_of(std::uint32_t bucket);

 private:
  std::vector<std::pair<std::uint32_t, std::uint64_t>> buckets_;  // ascending, merged lazily
  std::uint64_t count_ = 0;
  double sum_ = 0;
  std::uint64_t least_ = ~std::uint64_t{0};
  std::uint64_t greatest_ = 0;
};

}  // namespace cairn::storage::columnar
