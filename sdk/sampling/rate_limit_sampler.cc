// SPDX-License-Identifier: Apache-2.0
#include "sdk/sampling/rate_limit_sampler.h"

#include <chrono>
#include <cstdio>
#include <string>

#include "sdk/sampling/token_bucket.h"

namespace cairn::trace {
namespace {

std::int64_t steady_nanos() noexcept {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class RateLimitSampler final : public Sampler {
 public:
  RateLimitSampler(double per_second, MonotonicNanos clock)
      : per_second_(per_second), clock_(clock), bucket_(per_second) {}

  SamplingResult should_sample(const SamplingParameters& parameters) const noexcept override {
    SamplingResult result;
    result.trace_state = parameters.parent.span_context().trace_state;
    if (bucket_.take(clock_())) result.decision = SamplingDecision::kRecordAndSample;
    return result;
  }
  std::string description() const override {
    char text[64];
    std::snprintf(text, sizeof text, "RateLimited{%g}", per_second_);
    return text;
  }

 private:
  const double per_second_;
  const MonotonicNanos clock_;
  mutable TokenBucket bucket_;
};

}  // namespace

SamplerPtr rate_limit_by(double spans_per_second, MonotonicNanos clock) {
  return std::make_shared<RateLimitSampler>(spans_per_second, clock);
}

SamplerPtr rate_limit(double spans_per_second) {
  return rate_limit_by(spans_per_second, steady_nanos);
}

}  // namespace cairn::trace
