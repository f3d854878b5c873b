// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/export_loop.h"

#include <algorithm>
#include <exception>
#include <thread>

#include <pthread.h>
#include <signal.h>

#include "sdk/trace/runtime.h"
#include "sdk/trace/thread_state.h"
#include "sdk/trace/utf8.h"

namespace cairn::trace::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kSmallestBatch = 16 * 1024;

std::string spans_text(std::size_t spans) {
  return std::to_string(spans) + (spans == 1 ? " span" : " spans");
}

}  // namespace

ExportLoop::ExportLoop(ChunkPool& pool, const Options& options, std::string resource,
                       std::uint32_t epoch)
    : pool_(pool),
      exporter_(options.exporter),
      delay_(bounded(std::max(options.delay, milliseconds(1)))),
      timeout_(bounded(std::max(options.export_timeout, milliseconds(1)))),
      retry_initial_(bounded(std::max(options.retry_initial, milliseconds(1)))),
      retry_longest_(std::max(bounded(options.retry_longest), retry_initial_)),
      give_up_(bounded(std::max(options.retry_give_up, milliseconds(0)))),
      batch_size_(std::max(std::min(options.batch_size, options.buffer_size / 4), kSmallestBatch)),
      resource_(std::move(resource)),
      resource_schema_url_(repaired(options.resource_schema_url)),
      log_(options.log),
      builder_(std::make_unique<BatchBuilder>(resource_, resource_schema_url_)),
      epoch_(epoch) {
}

void ExportLoop::ensure_thread() noexcept {
  std::string error;
  {
    const Lock lock(mutex_);
    if (has_thread_ || ended_ || make_thread(error)) return;
  }
  // Without the mutex: whoever gets the line may make spans.
  log_.log(LogLimiter::kThread, LogLevel::kError, "cannot start the exporting thread: " + error);
}

// The mutex is held.
bool ExportLoop::make_thread(std::string& error) noexcept {
  // Signals are the program's: its handlers never run on this thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread([this] { run(); }).detach();
    has_thread_ = true;
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return has_thread_;
}

void ExportLoop::wake(std::size_t waiting) noexcept {
  if (waiting < batch_size_) return;
  const Lock lock(mutex_);
  changed_.notify_all();
}

void ExportLoop::run() noexcept {
  pthread_setname_np(pthread_self(), "cairn-export");
  const SuppressTracing no_spans_of_our_own;
  bool forked = false;
  {
    const Lock lock(mutex_);
    std::swap(forked, after_fork_);
  }
  if (forked) exporter_->after_fork_in_child();
  next_send_ = Clock::now() + delay_;
  for (Work work; (work = wait_for_work()) != Work::kEnd;) {
    std::uint64_t ticket = 0;
    {
      const Lock lock(mutex_);
      ticket = flush_begun_ = flush_asked_;
    }
    send_round(work == Work::kEverything || ticket > flush_done_);
    const Lock lock(mutex_);
    flush_done_ = ticket;
    changed_.notify_all();
  }
  send_round(true);
  drop_rest();
  const Lock lock(mutex_);
  flush_done_ = flush_asked_;
  ended_ = true;
  has_thread_ = false;
  changed_.notify_all();
}

ExportLoop::Work ExportLoop::wait_for_work() noexcept {
  for (;;) {
    calibrate_clock();
    const std::size_t waiting = pool_.waiting_bytes();
    Lock lock(mutex_);
    if (stopping_) return Work::kEnd;
    if (flush_asked_ > flush_done_ || Clock::now() >= next_send_) return Work::kEverything;
    if (waiting >= batch_size_) return Work::kBatch;
    changed_.wait_until(lock, std::min(next_send_, next_calibration_));
  }
}

void ExportLoop::calibrate_clock() noexcept {
  const auto now = Clock::now();
  if (now < next_calibration_) return;
  span_clock.calibrate();
  // Soon after the start the rate is known from a short time: look again, and again.
  static constexpr milliseconds kPauses[] = {milliseconds(5), milliseconds(20), milliseconds(100),
                                             milliseconds(400), milliseconds(1000)};
  next_calibration_ = now + kPauses[calibrations_];
  if (calibrations_ + 1 < static_cast<int>(std::size(kPauses))) ++calibrations_;
}

