// SPDX-License-Identifier: Apache-2.0
//
// How much a tenant, and a service of it, may send: a token bucket for spans and one for bytes
// each, which hold one second's worth.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "ingest/named_limits.h"
#include "model/batch.h"
#include "model/rejection.h"
#include "model/tenant.h"

namespace cairn::ingest {

struct RateOptions {
  Rate tenant = {};   // each
  Rate service = {};  // each, by tenant
  std::vector<NamedLimits> tenants = {};
  std::vector<NamedLimits> services = {};  // of every tenant
  // Different ones that are told apart; the rest share one bucket, but for those of `services`.
  std::size_t max_services = 10'000;
};

// Thread rule: any thread; one lock a batch, and none when nothing is limited.
class RateLimits {
 public:
  // Ownership: `clock` outlives it.
  RateLimits(RateOptions options, const Clock& clock);

  // Removes the spans for which there are no tokens left, from the first one on; of those that are
  // kept, the order stays. Counts kRateLimited.
  model::Rejections enforce(const model::TenantId& tenant, model::Batch& batch);

 private:
  using Time = std::chrono::steady_clock::time_point;

  class Bucket {
   public:
    Bucket(const Rate& rate, Time now);
    void refill(Time now);
    bool has(std::size_t bytes) const;
    void take(std::size_t bytes);

   private:
    Rate rate_;
    double spans_;
    double bytes_;
    Time filled_;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using Buckets = std::unordered_map<std::string, Bucket, TextHash, std::equal_to<>>;

  struct Limits {
    const std::vector<NamedLimits>& named;
    const Rate& general;
  };

  // Null where nothing is limited.
  Bucket* bucket_of(Buckets& buckets, const Limits& limits, std::string_view tenant,
                    std::string_view name, Time now) REQUIRES(mutex_);

  const RateOptions options_;
  const Clock& clock_;
  const bool is_limited_;
  Mutex mutex_;
  Buckets tenants_ GUARDED_BY(mutex_);   // "\0tenant"
  Buckets services_ GUARDED_BY(mutex_);  // "tenant\0service"; once full, "\0service" or ""
};

}  // namespace cairn::ingest
