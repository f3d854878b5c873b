// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/columnar_writer.h"

#include <atomic>

namespace cairn::storage::columnar {
namespace {

// Waits for all parts of one request: those that went to shards, and one that ends when all have
// gone.
class PendingWrite {
 public:
  PendingWrite(std::uint64_t spans, WriteDone done) : spans_(spans), done_(std::move(done)) {}

  void add_part() { left_.fetch_add(1, std::memory_order_relaxed); }

  void part_done(const Result<void>& outcome) {
    if (!outcome) {
      const MutexLock lock(mutex_);
      if (!error_) error_ = outcome.error();
    }
    if (left_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const MutexLock lock(mutex_);
    if (error_) {
      done_(*error_);
    } else {
      WriteOutcome written;
      written.accepted = spans_;
      done_(written);
    }
  }

 private:
  std::atomic<std::size_t> left_{1};
  const std::uint64_t spans_;
  const WriteDone done_;
  Mutex mutex_;
  std::optional<Error> error_ GUARDED_BY(mutex_);
};

}  // namespace

void ColumnarWriter::write(const model::TenantId& tenant_id,
                           std::shared_ptr<const model::Batch> batch, WriteDone done) {
  if (auto room = core_.admit(batch->memory_bytes()); !room) return done(room.error());
  const Result<TenantState*> tenant = core_.tenant(tenant_id);
  if (!tenant) return done(tenant.error());
  auto& shards = (*tenant)->shards;
  const auto count = static_cast<std::uint32_t>(shards.size());
  thread_local std::vector<std::vector<std::uint32_t>> of_shard;  // keeps its memory
  if (of_shard.size() < count) of_shard.resize(count);
  for (auto& indexes : of_shard) indexes.clear();
  for (std::uint32_t i = 0; i < batch->spans.size(); ++i) {
    of_shard[shard_of(batch->spans[i].trace_id, count)].push_back(i);
  }
  auto pending = std::make_shared<PendingWrite>(batch->spans.size(), std::move(done));
  const auto part_done = [pending](const Result<void>& outcome) { pending->part_done(outcome); };
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::span<const std::uint32_t> left = of_shard[i]; !left.empty();) {
      pending->add_part();
      left = left.subspan(shards[i]->append(*batch, left, part_done));
    }
  }
  pending->part_done({});
}

}  // namespace cairn::storage::columnar