void ExportLoop::send_round(bool all) noexcept {
  if (all) {
    push_idle_chunks(pool_);
    send_live();
    next_send_ = Clock::now() + delay_;
  }
  // What becomes full from here on is for another round: a round ends under any load.
  const std::uint64_t before = pool_.next_order();
  ChunkPool::Piece piece;
  while ((all || pool_.waiting_bytes() + builder_->byte_count() >= batch_size_) &&
         pool_.take_full(epoch_, before, piece)) {
    builder_->add(piece);
    if (builder_->byte_count() >= batch_size_) deliver();
  }
  if (!builder_->empty()) deliver();
}

void ExportLoop::send_live() noexcept {
  for (ThreadState* state = first_thread_state(); state != nullptr; state = state->next) {
    ChunkPool::Piece piece;
    if (!pool_.take_live(epoch_, state->chunk, piece)) continue;
    builder_->add(piece);
    if (builder_->byte_count() >= batch_size_) deliver();
  }
}

void ExportLoop::deliver() noexcept {
  const SpanBatch& batch = builder_->build();
  nanoseconds pause = retry_initial_;
  Clock::time_point give_up{};
  for (;;) {
    ExportResult result = attempt(batch);
    if (result.code == ExportResult::Code::kSent) {
      count_sent(result, batch.span_count);
      break;
    }
    const auto now = Clock::now();
    {
      const Lock lock(mutex_);
      ++failed_attempts_;
      changed_.notify_all();
    }
    if (give_up == Clock::time_point()) give_up = now + give_up_;
    jitter_ ^= jitter_ << 13;
    jitter_ ^= jitter_ >> 7;
    jitter_ ^= jitter_ << 17;
    const auto jittered = pause * static_cast<long>(80 + jitter_ % 41) / 100;
    const auto wait = std::max<nanoseconds>(jittered, result.retry_after);
    if (result.code == ExportResult::Code::kFailed || wait > give_up - now ||
        !pause_before_retry(wait, give_up)) {
      failed_.fetch_add(batch.span_count, std::memory_order_relaxed);
      log_.log(LogLimiter::kDropped, LogLevel::kError,
               exporter_->description() + ": dropped " + spans_text(batch.span_count) + ": " +
                   result.message);
      break;
    }
    log_.log(LogLimiter::kRetrying, LogLevel::kWarning,
             exporter_->description() + ": will be tried again: " + result.message);
    retries_.fetch_add(1, std::memory_order_relaxed);
    pause = std::min<nanoseconds>(pause * 3 / 2, retry_longest_);
  }
  builder_->clear(pool_);
}

ExportResult ExportLoop::attempt(const SpanBatch& batch) noexcept {
  ExportDeadline deadline(Clock::now() + timeout_);
  {
    const Lock lock(mutex_);
    if (stopping_) deadline.hasten(stop_deadline_);
    attempt_ = &deadline;
  }
  ExportResult result = exporter_->export_batch(batch, deadline);
  const Lock lock(mutex_);
  attempt_ = nullptr;
  return result;
}

bool ExportLoop::pause_before_retry(nanoseconds pause, Clock::time_point give_up) noexcept {
  const auto until = Clock::now() + pause;
  const std::uint64_t asked = [&] {
    const Lock lock(mutex_);
    return flush_asked_;
  }();
  for (;;) {
    calibrate_clock();
    Lock lock(mutex_);
    const auto now = Clock::now();
    if (stopping_ && (now >= stop_deadline_ || until >= stop_deadline_)) return false;
    // Someone waits for the answer: ask once more before the pause is over.
    if (now >= until || flush_asked_ != asked) return now < give_up;
    changed_.wait_until(lock, std::min({until, next_calibration_, give_up}));
  }
}

