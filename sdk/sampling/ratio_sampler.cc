// SPDX-License-Identifier: Apache-2.0
//
// AlwaysOn, AlwaysOff and TraceIdRatioBased: samplers that look at the trace id alone.
// Source: OpenTelemetry Trace SDK, "Built-in samplers".
#include <cstdio>
#include <string>
#include <utility>

#include <cairn/trace/sampler.h>

#include "sdk/sampling/ratio.h"

namespace cairn::trace {
namespace {

class ThresholdSampler final : public Sampler {
 public:
  ThresholdSampler(std::uint64_t threshold, std::string description)
      : threshold_(threshold), description_(std::move(description)) {}

  SamplingResult should_sample(const SamplingParameters& parameters) const noexcept override {
    SamplingResult result;
    result.trace_state = parameters.parent.span_context().trace_state;
    if (randomness(parameters.trace_id) >= threshold_) {
      result.decision = SamplingDecision::kRecordAndSample;
    }
    return result;
  }
  std::string description() const override { return description_; }
  Shortcut shortcut() const noexcept override { return {true, false, threshold_}; }

 private:
  const std::uint64_t threshold_;
  const std::string description_;
};

}  // namespace

SamplerPtr always_on() {
  static const auto* const sampler =
      new SamplerPtr(std::make_shared<ThresholdSampler>(kRejectNone, "AlwaysOnSampler"));
  return *sampler;
}

SamplerPtr always_off() {
  static const auto* const sampler =
      new SamplerPtr(std::make_shared<ThresholdSampler>(kRejectAll, "AlwaysOffSampler"));
  return *sampler;
}

SamplerPtr trace_id_ratio(double ratio) {
  const double share = clamped_ratio(ratio);
  char description[64];
  std::snprintf(description, sizeof description, "TraceIdRatioBased{%f}", share);
  return std::make_shared<ThresholdSampler>(rejection_threshold(share), description);
}

}  // namespace cairn::trace
