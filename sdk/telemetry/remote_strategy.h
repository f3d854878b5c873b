// SPDX-License-Identifier: Apache-2.0
//
// RemoteStrategy: one answer of a sampling server, ready to decide by. It does not change, but for
// its token buckets, which any thread may use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <cairn/trace/sampler.h>

#include "sdk/sampling/token_bucket.h"

namespace cairn::telemetry {

// Samples a share of traces, and at least so many a second, or just so many a second.
struct RemoteRule {
  // sampler.type of a trace that is sampled.
  enum class Type { kProbabilistic, kRateLimiting };
  Type type = Type::kProbabilistic;
  double parameter = 1;  // the ratio, or traces a second
  std::uint64_t rejection_threshold = 0;
  // kRateLimiting: the limit; kProbabilistic: the lower bound, or null.
  std::shared_ptr<trace::TokenBucket> bucket;
  double bucket_rate = 0;
};

class RemoteStrategy {
 public:
  // The ratio for everything, until a server has answered.
  explicit RemoteStrategy(double ratio);

  // Reads the server's JSON. Null, and why in `error`, when it says nothing that can be followed.
  // Buckets of `before` (may be null) whose rates stay are kept, so an answer gives no new burst.
  static std::unique_ptr<RemoteStrategy> parse(std::string_view json, std::size_t max_operations,
                                               const RemoteStrategy* before, std::string& error);

  const RemoteRule& rule_for(std::string_view operation) const noexcept;
  std::size_t operation_count() const noexcept { return operations_.size(); }

 private:
  RemoteStrategy() = default;
  friend class StrategyReader;

  RemoteRule standard_;
  std::map<std::string, RemoteRule, std::less<>> operations_;
};

}  // namespace cairn::telemetry
