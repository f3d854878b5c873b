// SPDX-License-Identifier: Apache-2.0
#include "ingest/rate_limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "ingest/span_size.h"

namespace cairn::ingest {
namespace {

bool any_limited(const std::vector<NamedLimits>& named) {
  return std::ranges::any_of(named, [](const NamedLimits& own) {
    return own.spans_per_second.value_or(0) != 0 || own.bytes_per_second.value_or(0) != 0;
  });
}

// The general rate where `own` (null: nothing) says nothing else.
Rate rate_of(const NamedLimits* own, const Rate& general) {
  if (own == nullptr) return general;
  return {own->spans_per_second.value_or(general.spans_per_second),
          own->bytes_per_second.value_or(general.bytes_per_second)};
}

}  // namespace

RateLimits::Bucket::Bucket(const Rate& rate, Time now)
    : rate_(rate),
      spans_(static_cast<double>(rate.spans_per_second)),
      bytes_(static_cast<double>(rate.bytes_per_second)),
      filled_(now) {
}

void RateLimits::Bucket::refill(Time now) {
  const double seconds = std::chrono::duration<double>(now - filled_).count();
  if (seconds <= 0) return;
  filled_ = now;
  const auto fill = [seconds](double held, std::uint64_t rate) {
    const auto most = static_cast<double>(rate);
    return std::min(most, held + seconds * most);
  };
  spans_ = fill(spans_, rate_.spans_per_second);
  bytes_ = fill(bytes_, rate_.bytes_per_second);
}

// A span that is larger than a whole second's worth may pass when the bucket is full.
bool RateLimits::Bucket::has(std::size_t bytes) const {
  const bool spans = rate_.spans_per_second == 0 || spans_ >= 1;
  const auto wanted =
      std::min(static_cast<double>(bytes), static_cast<double>(rate_.bytes_per_second));
  return spans && (rate_.bytes_per_second == 0 || bytes_ >= wanted);
}

void RateLimits::Bucket::take(std::size_t bytes) {
  spans_ -= 1;
  bytes_ -= static_cast<double>(bytes);
}

RateLimits::RateLimits(RateOptions options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      is_limited_(options_.tenant.is_limited() || options_.service.is_limited() ||
                  any_limited(options_.tenants) || any_limited(options_.services)) {
}

RateLimits::Bucket* RateLimits::bucket_of(Buckets& buckets, const Limits& limits,
                                          std::string_view tenant, std::string_view name,
                                          Time now) {
  const NamedLimits* const named = find_limits(limits.named, name);
  const bool is_named = named != nullptr;
  const Rate rate = rate_of(named, limits.general);
  if (!rate.is_limited()) return nullptr;
  std::string key = fmt::format("{}{}{}", tenant, '\0', name);
  auto found = buckets.find(key);
  if (found == buckets.end()) {
    // Names come from peers: past the limit, further ones share. Those of the configuration do not:
    // whoever makes up names is not to use up their rate.
    if (buckets.size() >= options_.max_services)
      key = is_named ? fmt::format("{}{}", '\0', name) : "";
    found = buckets.try_emplace(key, rate, now).first;
  }
  found->second.refill(now);
  return &found->second;
}

model::Rejections RateLimits::enforce(const model::TenantId& tenant, model::Batch& batch) {
  model::Rejections rejections;
  if (!is_limited_) return rejections;
  const Time now = clock_.steady();
  MutexLock lock(mutex_);
  Bucket* const whole =
      bucket_of(tenants_, {options_.tenants, options_.tenant}, "", tenant.name, now);
  std::vector<Bucket*> of_resource;
  for (const model::Resource& resource : batch.resources) {
    of_resource.push_back(bucket_of(services_, {options_.services, options_.service}, tenant.name,
                                    resource.service_name(), now));
  }
  std::erase_if(batch.spans, [&](const model::Span& span) {
    Bucket* const own = of_resource[batch.scopes[span.scope].resource];
    if (whole == nullptr && own == nullptr) return false;
    const std::size_t bytes = size_of(span);
    const bool passes =
        (whole == nullptr || whole->has(bytes)) && (own == nullptr || own->has(bytes));
    if (!passes) {
      rejections.add(model::RejectionReason::kRateLimited);
      return true;
    }
    if (whole != nullptr) whole->take(bytes);
    if (own != nullptr) own->take(bytes);
    return false;
  });
  return rejections;
}

}  // namespace cairn::ingest
