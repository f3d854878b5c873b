// SPDX-License-Identifier: Apache-2.0
//
// LatencyHistogram: how often each duration occurred, within 1.6 %: 64 linear steps per power of
// two (exact below 128 ns). Exact count, least and greatest; the sum as exact as a double is, to
// the nanosecond below 104 days. Merging is adding.
//
// Held sparsely, as a sorted array of steps, until a quarter of the steps between the first and
// the last are in use; as a plain array of counts from then on, where adding is an increment.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {

// Thread rule: as a value.
class LatencyHistogram {
 public:
  static constexpr std::uint32_t kBuckets = 3776;  // of 64-bit durations
  // What a step, and an encoded histogram, counts at most; steps that should count more do not.
  static constexpr std::uint64_t kMostTimes = (std::uint64_t{1} << 52) - 1;

  // Nanoseconds, 0 to 2^63 - 1.
  void add(std::uint64_t nanos, std::uint64_t times = 1);
  void merge(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }
  std::uint64_t least() const { return least_; }  // 2^64 - 1 when empty
  std::uint64_t greatest() const { return greatest_; }
  // The smallest duration with at least q * count() at or below it, within 1.6 % and inside
  // [least, greatest]. REQUIRES: count() > 0.
  std::uint64_t quantile(double q) const;

  void encode(Bytes& out) const;
  // Errors: kCorruption, which leaves `in` failed.
  static Result<LatencyHistogram> decode(ByteReader& in);

  // The same as columns, which compress better: one entry in `heads`, the distances between steps
  // in `steps`, how often each occurred in `counts`. All three may be one.
  void encode_columns(Bytes& heads, Bytes& steps, Bytes& counts) const;
  static Result<LatencyHistogram> decode_columns(ByteReader& heads, ByteReader& steps,
                                                 ByteReader& counts);
  std::size_t memory_bytes() const;  // beyond sizeof

  // The step that a duration falls into, and the first and the middle duration of a step.
  static std::uint32_t bucket_of(std::uint64_t nanos);
  static std::uint64_t least_of(std::uint32_t bucket);
  static std::uint64_t middle_of(std::uint32_t bucket);

 private:
  // A step and how often it occurred, in 8 bytes that sort by step.
  class Step {
   public:
    Step(std::uint32_t bucket, std::uint64_t times)
        : bits_((std::uint64_t{bucket} << 52) | (times < kMostTimes ? times : kMostTimes)) {}
    std::uint32_t bucket() const { return static_cast<std::uint32_t>(bits_ >> 52); }
    std::uint64_t times() const { return bits_ & kMostTimes; }

   private:
    std::uint64_t bits_;
  };

  void add_bucket(std::uint32_t bucket, std::uint64_t times);
  void add_step(std::uint32_t bucket, std::uint64_t times);
  void merge_steps(const std::vector<Step>& others);
  void spread_out();
  void cover(std::uint32_t first, std::uint32_t last);
  std::uint64_t middle_sum() const;
  bool is_sound() const;
  template <typename Visit>
  void for_each_step(Visit visit) const;

  std::vector<Step> steps_;            // ascending; empty while counts_ is not
  std::vector<std::uint64_t> counts_;  // of first_ and the steps after it
  std::uint32_t first_ = 0;
  std::uint64_t count_ = 0;
  double sum_ = 0;
  std::uint64_t least_ = ~std::uint64_t{0};
  std::uint64_t greatest_ = 0;
};

}  // namespace cairn::storage::columnar
