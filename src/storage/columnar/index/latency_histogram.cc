// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/index/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.h"

namespace cairn::storage::columnar {
namespace {

constexpr int kStepBits = 6;                 // 64 steps per power of two
constexpr std::size_t kFewSteps = 16;        // not worth an array of counts
constexpr std::uint32_t kAlignment = 64;     // an array of counts grows by so many
constexpr std::uint32_t kSparseness = 4;     // at most so many counts for a step in use
constexpr double kExactSums = 9.007'199e15;  // just below 2^53: whole numbers up to here are exact

// A sum as its distance from `estimate`, an even number; or 1 and the double itself.
void put_sum(double sum, std::uint64_t estimate, Bytes& out) {
  if (sum <= kExactSums) {
    const std::uint64_t distance = static_cast<std::uint64_t>(sum) - estimate;
    const std::uint64_t coded = zigzag(static_cast<std::int64_t>(distance));
    if (coded >> 63 == 0) return put_varint(out, coded << 1);
  }
  put_varint(out, 1);
  put_fixed(out, sum);
}

// Any double for bytes that put_sum() did not write.
double take_sum(std::uint64_t estimate, ByteReader& in) {
  const std::uint64_t coded = in.varint();
  if (coded == 1) return in.fixed<double>();
  return static_cast<double>(estimate + static_cast<std::uint64_t>(unzigzag(coded >> 1)));
}

}  // namespace

std::uint32_t LatencyHistogram::bucket_of(std::uint64_t nanos) {
  const auto shift = static_cast<std::uint32_t>(std::bit_width(nanos >> (kStepBits + 1)));
  return (shift << kStepBits) + static_cast<std::uint32_t>(nanos >> shift);
}

std::uint64_t LatencyHistogram::least_of(std::uint32_t bucket) {
  const std::uint32_t shift = std::max(bucket >> kStepBits, 1U) - 1;
  return std::uint64_t{bucket - (shift << kStepBits)} << shift;
}

std::uint64_t LatencyHistogram::middle_of(std::uint32_t bucket) {
  const std::uint32_t shift = std::max(bucket >> kStepBits, 1U) - 1;
  return least_of(bucket) + ((std::uint64_t{1} << shift) >> 1);
}

// Calls visit(bucket, times), ascending, until it returns false.
template <typename Visit>
void LatencyHistogram::for_each_step(Visit visit) const {
  for (const Step& step : steps_) {
    if (!visit(step.bucket(), step.times())) return;
  }
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0 && !visit(first_ + static_cast<std::uint32_t>(i), counts_[i])) return;
  }
}

void LatencyHistogram::add(std::uint64_t nanos, std::uint64_t times) {
  if (times == 0) return;
  count_ += times;
  sum_ += static_cast<double>(nanos) * static_cast<double>(times);
  least_ = std::min(least_, nanos);
  greatest_ = std::max(greatest_, nanos);
  add_bucket(bucket_of(nanos), times);
}

void LatencyHistogram::add_bucket(std::uint32_t bucket, std::uint64_t times) {
  if (counts_.empty()) return add_step(bucket, times);
  if (bucket - first_ >= counts_.size()) cover(bucket, bucket);
  counts_[bucket - first_] += times;
}

void LatencyHistogram::add_step(std::uint32_t bucket, std::uint64_t times) {
  // Binary search without branches, since none of them could be predicted.
  const Step* at = steps_.data();
  for (std::size_t left = steps_.size(); left > 0;) {
    const std::size_t half = (left + 1) / 2;
    at += at[half - 1].bucket() < bucket ? half : 0;
    left -= half;
  }
  const auto index = static_cast<std::size_t>(at - steps_.data());
  if (index < steps_.size() && steps_[index].bucket() == bucket) {
    steps_[index] = Step(bucket, steps_[index].times() + times);
    return;
  }
  steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(index), Step(bucket, times));
  spread_out();
}

// Turns to an array of counts when that is not much larger.
void LatencyHistogram::spread_out() {
  if (steps_.size() < kFewSteps) return;
  const std::uint32_t span = steps_.back().bucket() - steps_.front().bucket();
  if (steps_.size() * kSparseness < span) return;
  std::vector<Step> steps;
  steps.swap(steps_);
  cover(steps.front().bucket(), steps.back().bucket());
  for (const Step& step : steps) counts_[step.bucket() - first_] += step.times();
}

// Grows the array of counts so that it holds steps `first` to `last` too.
void LatencyHistogram::cover(std::uint32_t first, std::uint32_t last) {
  std::uint32_t end = last + 1;
  if (counts_.empty()) {
    first_ = first;
  } else {
    const std::uint32_t own_end = first_ + static_cast<std::uint32_t>(counts_.size());
    if (first >= first_ && end <= own_end) return;
    first = std::min(first, first_);
    end = std::max(end, own_end);
  }
  first -= first % kAlignment;
  end += (kAlignment - end % kAlignment) % kAlignment;
  std::vector<std::uint64_t> wider(end - first, 0);
  std::ranges::copy(counts_, wider.begin() + (first_ - first));
  counts_.swap(wider);
  first_ = first;
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  if (other.count_ == 0) return;
  count_ += other.count_;
  sum_ += other.sum_;
  least_ = std::min(least_, other.least_);
  greatest_ = std::max(greatest_, other.greatest_);
  if (counts_.empty() && !other.counts_.empty()) cover(other.first_, other.first_);
  if (counts_.empty()) return merge_steps(other.steps_);
  for (const Step& step : steps_) {
    cover(step.bucket(), step.bucket());
    counts_[step.bucket() - first_] += step.times();
  }
  steps_.clear();
  cover(bucket_of(other.least_), bucket_of(other.greatest_));
  for (const Step& step : other.steps_) counts_[step.bucket() - first_] += step.times();
  for (std::size_t i = 0; i < other.counts_.size(); ++i) {
    if (other.counts_[i] != 0) counts_[other.first_ - first_ + i] += other.counts_[i];
  }
}

