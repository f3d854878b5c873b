// SPDX-License-Identifier: Apache-2.0
//
// NumberSummary: the numbers of one group and bucket, as far as aggregate functions need them. Few
// numbers are kept as they are; when a question meets many, quantiles come from histograms.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "storage/api/trace_reader.h"
#include "storage/columnar/index/latency_histogram.h"

namespace cairn::storage::columnar {

// How often numbers of any sign and size occurred, within 0.8 %: 64 linear steps per power of two.
class NumberHistogram {
 public:
  void add(double number);
  // The `rank`-th smallest, counting from 1.
  double at_rank(std::uint64_t rank) const;
  std::size_t memory_bytes() const { return steps_.size() * 32; }

 private:
  static std::int32_t step_of(double number);
  static double middle_of(std::int32_t step);

  std::unordered_map<std::int32_t, std::uint64_t> steps_;
};

// What numbers are kept for.
struct NumberUse {
  bool quantiles = false;
  bool durations = false;  // whole nanoseconds, not negative
};

// Thread rule: one thread.
class NumberSummary {
 public:
  // `exact`: keep the number itself.
  void add(double number, const NumberUse& use, bool exact);
  // Durations counted elsewhere.
  void merge(const LatencyHistogram& durations);
  // Turns the exact numbers into histograms.
  void spill(const NumberUse& use);

  // NaN without numbers. REQUIRES: not kCount.
  double compute(const Aggregation& function, const NumberUse& use);
  std::size_t memory_bytes() const;

 private:
  void add_to_histogram(double number, const NumberUse& use);
  double exact(const Aggregation& function);
  double quantile(double q) const;

  std::uint64_t count_ = 0;
  double sum_ = 0;
  double least_ = 0;
  double greatest_ = 0;
  bool sorted_ = false;
  std::vector<double> exact_;
  std::unique_ptr<LatencyHistogram> durations_;
  std::unique_ptr<NumberHistogram> numbers_;
};

}  // namespace cairn::storage::columnar
