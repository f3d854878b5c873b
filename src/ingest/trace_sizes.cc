// SPDX-License-Identifier: Apache-2.0
#include "ingest/trace_sizes.h"

#include <cstring>
#include <vector>

#include "base/random_seed.h"

namespace cairn::ingest {

// Ids are chosen by peers: a secret keeps them from choosing where they collide.
std::size_t TraceSizes::KeyHash::operator()(const Key& key) const noexcept {
  static const std::uint64_t secret = random_seed();
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), key.trace.bytes.data(), sizeof(halves));
  std::uint64_t hash = key.tenant ^ secret;
  for (const std::uint64_t half : halves) {
    hash = (hash ^ half) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
  }
  return hash;
}

std::uint64_t& TraceSizes::count_of(const Key& key) {
  const auto found = young_.find(key);
  if (found != young_.end()) return found->second;
  if (young_.size() >= kTraces) {
    old_ = std::move(young_);
    young_.clear();
  }
  std::uint64_t& count = young_[key];
  if (const auto before = old_.find(key); before != old_.end()) count = before->second;
  return count;
}

model::Rejections TraceSizes::enforce(const model::TenantId& tenant, const LimitsByResource& limits,
                                      model::Batch& batch) {
  model::Rejections rejections;
  if (!limits.limits_traces()) return rejections;
  MutexLock lock(mutex_);
  const std::size_t tenant_hash = std::hash<model::TenantId>()(tenant);
  std::uint64_t* count = nullptr;
  model::TraceId current;
  // Not in a lambda: clang does not see there that the lock is held.
  std::vector<model::Span> kept;
  kept.reserve(batch.spans.size());
  for (const model::Span& span : batch.spans) {
    // Spans of a trace mostly come together.
    if (count == nullptr || span.trace_id != current) {
      current = span.trace_id;
      count = &count_of({current, tenant_hash});
    }
    const std::uint64_t most = limits.of(batch, span).max_trace_spans;
    if (most != 0 && *count >= most) {
      rejections.add(model::RejectionReason::kTraceTooLarge);
      continue;
    }
    ++*count;
    kept.push_back(span);
  }
  if (rejections.any()) batch.spans = std::move(kept);
  return rejections;
}

}  // namespace cairn::ingest
