// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/wal/wal_writer.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "base/thread.h"
#include "storage/columnar/wal/wal_file.h"

namespace cairn::storage::columnar {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// Buffers kept for reuse: enough for the records that lie in the queue at one moment.
constexpr std::size_t kPooledBytes = 16_MiB;
constexpr std::size_t kPooledBufferBytes = 4_MiB;

// What senders are told: they hold spans that we hold too, and will write.
Error to_sender(const Error& cause, const std::string& file) {
  // Whatever the disk says, a full one included: some of it may be there already.
  return {
      ErrorCode::kUnavailable,
      annotate(cause, "WAL " + file + ": not durable yet, sending the same again is safe").message};
}

void answer(CommitDone& done, const Result<void>& outcome) {
  if (CommitDone once = std::exchange(done, nullptr)) once(outcome);
}

}  // namespace

struct WalWriter::State {
  struct Removal {
    std::shared_ptr<WalFile> file;
    CommitDone gone;
    bool failed = false;
  };
  struct Commit {
    std::shared_ptr<WalFile> file;
    bool removed = false;
  };
  // What the thread does next.
  struct Round {
    std::vector<Commit> commits;
    std::vector<Removal> removals;
    bool sync_directory = false;
    bool empty() const { return commits.empty() && removals.empty() && !sync_directory; }
  };

  State(FileSystem& file_system, std::string path, const WalOptions& wal_options)
      : fs(file_system), directory(std::move(path)), options(wal_options) {}

  void run();
  bool next_round(Round& round);
  void collect(Round& round) REQUIRES(mutex);
  void commit(const Commit& task, Result<void>& so_far);
  void settle(WalFile& file, const Result<void>& outcome);
  void remove(Round& round);
  void removals_are_durable();
  void end();
  Bytes take_buffer();
  void recycle(std::span<WalRecord> records);

  FileSystem& fs;
  const std::string directory;
  const WalOptions options;

  Mutex mutex;
  CondVar work;                                                    // for the thread
  CondVar settled;                                                 // for flush()
  std::vector<std::shared_ptr<WalFile>> active GUARDED_BY(mutex);  // with records, by age
  std::vector<Removal> removals GUARDED_BY(mutex);
  std::uint64_t last_number GUARDED_BY(mutex) = 0;
  std::optional<Error> failure GUARDED_BY(mutex);  // while some file fails
  SteadyTime retry_at GUARDED_BY(mutex);
  bool retry_pending GUARDED_BY(mutex) = false;
  bool stop GUARDED_BY(mutex) = false;
  bool last_round GUARDED_BY(mutex) = false;

  Mutex pool_mutex;
  std::vector<Bytes> pool GUARDED_BY(pool_mutex);
  std::size_t pool_bytes GUARDED_BY(pool_mutex) = 0;

  std::atomic<std::uint64_t> queued_bytes{0};
  std::atomic<std::uint64_t> written_bytes{0};
  std::atomic<std::uint64_t> syncs{0};
  std::atomic<std::uint64_t> records{0};
  std::atomic<bool> failing{false};

  // Of the thread.
  std::vector<Removal> unsynced;  // removed, but the directory was not synced since
  bool directory_failed = false;
  Bytes scratch;

  std::jthread thread;
};

Bytes WalWriter::State::take_buffer() {
  const MutexLock lock(pool_mutex);
  if (pool.empty()) return {};
  Bytes buffer = std::move(pool.back());
  pool.pop_back();
  pool_bytes -= buffer.capacity();
  return buffer;
}

void WalWriter::State::recycle(std::span<WalRecord> done_with) {
  const MutexLock lock(pool_mutex);
  for (WalRecord& record : done_with) {
    const std::size_t bytes = record.payload.capacity();
    if (bytes == 0 || bytes > kPooledBufferBytes || pool_bytes + bytes > kPooledBytes) continue;
    record.payload.clear();
    pool.push_back(std::move(record.payload));
    pool_bytes += bytes;
  }
}

void WalWriter::State::run() {
  Round round;
  while (next_round(round)) {
    // Files wait for each other, oldest first: what a record leaves out because an older file holds
    // it already must not be acknowledged before that file is durable.
    Result<void> so_far;
    for (const Commit& task : round.commits) commit(task, so_far);
    remove(round);
    round = Round{};
  }
  end();
}

