// SPDX-License-Identifier: Apache-2.0
#include "ingest/rate_limits.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/size_text.h"
#include "ingest/span_size.h"

namespace cairn::ingest {
namespace {

std::string_view next_word(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

bool any_limited(const std::vector<NamedRate>& named) {
  return std::ranges::any_of(named, [](const NamedRate& n) { return n.rate.is_limited(); });
}

}  // namespace

Result<NamedRate> parse_named_rate(std::string_view text) {
  NamedRate made;
  made.name = next_word(text);
  const bool is_forgotten =
      made.name.starts_with("spans_per_second=") || made.name.starts_with("bytes_per_second=");
  if (made.name.empty() || is_forgotten) return invalid_argument("a limit begins with a name");
  for (std::string_view word = next_word(text); !word.empty(); word = next_word(text)) {
    const std::size_t equals = word.find('=');
    const std::string_view key = word.substr(0, equals);
    const std::string_view value = equals == word.npos ? "" : word.substr(equals + 1);
    if (key == "spans_per_second") {
      const auto [end, error] =
          std::from_chars(value.data(), value.data() + value.size(), made.rate.spans_per_second);
      if (error == std::errc() && end == value.data() + value.size()) continue;
    } else if (key == "bytes_per_second") {
      if (const auto bytes = parse_size(value)) {
        made.rate.bytes_per_second = *bytes;
        continue;
      }
    }
    return invalid_argument(fmt::format(
        "'{}': expected a name, then spans_per_second=500 or bytes_per_second=1MiB", word));
  }
  return made;
}

std::string to_text(const NamedRate& rate) {
  std::string text = rate.name;
  if (rate.rate.spans_per_second != 0) {
    text += fmt::format(" spans_per_second={}", rate.rate.spans_per_second);
  }
  if (rate.rate.bytes_per_second != 0) {
    text += fmt::format(" bytes_per_second={}", size_text(rate.rate.bytes_per_second));
  }
  return text;
}

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
  const auto named = std::ranges::find(limits.named, name, &NamedRate::name);
  const bool is_named = named != limits.named.end();
  const Rate& rate = is_named ? named->rate : limits.general;
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
