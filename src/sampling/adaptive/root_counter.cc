// SPDX-License-Identifier: Apache-2.0
#include "sampling/adaptive/root_counter.h"

#include <algorithm>

#include "sampling/adaptive/root_sample.h"

namespace cairn::sampling {
namespace {

// A number of its own for each thread, so that threads do not meet in a shard.
std::size_t thread_number() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine;
}

}  // namespace

std::string_view service_of_key(std::string_view key) {
  return key.substr(0, key.find('\0'));
}

std::string_view operation_of_key(std::string_view key) {
  return key.substr(key.find('\0') + 1);
}

void RootCounter::observe(const model::Batch& batch) {
  Shard& shard = shards_[thread_number() % kShards];
  std::uint32_t scope = ~std::uint32_t{0};
  std::string_view service;
  for (const model::Span& span : batch.spans) {
    if (!span.is_root()) [[likely]]
      continue;
    if (span.scope != scope) {
      scope = span.scope;
      service = batch.service_of(span);
    }
    count(shard, service, span);
  }
}

void RootCounter::count(Shard& shard, std::string_view service, const model::Span& root) {
  const RootSample sample = sample_of(root);
  if (sample.kind == RootSample::Kind::kIgnored) return;
  if (service.empty() || service.size() > kMaxName || root.name.size() > kMaxName ||
      service.find('\0') != std::string_view::npos) {
    passed_over_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  thread_local std::string key;
  key.assign(service);
  key += '\0';
  key += root.name;

  const MutexLock lock(shard.mutex);
  auto found = shard.counts.find(std::string_view(key));
  if (found == shard.counts.end()) {
    if (shard.counts.size() >= kMaxKeys) {
      passed_over_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    found = shard.counts.emplace(key, RootCounts{}).first;
  }
  RootCounts& counts = found->second;
  if (sample.probability > 0) {
    counts.note_probability(std::max(sample.probability, min_probability_));
  }
  switch (sample.kind) {
    case RootSample::Kind::kProbability:
      ++counts.told;
      counts.told_traces += 1 / std::max(sample.probability, min_probability_);
      break;
    case RootSample::Kind::kForced:
      ++counts.forced;
      break;
    default:
      ++counts.untold;
  }
}

void RootCounter::drain(TextMap<RootCounts>& into) {
  for (Shard& shard : shards_) {
    TextMap<RootCounts> taken;
    {
      const MutexLock lock(shard.mutex);
      taken.swap(shard.counts);
    }
    for (const auto& [key, counts] : taken) into[key].add(counts);
  }
}

}  // namespace cairn::sampling
