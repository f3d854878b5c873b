// SPDX-License-Identifier: Apache-2.0
//
// How likely a trace was to be sampled, as its root span tells:
//   sampler.type, sampler.param                  Jaeger's clients, OpenTelemetry's for Java
//   jaeger.sampler.type, jaeger.sampler.param    OpenTelemetry's for Go
//   tracestate ot=th:c                           W3C probability sampling, consistent samplers
// Source: OpenTelemetry specification, "TraceState: Probability Sampling";
// docs/protocols/sampling.md.
#pragma once

#include <optional>
#include <string_view>

#include "model/span.h"

namespace cairn::sampling {

struct RootSample {
  enum class Kind {
    kUntold,       // nothing is said: whatever its service was told
    kProbability,  // `probability`
    kForced,       // by a rate limit or a lower bound: says nothing about a probability
    kIgnored,      // somebody asked for just this trace
  };
  Kind kind = Kind::kUntold;
  // In (0, 1] for kProbability. For kForced what its sampler would have used otherwise, or 0.
  double probability = 0;
};

// REQUIRES: span.is_root().
RootSample sample_of(const model::Span& span);

// The probability that `ot=th:…` in a tracestate states; nullopt without or with a malformed one.
std::optional<double> tracestate_probability(std::string_view trace_state);

}  // namespace cairn::sampling
