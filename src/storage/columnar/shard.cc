// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/shard.h"

#include <cstring>

namespace cairn::storage::columnar {
namespace {

// Record bytes after which the head's memory is looked at again.
constexpr std::size_t kAccountEvery = 256_KiB;

}  // namespace

std::uint32_t shard_of(const model::TraceId& id, std::uint32_t shards) {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::memcpy(&low, id.bytes.data(), 8);
  std::memcpy(&high, id.bytes.data() + 8, 8);
  const std::uint64_t mixed = (low ^ high) * 0x9e37'79b9'7f4a'7c15;
  return static_cast<std::uint32_t>((mixed >> 32) * shards >> 32);
}

std::size_t Shard::append(const model::Batch& batch, std::span<const std::uint32_t> indexes,
                          CommitDone done) {
  const MutexLock lock(mutex_);
  if (active_ && (is_full() || is_old())) seal_locked();
  if (!active_) begin_head();
  const Appended appended = active_->head->append(batch, indexes, &known());
  Bytes record = services_.wal.buffer();
  active_->head->record(record);
  account(record.size());
  // An empty record still waits its turn: what it duplicates may not be durable yet.
  services_.wal.append(active_->wal, std::move(record), std::move(done));
  return appended.taken;
}

void Shard::seal() {
  const MutexLock lock(mutex_);
  if (active_) seal_locked();
}

void Shard::tick() {
  const MutexLock lock(mutex_);
  if (active_ && is_old()) seal_locked();
  if (known_version_ != sources_->version()) known_.reset();
}

void Shard::seal_locked() {
  active_->head->seal();
  active_->account();
  active_->sealed.store(true, std::memory_order_release);
  sources_->changed();
  services_.sealed(sources_, std::move(active_));
  active_.reset();
}

bool Shard::is_full() const {
  const Head& head = *active_->head;
  // What the head heard of other sources is no reason: the next head would hear the same.
  const std::size_t most_bytes = services_.limits.bytes + head.elsewhere_bytes();
  return head.rows() >= services_.limits.rows ||
         active_->bytes.load(std::memory_order_relaxed) >= most_bytes || head.vocabulary_full();
}

bool Shard::is_old() const {
  const std::uint64_t now = services_.clock.unix_nanos();
  const auto age = static_cast<std::uint64_t>(services_.limits.age.count());
  return now / kPartitionNanos != active_->partition() ||
         (now > active_->created_unix_nanos && now - active_->created_unix_nanos >= age);
}

void Shard::begin_head() {
  auto entry = std::make_shared<HeadEntry>(services_.head_bytes);
  const std::uint64_t id = services_.next_id();
  entry->head = std::make_unique<Head>(id);
  entry->shard = number_;
  entry->created_unix_nanos = services_.clock.unix_nanos();
  entry->wal =
      services_.wal.open({sources_->tenant().name, number_, id, entry->created_unix_nanos});
  entry->account();
  sources_->add_head(entry);
  active_ = std::move(entry);
  unaccounted_ = 0;
}

KnownSpans& Shard::known() {
  const std::uint64_t version = sources_->version();
  if (!known_ || known_version_ != version) {
    known_ = std::make_unique<KnownSpans>(sources_->settled(number_));
    known_version_ = version;
  }
  return *known_;
}

void Shard::account(std::size_t record_bytes) {
  unaccounted_ += record_bytes;
  if (unaccounted_ < kAccountEvery) return;
  active_->account();
  unaccounted_ = 0;
}

}  // namespace cairn::storage::columnar
