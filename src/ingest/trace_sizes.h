// SPDX-License-Identifier: Apache-2.0
//
// How many spans each trace has had lately, to stop those that never end.
#pragma once

#include <array>
#include <unordered_map>

#include "base/mutex.h"
#include "ingest/named_limits.h"
#include "model/batch.h"
#include "model/rejection.h"
#include "model/tenant.h"

namespace cairn::ingest {

// Memory: two generations of at most kTraces traces; a trace that was not seen for that long starts
// anew. Thread rule: any thread; one lock a batch, and none without a limit.
class TraceSizes {
 public:
  // Removes the spans that are too many for their trace, by the limit of their service; counts
  // kTraceTooLarge.
  model::Rejections enforce(const model::TenantId& tenant, const LimitsByResource& limits,
                            model::Batch& batch);

 private:
  static constexpr std::size_t kTraces = 100'000;

  struct Key {
    model::TraceId trace;
    std::size_t tenant;  // hash of its name
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  using Counts = std::unordered_map<Key, std::uint64_t, KeyHash>;

  std::uint64_t& count_of(const Key& key) REQUIRES(mutex_);

  Mutex mutex_;
  Counts young_ GUARDED_BY(mutex_);
  Counts old_ GUARDED_BY(mutex_);
};

}  // namespace cairn::ingest
