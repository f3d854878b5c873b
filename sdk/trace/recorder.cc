// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/recorder.h"

#include <algorithm>
#include <cstdlib>

#include <cairn/trace/provider.h>
#include <pthread.h>

#include "sdk/trace/encode_attributes.h"
#include "sdk/trace/export_loop.h"
#include "sdk/trace/runtime.h"
#include "sdk/trace/scope_entry.h"
#include "sdk/trace/thread_state.h"

namespace cairn::trace {
namespace detail {

std::atomic<std::uint32_t> recorder_epoch{0};

namespace {

// Never destroyed: spans end while static objects are being destroyed, and a thread may still hang
// in an exporter then.
struct Recorder {
  std::mutex mutex;              // start() and stop() one at a time
  std::condition_variable idle;  // with `mutex`: `stopping` is over
  bool stopping = false;         // a stop() waits, without the mutex: it calls code of others
  std::atomic<ExportLoop*> loop{nullptr};  // of the running or the last start()
  std::atomic<Runtime*> started{nullptr};  // null after stop()
  std::chrono::milliseconds exit_flush{0};
  bool hooked = false;  // atexit and atfork
  ChunkPool pool;
  // Of all starts: spans and hanging threads may still look at theirs.
  std::vector<std::unique_ptr<ExportLoop>> loops;
  std::vector<std::unique_ptr<Runtime>> runtimes;
};

Recorder& recorder() noexcept {
  static Recorder* const instance = new Recorder();
  return *instance;
}

// Resource: attributes = 1. Of two with one key the last wins.
std::string encode_resource(const std::vector<ResourceAttribute>& resource) {
  std::vector<Attribute> attributes;
  attributes.reserve(resource.size());
  for (const auto& [key, value] : resource) attributes.push_back({key, value});
  std::vector<std::uint8_t> room(encoded_list_bound(attributes, UINT32_MAX) + encode::kSlack);
  std::uint32_t dropped = 0;
  const std::uint8_t* const end =
      encode_list(room.data(), 0x0A, attributes, attributes.size(), UINT32_MAX, dropped);
  return std::string(reinterpret_cast<const char*>(room.data()),
                     static_cast<std::size_t>(end - room.data()));
}

void before_fork() {
  Recorder& self = recorder();
  self.mutex.lock();
  if (ExportLoop* const loop = self.loop.load()) loop->mutex().lock();
  lock_threads_for_fork();
  self.pool.mutex().lock();
  lock_scopes_for_fork();
}

void let_go_after_fork(Recorder& self) {
  unlock_scopes_after_fork();
  self.pool.mutex().unlock();
  unlock_threads_after_fork();
  if (ExportLoop* const loop = self.loop.load()) loop->mutex().unlock();
  self.mutex.unlock();
}

void after_fork_in_parent() {
  let_go_after_fork(recorder());
}

// The parent sends what was finished before; the child begins with nothing. Its exporting thread
// starts with its first span.
void after_fork_in_child() {
  Recorder& self = recorder();
  const std::uint32_t epoch = recorder_epoch.load() + kForkStep;
  recorder_epoch.store(epoch);
  new (&self.idle) std::condition_variable();
  self.stopping = false;
  forget_threads_in_child([](Chunk* chunk) { recorder().pool.recycle(chunk); });
  self.pool.forget_in_child(epoch);
  span_clock.restart_in_child();
  if (Runtime* const rt = self.started.load()) rt->epoch.store(epoch);
  if (ExportLoop* const loop = self.loop.load()) loop->forget_in_child(epoch);
  let_go_after_fork(self);
}

void at_exit() {
  const auto timeout = recorder().exit_flush;
  if (timeout.count() > 0 && recorder().started.load() != nullptr) stop(timeout);
}

Runtime* make_runtime(const Options& options, std::uint32_t epoch) {
  auto* const rt = new Runtime();
  rt->sampler = options.sampler != nullptr ? options.sampler : parent_based(always_on());
  rt->shortcut = rt->sampler->shortcut();
  rt->limits = options.limits;
  rt->ids = options.ids;
  rt->processors = options.processors;
  rt->exporting = options.exporter != nullptr;
  rt->recording = rt->exporting || !rt->processors.empty();
  rt->plain = rt->exporting && rt->shortcut.usable && rt->processors.empty() && rt->ids == nullptr;
  rt->open_spans = std::max<std::size_t>(options.open_spans, 1);
  rt->limits.span_size =
      std::clamp<std::uint32_t>(rt->limits.span_size, Record::kSmallestLimit,
                                static_cast<std::uint32_t>(Chunk::kLargest - 4 * Chunk::kSmallest));
  if (rt->limits.value_size >= kQuickText) {
    rt->quick_attributes = std::min<std::size_t>(rt->limits.attributes, Record::kHashes);
  }
  rt->epoch.store(epoch);
  return rt;
}

std::atomic<std::size_t> buffer_size{0};

}  // namespace

void ensure_recorder_thread() noexcept {
  if (ExportLoop* const loop = recorder().loop.load()) loop->ensure_thread();
}

Chunk* acquire_chunk(std::size_t need, std::uint32_t epoch) noexcept {
  // Each thread holds a chunk: many threads hold small ones, a quarter of the buffer in all.
  const std::size_t share = buffer_size.load(std::memory_order_relaxed) / 4 /
                            std::max<std::size_t>(thread_state_count(), 1);
  std::size_t usual = Chunk::kUsual;
  while (usual > share && usual > Chunk::kSmallest) usual /= 2;
  return recorder().pool.acquire(need, usual, epoch);
}

void hand_over(std::atomic<Chunk*>& owner) noexcept {
  const std::size_t waiting = recorder().pool.push_full(owner);
  if (ExportLoop* const loop = recorder().loop.load(std::memory_order_acquire)) loop->wake(waiting);
}

}  // namespace detail

using detail::ExportLoop;
using detail::recorder;
using detail::Runtime;
using detail::SpanCounters;
using detail::ThreadState;

bool start(Options options) {
  auto& self = recorder();
  std::unique_lock lock(self.mutex);
  self.idle.wait(lock, [&] { return !self.stopping; });
  if (self.started.load() != nullptr) return false;
  if (!self.hooked) {
    self.hooked = true;
    std::atexit(detail::at_exit);
    pthread_atfork(detail::before_fork, detail::after_fork_in_parent, detail::after_fork_in_child);
  }
  const std::uint32_t epoch = detail::recorder_epoch.load() + 1;
  detail::recorder_epoch.store(epoch);
  self.exit_flush = options.exit_flush;
  const std::size_t size = std::max<std::size_t>(options.buffer_size, 256 * 1024);
  options.buffer_size = size;
  detail::buffer_size.store(size);
  self.pool.start_epoch(epoch);
  // Threads of an earlier life may have left large chunks.
  detail::push_idle_chunks(self.pool);
  self.pool.set_limit(size);
  ExportLoop* loop = nullptr;
  if (options.exporter != nullptr) {
    detail::span_clock.start(options.use_tsc, true);
    loop = new ExportLoop(self.pool, options, detail::encode_resource(options.resource), epoch);
  } else {
    detail::span_clock.start(false, false);
  }
  self.loops.emplace_back(loop);
  self.loop.store(loop);
  if (loop != nullptr) loop->ensure_thread();
  Runtime* const rt = detail::make_runtime(options, epoch);
  self.runtimes.emplace_back(rt);
  self.started.store(rt);
  detail::runtime.store(rt, std::memory_order_release);
  return true;
}

FlushResult flush(std::chrono::milliseconds timeout) {
  const auto deadline = ExportLoop::Clock::now() + detail::bounded(timeout);
  const Runtime* const rt = recorder().started.load();
  if (rt == nullptr) return FlushResult::kOk;
  for (const auto& processor : rt->processors) processor->flush();
  ExportLoop* const loop = recorder().loop.load();
  return loop == nullptr ? FlushResult::kOk : loop->flush(deadline);
}

FlushResult stop(std::chrono::milliseconds timeout) {
  auto& self = recorder();
  const auto deadline = ExportLoop::Clock::now() + detail::bounded(timeout);
  std::unique_lock lock(self.mutex);
  if (!self.idle.wait_until(lock, deadline, [&] { return !self.stopping; })) {
    return FlushResult::kTimeout;
  }
  Runtime* const rt = self.started.load();
  if (rt == nullptr) return FlushResult::kOk;
  detail::runtime.store(nullptr, std::memory_order_release);
  self.started.store(nullptr);
  self.stopping = true;
  ExportLoop* const loop = self.loop.load();
  lock.unlock();
  for (const auto& processor : rt->processors) processor->shutdown();
  rt->sampler->shutdown();
  const FlushResult result = loop == nullptr ? FlushResult::kOk : loop->stop(deadline);
  lock.lock();
  self.stopping = false;
  self.idle.notify_all();
  return result;
}

Stats stats() noexcept {
  auto& self = recorder();
  const std::uint32_t epoch = detail::current_epoch();
  Stats stats;
  std::uint64_t ended = 0, kept_back = 0;  // kept back: ended, never given to the exporting thread
  for (ThreadState* state = detail::first_thread_state(); state != nullptr; state = state->next) {
    if (state->epoch.load(std::memory_order_relaxed) != epoch) continue;
    const SpanCounters& counters = state->counters;
    stats.started += counters.started.get();
    stats.unsampled += counters.unsampled.get();
    ended += counters.ended.get();
    kept_back += counters.dropped_no_chunk.get() + counters.dropped_stopped.get();
    stats.dropped_open_limit += counters.dropped_open_limit.get();
    stats.dropped_buffer_full += counters.dropped_no_chunk.get();
    stats.dropped_stopped += counters.dropped_stopped.get();
    stats.dropped_attributes += counters.dropped_attributes.get();
    stats.dropped_events += counters.dropped_events.get();
    stats.dropped_links += counters.dropped_links.get();
  }
  const std::uint64_t oldest = self.pool.dropped();
  stats.dropped_buffer_full += oldest;
  stats.bytes_buffered = self.pool.allocated_bytes();
  ExportLoop::Counts counts;
  if (const ExportLoop* const loop = self.loop.load()) counts = loop->counts();
  stats.sent = counts.sent;
  stats.dropped_failed = counts.failed;
  stats.dropped_rejected = counts.rejected;
  stats.dropped_stopped += counts.stopped;
  stats.batches = counts.batches;
  stats.retries = counts.retries;
  // Read without stopping anyone: what looks negative for a moment is zero.
  const auto minus = [](std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; };
  stats.open = minus(stats.started, ended + stats.dropped_open_limit);
  stats.buffered = minus(ended, kept_back + counts.done() + oldest);
  return stats;
}

}  // namespace cairn::trace
