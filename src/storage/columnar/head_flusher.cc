// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head_flusher.h"

#include <algorithm>

#include "base/log.h"
#include "base/random_seed.h"
#include "base/thread.h"

namespace cairn::storage::columnar {
namespace {

constexpr auto kTick = std::chrono::milliseconds(500);
// Finished heads that the manifest remembers before it is told which of their files are gone.
constexpr std::size_t kRememberedHeads = 256;

}  // namespace

void HeadFlusher::start() {
  thread_ = start_thread("store-flush", [this](const std::stop_token& stop) { run(stop); });
}

void HeadFlusher::stop() {
  if (!thread_.joinable()) return;
  {
    const MutexLock lock(mutex_);  // or the thread may just be about to wait
    thread_.request_stop();
  }
  changed_.notify_all();
  thread_.join();
}

void HeadFlusher::add(std::shared_ptr<TenantSources> sources, std::shared_ptr<HeadEntry> head) {
  {
    const MutexLock lock(mutex_);
    queue_.push_back({std::move(sources), std::move(head), nullptr});
  }
  changed_.notify_all();
}

std::size_t HeadFlusher::waiting() const {
  const MutexLock lock(mutex_);
  return queue_.size();
}

std::string HeadFlusher::trouble() const {
  const MutexLock lock(mutex_);
  return trouble_;
}

Result<void> HeadFlusher::flush_all(const Deadline& deadline) {
  for (TenantState* tenant : core_.tenants()) core_.seal_all(*tenant);
  for (;;) {
    if (deadline.passed()) return deadline_exceeded("flush: heads are left");
    ASSIGN_OR_RETURN(const bool more, flush_next());
    if (!more) return {};
  }
}

void HeadFlusher::run(const std::stop_token& stop) {
  auto next_tick = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    if (std::chrono::steady_clock::now() >= next_tick) {
      tick();
      next_tick = std::chrono::steady_clock::now() + kTick;
    }
    const Result<bool> more = flush_next();
    if (!more) log_warn("a head stays in memory", {{"why", more.error().message}});
    if (more && *more) continue;
    const MutexLock lock(mutex_);
    // After a failure, the next try is the next tick's.
    if ((!more || queue_.empty()) && !stop.stop_requested()) changed_.wait_until(mutex_, next_tick);
  }
}

void HeadFlusher::tick() {
  core_.check_disk();
  const bool press = core_.heads_press() && waiting() == 0;
  for (TenantState* tenant : core_.tenants()) {
    if (press) core_.seal_all(*tenant);
    for (const auto& shard : tenant->shards) shard->tick();
  }
  forget_finished();
}

Result<bool> HeadFlusher::flush_next() {
  const MutexLock one_at_a_time(work_mutex_);
  Work* work = nullptr;
  {
    const MutexLock lock(mutex_);
    if (queue_.empty()) return false;
    work = &queue_.front();  // nobody else takes it away
  }
  const Result<void> done = flush(*work);
  {
    const MutexLock lock(mutex_);
    trouble_ = done ? "" : done.error().message;
    if (done) queue_.pop_front();
  }
  RETURN_IF_ERROR(done);
  flushed_();
  return true;
}

Result<void> HeadFlusher::flush(Work& work) {
  const HeadEntry& head = *work.head;
  ManifestEdit edit;
  edit.finished_heads = {head.head->id()};
  SegmentPointers added;
  if (head.head->rows() != 0) {
    if (!work.written) {
      auto segment = write(work);
      if (!segment) {
        return annotate(segment.error(), "flush of head " + std::to_string(head.head->id()));
      }
      work.written = *std::move(segment);
    }
    edit.add_segments = {work.written->info()};
    added = {work.written};
  }
  RETURN_IF_ERROR(core_.publish(*work.sources, std::move(edit), &head, std::move(added)));
  // The file may stay when it cannot be removed: a finished head is never replayed again.
  if (head.wal) {
    core_.wal().remove(head.wal, [gone = gone_, id = head.head->id()](const Result<void>& sure) {
      const MutexLock lock(gone->mutex);
      if (sure) gone->heads.push_back(id);
    });
  } else if (head.damage.empty()) {
    (void)core_.fs().remove(head.replayed_path).has_value();
  } else {
    (void)core_.fs().rename(head.replayed_path, head.replayed_path + ".damaged").has_value();
  }
  return {};
}

Result<std::shared_ptr<const Segment>> HeadFlusher::write(const Work& work) {
  SegmentInfo info;
  info.id = core_.next_id();
  info.tenant = work.sources->tenant().name;
  info.partition = work.head->partition();
  const std::string path = core_.segment_path(info.id);
  SegmentOptions options = core_.options().segment;
  options.filter_seed = random_seed();
  const auto abandon = [&](const Error& error) {
    (void)core_.fs().remove(path).has_value();  // or the next start does
    return error;
  };
  auto written = write_segment(*work.head->head->table(), info, core_.fs(), path, options);
  if (!written) return abandon(written.error());
  if (auto synced = core_.fs().sync_directory(core_.segment_directory()); !synced) {
    return abandon(synced.error());
  }
  auto segment = Segment::open(core_.fs(), path, info.id, core_.cache());
  if (!segment) return abandon(segment.error());
  return segment;
}

void HeadFlusher::forget_finished() {
  if (core_.finished_heads() < kRememberedHeads) return;
  ManifestEdit edit;
  {
    const MutexLock lock(gone_->mutex);
    edit.forgotten_heads.swap(gone_->heads);
  }
  if (edit.forgotten_heads.empty()) return;
  TenantSources none{model::TenantId{}};
  // Those that stay remembered cost some bytes of manifest until the next start.
  (void)core_.publish(none, std::move(edit), nullptr, {}).has_value();
}

}  // namespace cairn::storage::columnar
