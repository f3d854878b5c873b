// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/aggregate/number_summary.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace cairn::storage::columnar {
namespace {

constexpr int kDroppedBits = 52 - 6;  // of the mantissa

std::uint64_t rank_of(double q, std::uint64_t count) {
  const double rank = std::ceil(q * static_cast<double>(count));
  if (rank >= static_cast<double>(count)) return count;
  return std::max<std::uint64_t>(static_cast<std::uint64_t>(rank), 1);
}

}  // namespace

// IEEE numbers of one sign are ordered as their bits are.
std::int32_t NumberHistogram::step_of(double number) {
  const auto magnitude =
      static_cast<std::int32_t>(std::bit_cast<std::uint64_t>(std::abs(number)) >> kDroppedBits);
  return number < 0 ? -magnitude - 1 : magnitude;
}

double NumberHistogram::middle_of(std::int32_t step) {
  const bool negative = step < 0;
  const auto magnitude = static_cast<std::uint64_t>(negative ? -(step + 1) : step);
  if (magnitude == 0) return 0;
  const std::uint64_t bits = (magnitude << kDroppedBits) | (std::uint64_t{1} << (kDroppedBits - 1));
  const auto middle = std::bit_cast<double>(bits);
  const double finite = std::isnan(middle) ? std::numeric_limits<double>::infinity() : middle;
  return negative ? -finite : finite;
}

void NumberHistogram::add(double number) {
  ++steps_[step_of(number)];
}

double NumberHistogram::at_rank(std::uint64_t rank) const {
  std::vector<std::pair<std::int32_t, std::uint64_t>> steps(steps_.begin(), steps_.end());
  std::ranges::sort(steps);
  for (const auto& [step, times] : steps) {
    if (rank <= times) return middle_of(step);
    rank -= times;
  }
  return steps.empty() ? 0 : middle_of(steps.back().first);
}

void NumberSummary::add(double number, const NumberUse& use, bool exact) {
  least_ = count_ == 0 ? number : std::min(least_, number);
  greatest_ = count_ == 0 ? number : std::max(greatest_, number);
  ++count_;
  sum_ += number;
  if (exact) {
    exact_.push_back(number);
    sorted_ = false;
  } else if (use.quantiles) {
    add_to_histogram(number, use);
  }
}

void NumberSummary::add_to_histogram(double number, const NumberUse& use) {
  if (use.durations) {
    if (!durations_) durations_ = std::make_unique<LatencyHistogram>();
    constexpr std::uint64_t kMost = 0x7fff'ffff'ffff'ffff;
    durations_->add(number >= 0x1p63 ? kMost : static_cast<std::uint64_t>(number));
  } else {
    if (!numbers_) numbers_ = std::make_unique<NumberHistogram>();
    numbers_->add(number);
  }
}

void NumberSummary::merge(const LatencyHistogram& durations) {
  if (durations.count() == 0) return;
  const auto least = static_cast<double>(durations.least());
  const auto greatest = static_cast<double>(durations.greatest());
  least_ = count_ == 0 ? least : std::min(least_, least);
  greatest_ = count_ == 0 ? greatest : std::max(greatest_, greatest);
  count_ += durations.count();
  sum_ += durations.sum();
  if (!durations_) durations_ = std::make_unique<LatencyHistogram>();
  durations_->merge(durations);
}

void NumberSummary::spill(const NumberUse& use) {
  if (use.quantiles) {
    for (const double number : exact_) add_to_histogram(number, use);
  }
  exact_ = {};
}

double NumberSummary::compute(const Aggregation& function, const NumberUse& use) {
  using Function = Aggregation::Function;
  if (count_ == 0) return std::numeric_limits<double>::quiet_NaN();
  if (exact_.size() == count_) return exact(function);
  spill(use);
  switch (function.function) {
    case Function::kSum:
      return sum_;
    case Function::kMin:
      return least_;
    case Function::kMax:
      return greatest_;
    case Function::kAverage:
      return sum_ / static_cast<double>(count_);
    default:
      return std::clamp(quantile(function.quantile), least_, greatest_);
  }
}

double NumberSummary::quantile(double q) const {
  if (durations_) return static_cast<double>(durations_->quantile(q));
  return numbers_ ? numbers_->at_rank(rank_of(q, count_)) : least_;
}

// Summed in order of size, so that a sum does not depend on the order of arrival.
double NumberSummary::exact(const Aggregation& function) {
  using Function = Aggregation::Function;
  if (!sorted_) std::ranges::sort(exact_);
  sorted_ = true;
  switch (function.function) {
    case Function::kSum:
      return std::accumulate(exact_.begin(), exact_.end(), 0.0);
    case Function::kMin:
      return exact_.front();
    case Function::kMax:
      return exact_.back();
    case Function::kAverage:
      return std::accumulate(exact_.begin(), exact_.end(), 0.0) / static_cast<double>(count_);
    default:
      return exact_[rank_of(function.quantile, count_) - 1];
  }
}

std::size_t NumberSummary::memory_bytes() const {
  return sizeof(*this) + exact_.capacity() * sizeof(double) +
         (durations_ ? sizeof(LatencyHistogram) + durations_->memory_bytes() : 0) +
         (numbers_ ? numbers_->memory_bytes() : 0);
}

}  // namespace cairn::storage::columnar
