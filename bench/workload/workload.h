// SPDX-License-Identifier: Apache-2.0
//
// Workload: the stream of export requests that a collector in front of the shop would send.
// Many visits at once; every pod sends what it has once a second; requests are cut at a fixed
// number of spans, grouped by pod and library as SDKs do. The ids are random and never repeat.
//   Workload workload({.spans = 1'000'000});
//   model::Batch batch;
//   while (workload.next(batch)) { … }
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/workload/random.h"
#include "bench/workload/shop.h"
#include "bench/workload/trace_writer.h"
#include "model/batch.h"

namespace cairn::bench {

struct WorkloadOptions {
  std::uint64_t seed = 42;
  std::uint64_t spans = 100'000;  // at least: the last visit is written to its end
  std::size_t spans_per_request = 1'000;
  double spans_per_second = 16'700;                   // in the story's time, not in ours
  model::Timestamp epoch{1'760'000'000'000'000'000};  // when the story begins
  // Fresh users, sessions and addresses per visit, 20,000 products, literals in half of the SQL,
  // attributes missing at random and 200 custom tags: what dictionaries and templates dislike.
  bool high_cardinality = false;
};

class Workload {
 public:
  explicit Workload(const WorkloadOptions& options);

  // Fills `batch` with the next request; whatever it held is gone.
  // Ownership: the batch pins what its views point at and may outlive the workload.
  // Empty: false, and an empty batch, at the end. The last request may be a short one.
  bool next(model::Batch& batch);

 private:
  void write_second();
  void cut(std::size_t count, model::Batch& batch);

  WorkloadOptions options_;
  std::shared_ptr<const Shop> shop_;
  Random random_;
  Duration next_visit_{};
  Duration written_until_{};
  std::uint64_t written_ = 0;
  std::vector<PendingSpan> pending_;  // sorted by when they leave, from cursor_ on
  std::size_t cursor_ = 0;
  std::size_t ready_ = 0;  // those before it leave before anything that is not written yet
};

}  // namespace cairn::bench
