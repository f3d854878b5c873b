// SPDX-License-Identifier: Apache-2.0
//
// What the sampler tests share: trace ids with a chosen randomness, parents, and one question.
#pragma once

#include <cstdint>
#include <string_view>

#include <cairn/trace/sampler.h>

namespace cairn::trace::sampling_testing {

// A trace id whose last 7 bytes are `randomness`.
inline TraceId id_with(std::uint64_t randomness) {
  TraceId id;
  id.bytes[0] = 0xAB;  // must not matter
  id.bytes[8] = 0xFF;  // must not matter
  for (int i = 15; i >= 9; --i) {
    id.bytes[i] = static_cast<std::uint8_t>(randomness);
    randomness >>= 8;
  }
  return id;
}

inline Context parent(bool sampled, bool remote) {
  SpanContext span;
  span.trace_id = id_with(1);
  span.span_id.bytes[7] = 1;
  span.flags.bits = sampled ? TraceFlags::kSampled : 0;
  span.is_remote = remote;
  return Context(span);
}

struct Question {
  Context parent = {};
  TraceId trace_id = id_with(0);
  std::string_view name = "GET /";
  SpanKind kind = SpanKind::kServer;
  Attributes attributes = {};
};

inline SamplingResult ask(const SamplerPtr& sampler, const Question& question = {}) {
  return sampler->should_sample(
      {question.parent, question.trace_id, question.name, question.kind, question.attributes, {}});
}
inline bool samples(const SamplerPtr& sampler, const Question& question = {}) {
  return ask(sampler, question).decision == SamplingDecision::kRecordAndSample;
}

// Answers what it was made with.
class FixedSampler final : public Sampler {
 public:
  explicit FixedSampler(SamplingResult answer) : answer_(static_cast<SamplingResult&&>(answer)) {}
  SamplingResult should_sample(const SamplingParameters&) const noexcept override {
    ++asked;
    return answer_;
  }
  std::string description() const override { return "Fixed"; }
  mutable int asked = 0;

 private:
  SamplingResult answer_;
};

}  // namespace cairn::trace::sampling_testing
