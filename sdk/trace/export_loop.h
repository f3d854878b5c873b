// SPDX-License-Identifier: Apache-2.0
//
// ExportLoop: the thread that sends what other threads have finished.
//
// Waits until a batch is full, its delay is over, or someone flushes; sends one batch at a time;
// tries a batch again, with growing pauses, until it is taken, refused or too old. Owns the
// exporter. One for each start(); it outlives its thread, and a thread that hangs in an exporter
// outlives stop(). Source: OpenTelemetry Trace SDK, "Batching processor"; OTLP specification,
// "Retry".
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include <cairn/trace/provider.h>

#include "sdk/trace/batch_builder.h"
#include "sdk/trace/chunk_pool.h"
#include "sdk/trace/log_limiter.h"

namespace cairn::trace::detail {

// Callers say "for ever" with the largest number there is, which no clock can be added to.
inline std::chrono::nanoseconds bounded(std::chrono::milliseconds time) noexcept {
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 365);
  return time < kLongest ? time : kLongest;
}

class ExportLoop {
 public:
  using Clock = std::chrono::steady_clock;

  // `resource`: the encoded Resource message.
  ExportLoop(ChunkPool& pool, const Options& options, std::string resource, std::uint32_t epoch);

  // Makes the thread, if there is none. When the system has none left the next call tries again.
  void ensure_thread() noexcept;
  // More waits to be sent, `waiting` bytes in all.
  void wake(std::size_t waiting) noexcept;

  FlushResult flush(Clock::time_point deadline) noexcept;
  // Sends what it can by `deadline`, drops and counts the rest, ends the thread.
  FlushResult stop(Clock::time_point deadline) noexcept;

  struct Counts {
    std::uint64_t sent = 0, failed = 0, rejected = 0, stopped = 0, batches = 0, retries = 0;
    std::uint64_t done() const noexcept { return sent + failed + rejected + stopped; }
  };
  Counts counts() const noexcept;

  std::mutex& mutex() noexcept { return mutex_; }
  // In the child of a fork(), mutex held: no thread, nothing sent yet, a new epoch.
  void forget_in_child(std::uint32_t epoch) noexcept;

 private:
  using Lock = std::unique_lock<std::mutex>;

  void run() noexcept;
  bool make_thread(std::string& error) noexcept;
  enum class Work { kBatch, kEverything, kEnd };
  Work wait_for_work() noexcept;
  // Sends full batches; with `all` everything that was finished when it began.
  void send_round(bool all) noexcept;
  void send_live() noexcept;
  void deliver() noexcept;
  ExportResult attempt(const SpanBatch& batch) noexcept;
  // False: it is time to give up.
  bool pause_before_retry(std::chrono::nanoseconds pause, Clock::time_point give_up) noexcept;
  void count_sent(const ExportResult& result, std::size_t spans) noexcept;
  void drop_rest() noexcept;
  void calibrate_clock() noexcept;
  std::uint64_t losses() noexcept;

  ChunkPool& pool_;
  SpanExporterPtr exporter_;  // let go when the thread has ended and stop() has seen it
  const std::chrono::nanoseconds delay_, timeout_, retry_initial_, retry_longest_, give_up_;
  const std::size_t batch_size_;
  const std::string resource_, resource_schema_url_;
  LogLimiter log_;
  std::unique_ptr<BatchBuilder> builder_;
  std::uint32_t epoch_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool has_thread_ = false;
  bool after_fork_ = false;
  bool stopping_ = false;
  bool ended_ = false;
  Clock::time_point stop_deadline_{};
  std::uint64_t flush_asked_ = 0;  // tickets
  std::uint64_t flush_begun_ = 0;
  std::uint64_t flush_done_ = 0;
  ExportDeadline* attempt_ = nullptr;  // of the call that runs
  std::uint64_t failed_attempts_ = 0;

  Clock::time_point next_send_{};  // the exporting thread's own
  Clock::time_point next_calibration_{};
  int calibrations_ = 0;
  std::uint64_t jitter_ = 88172645463325252ULL;

  std::atomic<std::uint64_t> sent_{0}, failed_{0}, rejected_{0}, stopped_{0}, batches_{0},
      retries_{0};
};

}  // namespace cairn::trace::detail
