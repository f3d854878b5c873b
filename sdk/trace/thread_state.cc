// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/thread_state.h"

#include <mutex>
#include <new>

#include <pthread.h>

namespace cairn::trace::detail {

constinit thread_local ThreadState* own_state = nullptr;

namespace {

// Leaked: threads end, and make spans, also while static objects are being destroyed.
struct Registry {
  std::mutex mutex;
  std::atomic<ThreadState*> first{nullptr};
  std::atomic<std::size_t> count{0};  // of states that have a thread
  ThreadState* free = nullptr;
  pthread_key_t at_thread_end{};
  bool has_key = false;

  std::mutex records_mutex;
  Record* free_records = nullptr;
  std::size_t records = 0;  // made so far
};

Registry& registry() noexcept {
  static Registry* const instance = new Registry();
  return *instance;
}

void end_thread(void* ended) noexcept {
  auto* const state = static_cast<ThreadState*>(ended);
  own_state = nullptr;  // a span made after this, by another destructor, attaches again
  state->top = nullptr;
  state->base = Context();
  state->has_base = false;
  state->suppressed = 0;
  give_records(*state, UINT32_MAX);
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  state->next_free = all.free;
  all.free = state;
  all.count.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace

void give_records(ThreadState& state, std::uint32_t count) noexcept {
  Registry& all = registry();
  const std::lock_guard lock(all.records_mutex);
  for (; count > 0 && state.free_records != nullptr; --count, --state.free_count) {
    Record* const record = state.free_records;
    state.free_records = record->next;
    record->next = all.free_records;
    all.free_records = record;
  }
}

ThreadState* attach_thread() noexcept {
  Registry& all = registry();
  ThreadState* state = nullptr;
  {
    const std::lock_guard lock(all.mutex);
    if (!all.has_key) all.has_key = pthread_key_create(&all.at_thread_end, end_thread) == 0;
    state = all.free;
    if (state != nullptr) {
      all.free = state->next_free;
    } else {
      state = new (std::nothrow) ThreadState();
      if (state == nullptr) return nullptr;
      state->ids.seed();
      state->next = all.first.load(std::memory_order_relaxed);
      all.first.store(state, std::memory_order_release);
    }
    all.count.fetch_add(1, std::memory_order_relaxed);
  }
  if (all.has_key) pthread_setspecific(all.at_thread_end, state);
  own_state = state;
  return state;
}

const Context& base_context(ThreadState& state) noexcept {
  const SpanRef span = state.base.span();
  if (span.record().record != nullptr && !span.is_recording()) {
    state.base = Context();
    state.has_base = false;
  }
  return state.base;
}

ThreadState* first_thread_state() noexcept {
  return registry().first.load(std::memory_order_acquire);
}

std::size_t thread_state_count() noexcept {
  return registry().count.load(std::memory_order_relaxed);
}

void push_idle_chunks(ChunkPool& pool) noexcept {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  for (ThreadState* state = all.free; state != nullptr; state = state->next_free) {
    if (state->chunk.load(std::memory_order_relaxed) != nullptr) pool.push_full(state->chunk);
    state->writer = ChunkWriter();
  }
}

bool stock_records(ThreadState& state, std::size_t limit) noexcept {
  Registry& all = registry();
  const std::lock_guard lock(all.records_mutex);
  // The limit is for open spans: what other threads keep in stock does not count.
  const std::size_t most = limit + (thread_state_count() - 1) * kKeptRecords;
  for (std::uint32_t i = 0; i < kMovedRecords; ++i) {
    Record* record = all.free_records;
    if (record != nullptr) {
      all.free_records = record->next;
    } else {
      // The last few are made one by one: not for the stock either.
      const bool near = all.records + 4 * kMovedRecords > most;
      if (all.records >= most || (near && state.free_records != nullptr)) break;
      record = new (std::nothrow) Record();
      if (record == nullptr) break;
      ++all.records;
    }
    record->next = state.free_records;
    state.free_records = record;
    ++state.free_count;
  }
  return state.free_records != nullptr;
}

void lock_threads_for_fork() noexcept {
  registry().mutex.lock();
  registry().records_mutex.lock();
}

void unlock_threads_after_fork() noexcept {
  registry().records_mutex.unlock();
  registry().mutex.unlock();
}

void forget_threads_in_child(void (*recycle)(Chunk*)) noexcept {
  Registry& all = registry();
  all.free = nullptr;
  all.count.store(own_state != nullptr ? 1 : 0, std::memory_order_relaxed);
  // What the lost threads had open or in stock is lost, and does not count against the limit. A
  // stale reference may have held the lock of a record that is free.
  const auto clean = [](Record* first) {
    std::size_t count = 0;
    for (Record* record = first; record != nullptr; record = record->next, ++count) {
      if (record->locked.load(std::memory_order_relaxed) != 0) record->unlock();
    }
    return count;
  };
  all.records = clean(all.free_records);
  if (own_state != nullptr) all.records += clean(own_state->free_records);
  for (ThreadState* state = first_thread_state(); state != nullptr; state = state->next) {
    if (Chunk* const chunk = state->chunk.exchange(nullptr)) recycle(chunk);
    state->writer = ChunkWriter();
    state->ids.seed();
    if (state == own_state) continue;
    // Its thread is not here. What it was doing to its list of records is unknown: let them go.
    state->free_records = nullptr;
    state->free_count = 0;
    state->top = nullptr;
    state->suppressed = 0;
    state->next_free = all.free;
    all.free = state;
  }
}

}  // namespace cairn::trace::detail