// Waits for something to do. False when the writer ends.
bool WalWriter::State::next_round(Round& round) {
  const MutexLock lock(mutex);
  for (;;) {
    if (stop && std::exchange(last_round, true)) return false;
    collect(round);
    if (!round.empty() || stop) return true;
    if (retry_pending) {
      work.wait_until(mutex, retry_at);
    } else {
      work.wait(mutex);
    }
  }
}

void WalWriter::State::collect(Round& round) {
  const bool retry = retry_pending && (stop || std::chrono::steady_clock::now() >= retry_at);
  if (retry) retry_pending = false;
  for (const auto& file : active) {
    WalFile::Queue& queue = file->queue;
    if (failure && !retry && !queue.removed) continue;
    std::ranges::move(queue.records, std::back_inserter(file->batch));
    queue.records.clear();
    round.commits.push_back({file, queue.removed});
  }
  for (Removal& removal : std::exchange(removals, {})) {
    const bool due = !removal.failed || retry;
    (due ? round.removals : removals).push_back(std::move(removal));
  }
  // The directory is synced for removals alone only when there is nothing better to do.
  const bool idle = round.commits.empty() && round.removals.empty();
  round.sync_directory = !unsynced.empty() && (directory_failed ? retry : idle);
}

void WalWriter::State::commit(const Commit& task, Result<void>& so_far) {
  WalFile& file = *task.file;
  WalFile::Progress progress;
  if (task.removed) {
    progress.records = file.batch.size();
  } else if (!so_far) {
    progress.outcome = so_far;
  } else {
    progress = file.commit(file.batch, options.fsync, scratch);
    records.fetch_add(progress.records, std::memory_order_relaxed);
    written_bytes.fetch_add(progress.bytes, std::memory_order_relaxed);
    syncs.fetch_add(progress.syncs, std::memory_order_relaxed);
  }
  if (progress.created) removals_are_durable();
  const auto durable = std::span(file.batch).first(progress.records);
  std::uint64_t bytes = 0;
  for (const WalRecord& record : durable) bytes += record.payload.size();
  queued_bytes.fetch_sub(bytes, std::memory_order_relaxed);
  recycle(durable);
  for (WalRecord& record : durable) answer(record.done, {});
  file.batch.erase(file.batch.begin(),
                   file.batch.begin() + static_cast<std::ptrdiff_t>(durable.size()));
  // room() says no before the first sender hears of the failure, and yes after the last heard of
  // success.
  if (so_far && !progress.outcome) so_far = to_sender(progress.outcome.error(), file.name());
  if (!progress.outcome) progress.outcome = so_far;
  settle(file, progress.outcome);
  for (WalRecord& record : file.batch) answer(record.done, progress.outcome);
}

void WalWriter::State::settle(WalFile& file, const Result<void>& outcome) {
  const MutexLock lock(mutex);
  WalFile::Queue& queue = file.queue;
  queue.failing = !outcome.has_value();
  queue.oldest = !file.batch.empty()      ? file.batch.front().number
                 : !queue.records.empty() ? queue.records.front().number
                                          : 0;
  if (queue.oldest == 0) {
    queue.active = false;
    std::erase_if(active, [&](const auto& other) { return other.get() == &file; });
  }
  if (!outcome) {
    failure = outcome.error();
    retry_pending = true;
    retry_at = std::chrono::steady_clock::now() + options.retry_pause;
  } else if (std::ranges::none_of(active, [](const auto& f) { return f->queue.failing; })) {
    failure.reset();
  }
  failing.store(failure.has_value(), std::memory_order_relaxed);
  settled.notify_all();
}

void WalWriter::State::remove(Round& round) {
  bool failed = false;
  for (Removal& removal : round.removals) {
    removal.failed = !removal.file->remove().has_value();
    failed |= removal.failed;
    if (!removal.failed) unsynced.push_back(std::move(removal));
  }
  if (round.sync_directory) {
    directory_failed = !fs.sync_directory(directory).has_value();
    failed |= directory_failed;
    if (!directory_failed) removals_are_durable();
  }
  if (!failed) return;
  const MutexLock lock(mutex);
  for (Removal& removal : round.removals) {
    if (removal.failed) removals.push_back(std::move(removal));
  }
  retry_pending = true;
  retry_at = std::chrono::steady_clock::now() + options.retry_pause;
}

