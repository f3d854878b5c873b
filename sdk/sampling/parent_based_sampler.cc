// SPDX-License-Identifier: Apache-2.0
//
// ParentBased: spans of a trace share its root's fate.
// Source: OpenTelemetry Trace SDK, "ParentBased".
#include <utility>

#include <cairn/trace/sampler.h>

#include "sdk/sampling/ratio.h"

namespace cairn::trace {
namespace {

bool is_constant(const Sampler& sampler, std::uint64_t threshold) noexcept {
  const Sampler::Shortcut shortcut = sampler.shortcut();
  return shortcut.usable && !shortcut.parent_based && shortcut.rejection_threshold == threshold;
}

class ParentBasedSampler final : public Sampler {
 public:
  explicit ParentBasedSampler(ParentBasedOptions delegates) : to_(std::move(delegates)) {
    if (to_.root == nullptr) to_.root = always_on();
    if (to_.remote_sampled == nullptr) to_.remote_sampled = always_on();
    if (to_.remote_not_sampled == nullptr) to_.remote_not_sampled = always_off();
    if (to_.local_sampled == nullptr) to_.local_sampled = always_on();
    if (to_.local_not_sampled == nullptr) to_.local_not_sampled = always_off();
  }

  SamplingResult should_sample(const SamplingParameters& parameters) const noexcept override {
    return delegate(parameters.parent.span_context()).should_sample(parameters);
  }

  std::string description() const override {
    return "ParentBased{root:" + to_.root->description() +
           ",remoteParentSampled:" + to_.remote_sampled->description() +
           ",remoteParentNotSampled:" + to_.remote_not_sampled->description() +
           ",localParentSampled:" + to_.local_sampled->description() +
           ",localParentNotSampled:" + to_.local_not_sampled->description() + "}";
  }
  void shutdown() const noexcept override {
    for (const Sampler* part :
         {to_.root.get(), to_.remote_sampled.get(), to_.remote_not_sampled.get(),
          to_.local_sampled.get(), to_.local_not_sampled.get()}) {
      part->shutdown();
    }
  }

  // Asked of a span without a parent, a root that is parent-based itself is its own root.
  Shortcut shortcut() const noexcept override {
    Shortcut shortcut = to_.root->shortcut();
    shortcut.usable = shortcut.usable && is_constant(*to_.remote_sampled, kRejectNone) &&
                      is_constant(*to_.remote_not_sampled, kRejectAll) &&
                      is_constant(*to_.local_sampled, kRejectNone) &&
                      is_constant(*to_.local_not_sampled, kRejectAll);
    shortcut.parent_based = true;
    return shortcut;
  }

 private:
  const Sampler& delegate(const SpanContext& parent) const noexcept {
    if (!parent.is_valid()) return *to_.root;
    if (parent.is_remote) {
      return parent.is_sampled() ? *to_.remote_sampled : *to_.remote_not_sampled;
    }
    return parent.is_sampled() ? *to_.local_sampled : *to_.local_not_sampled;
  }

  ParentBasedOptions to_;
};

}  // namespace

SamplerPtr parent_based(ParentBasedOptions options) {
  return std::make_shared<ParentBasedSampler>(std::move(options));
}

}  // namespace cairn::trace
