// SPDX-License-Identifier: Apache-2.0
#include "bench/store/writing.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <optional>
#include <thread>

#include "base/mutex.h"
#include "wire/otlp/protobuf.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kRequestsAtOnce = 64;
constexpr std::size_t kSamples = 4'096;
constexpr std::string_view kRequestId = "guid:x-request-id";

using BatchPointer = std::shared_ptr<model::Batch>;

// The requests under way, and those that came back. Thread rule: any thread.
class InFlight {
 public:
  explicit InFlight(std::size_t most) : most_(most) {}

  // Waits for room.
  void enter() {
    const MutexLock lock(mutex_);
    while (count_ >= most_) changed_.wait(mutex_);
    ++count_;
  }
  void leave(BatchPointer batch, Result<storage::WriteOutcome> outcome) {
    const MutexLock lock(mutex_);
    --count_;
    if (outcome) {
      accepted_ += outcome->accepted;
    } else if (outcome.error().code == ErrorCode::kResourceExhausted) {
      refused_.push_back(std::move(batch));
    } else if (!error_) {
      error_ = outcome.error();
    }
    changed_.notify_all();
  }
  // What has to be written again; null when there is nothing.
  BatchPointer take_refused() {
    const MutexLock lock(mutex_);
    if (refused_.empty()) return nullptr;
    BatchPointer batch = std::move(refused_.front());
    refused_.pop_front();
    return batch;
  }
  void wait_for_all() {
    const MutexLock lock(mutex_);
    while (count_ > 0) changed_.wait(mutex_);
  }
  std::uint64_t accepted() {
    const MutexLock lock(mutex_);
    return accepted_;
  }
  std::optional<Error> error() {
    const MutexLock lock(mutex_);
    return error_;
  }

 private:
  const std::size_t most_;
  Mutex mutex_;
  CondVar changed_;
  std::size_t count_ GUARDED_BY(mutex_) = 0;
  std::uint64_t accepted_ GUARDED_BY(mutex_) = 0;
  std::deque<BatchPointer> refused_ GUARDED_BY(mutex_);
  std::optional<Error> error_ GUARDED_BY(mutex_);
};

// Keeps each of `seen` values with the same probability. Source: Vitter, algorithm R.
template <typename T>
void sample(std::vector<T>& kept, std::uint64_t seen, Random& random, const T& value) {
  if (kept.size() < kSamples) {
    kept.push_back(value);
  } else if (const std::uint64_t at = random.below(seen); at < kSamples) {
    kept[at] = value;
  }
}

class WorkloadWriting {
 public:
  WorkloadWriting(storage::TraceStore& store, const WritingOptions& options)
      : store_(store),
        options_(options),
        workload_(options.workload),
        random_(options.workload.seed),
        in_flight_(options.in_flight) {}

  Result<WritingResult> run() {
    result_.whole.start();
    while (prepare()) {
      result_.writing.start();
      RETURN_IF_ERROR(write_prepared());
      result_.writing.stop();
      if (options_.flush_every != 0 && unflushed_ >= options_.flush_every) RETURN_IF_ERROR(flush());
    }
    result_.writing.start();
    RETURN_IF_ERROR(wait_for_all());
    result_.writing.stop();
    result_.whole.stop();
    result_.rejected_spans = result_.spans - in_flight_.accepted();
    return std::move(result_);
  }

 private:
  bool prepare() {
    prepared_.clear();
    model::Batch batch;
    while (prepared_.size() < kRequestsAtOnce && workload_.next(batch)) {
      wire::otlp::encode_traces(batch, prepared_.emplace_back());
      take_samples(batch);
    }
    return !prepared_.empty();
  }

  void take_samples(const model::Batch& batch) {
    sample(result_.samples.traces, ++seen_traces_, random_, batch.spans.front().trace_id);
    for (const model::Span& span : batch.spans) {
      const std::string_view id = model::find_string(span.attributes, kRequestId);
      if (!id.empty()) sample(result_.samples.request_ids, ++seen_ids_, random_, std::string(id));
    }
  }

  Result<void> write_prepared() {
    for (std::string& request : prepared_) {
      result_.bytes += request.size();
      const BatchPointer batch = free_batch();
      const PinnedBytes body = PinnedBytes::own(std::move(request));
      const Duration before = thread_cpu();
      batch->pin(body);
      ASSIGN_OR_RETURN(const model::Rejections rejected,
                       wire::otlp::decode_traces(body.view, *batch));
      result_.decode_cpu += thread_cpu() - before;
      if (rejected.total() != 0) return internal_error("the workload has bad spans");
      result_.spans += batch->spans.size();
      unflushed_ += batch->spans.size();
      write(batch);
      RETURN_IF_ERROR(write_refused_again());
    }
    return {};
  }

  void write(const BatchPointer& batch) {
    in_flight_.enter();
    const Duration before = thread_cpu();
    store_.writer().write({}, batch, [this, batch](Result<storage::WriteOutcome> outcome) {
      in_flight_.leave(batch, std::move(outcome));
    });
    result_.append_cpu += thread_cpu() - before;
  }

  // "Slow down": as a client does, which waits before it comes again.
  Result<void> write_refused_again() {
    while (const BatchPointer batch = in_flight_.take_refused()) {
      ++result_.refused;
      if (options_.flush_every != 0) {  // nobody else makes room
        result_.writing.stop();
        RETURN_IF_ERROR(flush());
        result_.writing.start();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      write(batch);
    }
    if (const std::optional<Error> error = in_flight_.error()) return *error;
    return {};
  }

  Result<void> flush() {
    in_flight_.wait_for_all();
    result_.whole.stop();
    result_.flushing.start();
    const Result<void> flushed = store_.admin().flush(Deadline::never());
    result_.flushing.stop();
    result_.whole.start();
    ++result_.flushes;
    unflushed_ = 0;
    return flushed;
  }

  Result<void> wait_for_all() {
    std::uint64_t refused_before = 0;
    do {
      in_flight_.wait_for_all();
      refused_before = result_.refused;
      RETURN_IF_ERROR(write_refused_again());
    } while (result_.refused != refused_before);
    return {};
  }

  // A batch that the store has let go of: its memory is used again.
  BatchPointer free_batch() {
    const auto free = std::ranges::find(batches_, 1, &BatchPointer::use_count);
    if (free == batches_.end()) return batches_.emplace_back(std::make_shared<model::Batch>());
    std::atomic_thread_fence(std::memory_order_acquire);  // use_count() promises no order
    (*free)->clear();
    return *free;
  }

  storage::TraceStore& store_;
  const WritingOptions options_;
  Workload workload_;
  Random random_;
  InFlight in_flight_;
  WritingResult result_;
  std::vector<std::string> prepared_;
  std::vector<BatchPointer> batches_;
  std::uint64_t unflushed_ = 0;
  std::uint64_t seen_traces_ = 0;
  std::uint64_t seen_ids_ = 0;
};

}  // namespace

Result<WritingResult> write_workload(storage::TraceStore& store, const WritingOptions& options) {
  return WorkloadWriting(store, options).run();
}

}  // namespace cairn::bench