void WalWriter::State::removals_are_durable() {
  directory_failed = false;
  for (Removal& removal : std::exchange(unsynced, {})) answer(removal.gone, {});
}

// Nobody is left without an answer.
void WalWriter::State::end() {
  if (!unsynced.empty() && fs.sync_directory(directory)) removals_are_durable();
  std::vector<Removal> left = std::exchange(unsynced, {});
  std::vector<std::shared_ptr<WalFile>> files;
  {
    const MutexLock lock(mutex);
    std::ranges::move(std::exchange(removals, {}), std::back_inserter(left));
    files = std::exchange(active, {});
  }
  for (Removal& removal : left) {
    answer(removal.gone, unavailable("WAL " + removal.file->name() + ": not removed yet"));
  }
  // What a `done` of the last round appended.
  for (const auto& file : files) {
    for (WalRecord& record : file->queue.records) {
      answer(record.done, unavailable("WAL " + file->name() + ": the writer has ended"));
    }
  }
}

WalWriter::WalWriter(FileSystem& fs, std::string directory, const WalOptions& options)
    : state_(std::make_unique<State>(fs, std::move(directory), options)) {
  state_->thread = start_thread("wal", [state = state_.get()](std::stop_token) { state->run(); });
}

WalWriter::~WalWriter() {
  {
    const MutexLock lock(state_->mutex);
    state_->stop = true;
  }
  state_->work.notify_all();
  state_->thread.join();
}

std::shared_ptr<WalFile> WalWriter::open(const WalHeader& header) {
  return std::make_shared<WalFile>(state_->fs, state_->directory, header);
}

Bytes WalWriter::buffer() {
  return state_->take_buffer();
}

void WalWriter::append(const std::shared_ptr<WalFile>& file, Bytes payload, CommitDone done) {
  state_->queued_bytes.fetch_add(payload.size(), std::memory_order_relaxed);
  {
    const MutexLock lock(state_->mutex);
    WalFile::Queue& queue = file->queue;
    const std::uint64_t number = ++state_->last_number;
    queue.records.push_back({std::move(payload), std::move(done), number});
    if (!queue.active) {
      queue.active = true;
      queue.oldest = number;
      state_->active.push_back(file);
    }
  }
  state_->work.notify_one();
}

Result<void> WalWriter::room() const {
  if (state_->failing.load(std::memory_order_relaxed)) {
    const MutexLock lock(state_->mutex);
    if (state_->failure) return *state_->failure;
  }
  if (state_->queued_bytes.load(std::memory_order_relaxed) >= state_->options.max_queued_bytes) {
    return resource_exhausted("WAL: more is waiting for the disk than allowed, try again later");
  }
  return {};
}

void WalWriter::remove(const std::shared_ptr<WalFile>& file, CommitDone gone) {
  {
    const MutexLock lock(state_->mutex);
    file->queue.removed = true;
    state_->removals.push_back({file, std::move(gone), false});
  }
  state_->work.notify_one();
}

Result<void> WalWriter::flush(const Deadline& deadline) {
  State& state = *state_;
  // Before the lock, since it takes it and may run at once or be waited for at the end.
  const std::stop_callback wake(deadline.cancelled, [&state] {
    const MutexLock lock(state.mutex);
    state.settled.notify_all();
  });
  const MutexLock lock(state.mutex);
  const std::uint64_t until = state.last_number;
  const auto waiting = [until](const auto& file) { return file->queue.oldest <= until; };
  while (std::ranges::any_of(state.active, waiting)) {
    if (deadline.passed()) {
      if (state.failure) return *state.failure;
      return deadline_exceeded("WAL: records still wait for the disk");
    }
    if (deadline.at == SteadyTime::max()) {
      state.settled.wait(state.mutex);
    } else {
      state.settled.wait_until(state.mutex, deadline.at);
    }
  }
  return {};
}

WalStatistics WalWriter::statistics() const {
  return {.queued_bytes = state_->queued_bytes.load(std::memory_order_relaxed),
          .written_bytes = state_->written_bytes.load(std::memory_order_relaxed),
          .syncs = state_->syncs.load(std::memory_order_relaxed),
          .records = state_->records.load(std::memory_order_relaxed)};
}

}  // namespace cairn::storage::columnar
