// SPDX-License-Identifier: Apache-2.0
//
// Counts the root spans of each operation as they arrive.
//
//   I/O threads ─► observe() ─► the thread's own shard ─► drain() ─► one map, once in a while
//
// A span that is no root costs one look at its parent id. A root costs a look at its attributes and
// one in a hash map under a lock that only drain() contends for.
// Thread rule: any thread. Bounds: kMaxKeys operations a shard between two drains, kMaxName bytes a
// name; more is counted and passed over.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "base/mutex.h"
#include "model/batch.h"
#include "sampling/text_map.h"

namespace cairn::sampling {

// Root spans of one operation.
struct RootCounts {
  std::uint64_t untold = 0;  // without a word about their probability
  std::uint64_t told = 0;    // with their probability…
  double told_traces = 0;    // …and how many traces those stand for: the sum of 1/probability
  std::uint64_t forced = 0;  // by a lower bound
  double probability = 0;    // the least that any of them told; 0: none did

  void note_probability(double told_probability) {
    if (told_probability <= 0) return;
    probability = probability > 0 ? std::min(probability, told_probability) : told_probability;
  }
  void add(const RootCounts& more) {
    untold += more.untold;
    told += more.told;
    told_traces += more.told_traces;
    forced += more.forced;
    note_probability(more.probability);
  }
};

// An operation's key: its service, a zero byte, its name.
std::string_view service_of_key(std::string_view key);
std::string_view operation_of_key(std::string_view key);

class RootCounter {
 public:
  static constexpr std::size_t kMaxKeys = 4096;
  static constexpr std::size_t kMaxName = 256;

  // Smaller probabilities than `min_probability` count as that: nobody was told less, and a lie
  // cannot make one trace stand for many.
  explicit RootCounter(double min_probability) : min_probability_(min_probability) {}

  void observe(const model::Batch& batch);
  // Moves everything counted so far into `into`.
  void drain(TextMap<RootCounts>& into);
  // Root spans passed over, since the beginning.
  std::uint64_t passed_over() const { return passed_over_.load(std::memory_order_relaxed); }

 private:
  struct alignas(64) Shard {
    Mutex mutex;
    TextMap<RootCounts> counts GUARDED_BY(mutex);
  };
  static constexpr std::size_t kShards = 16;

  void count(Shard& shard, std::string_view service, const model::Span& root);

  const double min_probability_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> passed_over_{0};
};

}  // namespace cairn::sampling