void ExportLoop::count_sent(const ExportResult& result, std::size_t spans) noexcept {
  const std::size_t rejected = std::min(result.rejected, spans);
  sent_.fetch_add(spans - rejected, std::memory_order_relaxed);
  rejected_.fetch_add(rejected, std::memory_order_relaxed);
  batches_.fetch_add(1, std::memory_order_relaxed);
  if (rejected > 0 || !result.message.empty()) {
    log_.log(LogLimiter::kRejected, LogLevel::kWarning,
             exporter_->description() + ": the receiver rejected " + spans_text(rejected) + ": " +
                 result.message);
  }
}

void ExportLoop::drop_rest() noexcept {
  std::uint64_t spans = pool_.discard_waiting(epoch_);
  for (ThreadState* state = first_thread_state(); state != nullptr; state = state->next) {
    ChunkPool::Piece piece;
    if (!pool_.take_live(epoch_, state->chunk, piece)) continue;
    spans += piece.to.spans - piece.from.spans;
    pool_.release(piece);
  }
  stopped_.fetch_add(spans, std::memory_order_relaxed);
}

std::uint64_t ExportLoop::losses() noexcept {
  const Counts now = counts();
  return now.failed + now.rejected + now.stopped + pool_.dropped();
}

FlushResult ExportLoop::flush(Clock::time_point deadline) noexcept {
  ensure_thread();
  const std::uint64_t losses_before = losses();
  Lock lock(mutex_);
  const std::uint64_t failed_before = failed_attempts_;
  const std::uint64_t ticket = ++flush_asked_;
  changed_.notify_all();
  // A round that had begun before may have passed our spans by: the ticket is of the next one.
  const bool in_time =
      changed_.wait_until(lock, deadline, [&] { return flush_done_ >= ticket || ended_; });
  const bool attempts_failed = failed_attempts_ != failed_before;
  lock.unlock();
  if (losses() != losses_before) return FlushResult::kFailed;
  if (in_time) return FlushResult::kOk;
  return attempts_failed ? FlushResult::kFailed : FlushResult::kTimeout;
}

FlushResult ExportLoop::stop(Clock::time_point deadline) noexcept {
  ensure_thread();
  const std::uint64_t losses_before = losses();
  Lock lock(mutex_);
  stopping_ = true;
  stop_deadline_ = deadline;
  if (attempt_ != nullptr) attempt_->hasten(deadline);
  changed_.notify_all();
  lock.unlock();
  exporter_->interrupt();
  lock.lock();
  // A little more than the deadline, for the thread to notice it.
  const bool in_time =
      changed_.wait_until(lock, deadline + milliseconds(200), [&] { return ended_; });
  lock.unlock();
  if (!in_time) return FlushResult::kTimeout;
  // Its connections and threads end here, not with the program.
  exporter_.reset();
  return losses() == losses_before ? FlushResult::kOk : FlushResult::kFailed;
}

ExportLoop::Counts ExportLoop::counts() const noexcept {
  Counts counts;
  counts.sent = sent_.load(std::memory_order_relaxed);
  counts.failed = failed_.load(std::memory_order_relaxed);
  counts.rejected = rejected_.load(std::memory_order_relaxed);
  counts.stopped = stopped_.load(std::memory_order_relaxed);
  counts.batches = batches_.load(std::memory_order_relaxed);
  counts.retries = retries_.load(std::memory_order_relaxed);
  return counts;
}

void ExportLoop::forget_in_child(std::uint32_t epoch) noexcept {
  // The parent's thread may have been in the middle of these: they are left as they are.
  (void)builder_.release();
  builder_ = std::make_unique<BatchBuilder>(resource_, resource_schema_url_);
  new (&changed_) std::condition_variable();
  epoch_ = epoch;
  has_thread_ = false;
  after_fork_ = true;
  next_calibration_ = {};
  calibrations_ = 0;
  attempt_ = nullptr;
  flush_asked_ = flush_begun_ = flush_done_ = failed_attempts_ = 0;
  for (auto* counter : {&sent_, &failed_, &rejected_, &stopped_, &batches_, &retries_}) {
    counter->store(0, std::memory_order_relaxed);
  }
}

}  // namespace cairn::trace::detail
