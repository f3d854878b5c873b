// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's remote sampling: the server says what to sample, and is asked again from time to time.
//
// Understands probabilities, rate limits, and probabilities by span name with a lower bound.
// Follows no parent: make it the root of parent_based(). Sampled spans get sampler.type and
// sampler.param, from which an adaptive server learns. Source: Jaeger, "Sampling", "Remote
// Sampling"; docs/protocols/sampling.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include <cairn/trace/sampler.h>

namespace cairn::telemetry {

struct RemoteSamplerOptions {
  // Asked as <endpoint>?service=<service>: http://jaeger:5778/sampling.
  std::string endpoint;
  std::string service;
  // Between two questions; at least 100 ms.
  std::chrono::milliseconds interval{60000};
  // One question.
  std::chrono::milliseconds timeout{5000};
  // What is sampled until the first answer.
  double initial_ratio = 0.001;
  // Operations that are told apart; of an answer with more the first count.
  std::size_t max_operations = 2000;
  // Hears when the server stops and starts answering; on the sampler's thread. Null: nobody.
  std::function<void(const std::string&)> log;
};

// Asks on a thread of its own until the last reference is gone. An answer that cannot be read, or
// none, leaves the last good one in force. After fork() the child keeps what was known and asks no
// more. Null when the thread cannot be started.
CAIRN_API trace::SamplerPtr jaeger_remote(RemoteSamplerOptions options);

}  // namespace cairn::telemetry
