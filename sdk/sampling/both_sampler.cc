// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <cairn/trace/sampler.h>

namespace cairn::trace {
namespace {

class BothSampler final : public Sampler {
 public:
  BothSampler(SamplerPtr first, SamplerPtr second)
      : first_(std::move(first)), second_(std::move(second)) {}

  SamplingResult should_sample(const SamplingParameters& parameters) const noexcept override {
    SamplingResult first = first_->should_sample(parameters);
    if (first.decision != SamplingDecision::kRecordAndSample) return first;
    SamplingResult second = second_->should_sample(parameters);
    // Two lists cannot be joined without memory: the later sampler's word counts where it has one.
    if (second.attributes.empty()) second.attributes = first.attributes;
    if (second.trace_state == parameters.parent.span_context().trace_state) {
      second.trace_state = first.trace_state;
    }
    return second;
  }
  std::string description() const override {
    return "Both{" + first_->description() + "," + second_->description() + "}";
  }
  void shutdown() const noexcept override {
    first_->shutdown();
    second_->shutdown();
  }

 private:
  const SamplerPtr first_;
  const SamplerPtr second_;
};

}  // namespace

SamplerPtr both(SamplerPtr first, SamplerPtr second) {
  if (first == nullptr) return second != nullptr ? second : always_on();
  if (second == nullptr) return first;
  return std::make_shared<BothSampler>(std::move(first), std::move(second));
}

}  // namespace cairn::trace
