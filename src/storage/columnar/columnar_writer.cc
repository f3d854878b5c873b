// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/columnar_writer.h"

#include <atomic>

namespace cairn::storage::columnar {
namespace {

// Waits for all shards of one request.
class PendingWrite {
 public:
  PendingWrite(std::size_t parts, std::uint64_t spans, WriteDone done)
      : left_(parts), spans_(spans), done_(std::move(done)) {}

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
  std::atomic<std::size_t> left_;
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
  std::size_t parts = 0;
  for (const auto& indexes : of_shard) parts += indexes.empty() ? 0 : 1;
  if (parts == 0) return done(WriteOutcome{});
  auto pending = std::make_shared<PendingWrite>(parts, batch->spans.size(), std::move(done));
  for (std::uint32_t i = 0; i < count; ++i) {
    if (of_shard[i].empty()) continue;
    shards[i]->append(*batch, of_shard[i],
                      [pending](const Result<void>& outcome) { pending->part_done(outcome); });
  }
}

}  // namespace cairn::storage::columnar