void LatencyHistogram::merge_steps(const std::vector<Step>& others) {
  std::vector<Step> merged;
  merged.reserve(steps_.size() + others.size());
  auto mine = steps_.begin();
  for (const Step& step : others) {
    while (mine != steps_.end() && mine->bucket() < step.bucket()) merged.push_back(*mine++);
    const bool both = mine != steps_.end() && mine->bucket() == step.bucket();
    const std::uint64_t times = both ? (mine++)->times() : 0;
    merged.emplace_back(step.bucket(), step.times() + times);
  }
  merged.insert(merged.end(), mine, steps_.end());
  steps_.swap(merged);
  spread_out();
}

std::uint64_t LatencyHistogram::quantile(double q) const {
  CAIRN_CHECK(count_ > 0);
  const double wanted = std::ceil(q * static_cast<double>(count_));
  if (!(wanted > 1)) return least_;
  if (wanted >= static_cast<double>(count_)) return greatest_;
  const auto rank = static_cast<std::uint64_t>(wanted);
  std::uint64_t seen = 0;
  std::uint64_t found = greatest_;
  for_each_step([&](std::uint32_t bucket, std::uint64_t times) {
    seen += times;
    if (seen < rank) return true;
    found = middle_of(bucket);
    return false;
  });
  return std::clamp(found, least_, greatest_);
}

// What the sum would be if every duration were the middle of its step; modulo 2^64, so that it is
// the same everywhere.
std::uint64_t LatencyHistogram::middle_sum() const {
  std::uint64_t sum = 0;
  for_each_step([&](std::uint32_t bucket, std::uint64_t times) {
    sum += middle_of(bucket) * times;
    return true;
  });
  return sum;
}

// heads: number of steps, least - its step's least; when it counts more than one duration:
// greatest - its step's least, sum. steps: the first, then distance - 1. counts: times - 1.
void LatencyHistogram::encode_columns(Bytes& heads, Bytes& steps, Bytes& counts) const {
  std::uint64_t size = 0;
  for_each_step([&](std::uint32_t, std::uint64_t) { return ++size != 0; });
  put_varint(heads, size);
  if (size == 0) return;
  put_varint(heads, least_ - least_of(bucket_of(least_)));
  std::uint32_t next = 0;
  for_each_step([&](std::uint32_t bucket, std::uint64_t times) {
    put_varint(steps, bucket - next);
    put_varint(counts, times - 1);
    next = bucket + 1;
    return true;
  });
  if (count_ == 1) return;
  put_varint(heads, greatest_ - least_of(bucket_of(greatest_)));
  put_sum(sum_, middle_sum(), heads);
}

Result<LatencyHistogram> LatencyHistogram::decode_columns(ByteReader& heads, ByteReader& steps,
                                                          ByteReader& counts) {
  LatencyHistogram histogram;
  const auto refuse = [&](std::string_view why) {
    heads.fail();
    return corruption("latency histogram: " + std::string(why));
  };
  const std::uint64_t size =
      heads.varint_up_to(std::min<std::uint64_t>(kBuckets, steps.remaining()));
  if (heads.failed()) return refuse("more steps than bytes");
  if (size == 0) return histogram;
  const std::uint64_t above_least = heads.varint();
  histogram.steps_.reserve(size);
  std::uint64_t bucket = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    bucket += steps.varint_up_to(kBuckets) + (i > 0 ? 1 : 0);
    const std::uint64_t times = counts.varint_up_to(kMostTimes - 1) + 1;
    if (bucket >= kBuckets) return refuse("a step beyond the last");
    histogram.steps_.emplace_back(static_cast<std::uint32_t>(bucket), times);
    histogram.count_ += times;
  }
  if (steps.failed() || counts.failed()) return refuse("ends early");
  if (histogram.count_ > kMostTimes) return refuse("counts more than there can be");
  const bool one = histogram.count_ == 1;
  histogram.least_ = least_of(histogram.steps_.front().bucket()) + above_least;
  histogram.greatest_ =
      one ? histogram.least_ : least_of(histogram.steps_.back().bucket()) + heads.varint();
  histogram.sum_ =
      one ? static_cast<double>(histogram.least_) : take_sum(histogram.middle_sum(), heads);
  if (heads.failed()) return refuse("ends early");
  if (!histogram.is_sound()) return refuse("fields that do not agree");
  return histogram;
}

// What add() makes true, and the rest relies on. REQUIRES: not empty, held sparsely.
bool LatencyHistogram::is_sound() const {
  return least_ <= greatest_ && bucket_of(least_) == steps_.front().bucket() &&
         bucket_of(greatest_) == steps_.back().bucket() && std::isfinite(sum_) && sum_ >= 0;
}

void LatencyHistogram::encode(Bytes& out) const {
  encode_columns(out, out, out);
}

Result<LatencyHistogram> LatencyHistogram::decode(ByteReader& in) {
  return decode_columns(in, in, in);
}

std::size_t LatencyHistogram::memory_bytes() const {
  return steps_.capacity() * sizeof(Step) + counts_.capacity() * sizeof(std::uint64_t);
}

}  // namespace cairn::storage::columnar
