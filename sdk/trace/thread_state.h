// SPDX-License-Identifier: Apache-2.0
//
// ThreadState: what each thread that makes spans has of its own.
//
// Found through one thread-local pointer. When its thread ends the state, with its half-filled
// chunk, goes to the next new thread; it is never freed. Written by its thread only; the exporting
// thread and stats() read what is atomic.
#pragma once

#include <atomic>

#include <cairn/trace/context.h>

#include "sdk/trace/chunk_pool.h"
#include "sdk/trace/random_ids.h"
#include "sdk/trace/record.h"

namespace cairn::trace::detail {

// A counter that one thread writes and others read: no locked instruction.
class OwnCounter {
 public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void reset() noexcept { value_.store(0, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct SpanCounters {
  OwnCounter started, ended, unsampled;
  OwnCounter dropped_open_limit, dropped_no_chunk, dropped_stopped;
  OwnCounter dropped_attributes, dropped_events, dropped_links;

  void reset() noexcept {
    for (OwnCounter* counter :
         {&started, &ended, &unsampled, &dropped_open_limit, &dropped_no_chunk, &dropped_stopped,
          &dropped_attributes, &dropped_events, &dropped_links}) {
      counter->reset();
    }
  }
};

struct alignas(64) ThreadState {
  RandomIds ids;
  std::atomic<std::uint32_t> epoch{0};  // of `counters`
  std::uint32_t suppressed = 0;         // SuppressTracing objects alive
  Scope* top = nullptr;
  Context base;  // beneath all scopes
  bool has_base = false;
  Record* free_records = nullptr;
  std::uint32_t free_count = 0;
  std::atomic<Chunk*> chunk{nullptr};  // written by this thread, also read by the exporting one
  ChunkWriter writer;                  // of `chunk`
  SpanCounters counters;
  ThreadState* next = nullptr;       // in the registry, for ever
  ThreadState* next_free = nullptr;  // among those without a thread
};

extern constinit thread_local ThreadState* own_state;

ThreadState* attach_thread() noexcept;

// Null only when there is no memory for it.
inline ThreadState* thread_state() noexcept {
  ThreadState* const state = own_state;
  return __builtin_expect(state != nullptr, 1) ? state : attach_thread();
}

// `base`, emptied first if its span has ended meanwhile.
const Context& base_context(ThreadState& state) noexcept;

inline const Context& context_of(ThreadState& state) noexcept {
  if (state.top != nullptr) return state.top->context();
  return __builtin_expect(state.has_base, 0) ? base_context(state) : state.base;
}

// All states there ever were, newest first.
ThreadState* first_thread_state() noexcept;
// How many of them have a thread.
std::size_t thread_state_count() noexcept;

// Gives the chunks of all states that have no thread to the pool.
void push_idle_chunks(ChunkPool& pool) noexcept;

// Open spans are taken from and given back to the thread's own few; those balance through a shared
// list. Null: `limit` records are in use, or there is no memory.
bool stock_records(ThreadState& state, std::size_t limit) noexcept;
void give_records(ThreadState& state, std::uint32_t count) noexcept;
inline constexpr std::uint32_t kKeptRecords = 16;  // by a thread
inline constexpr std::uint32_t kMovedRecords = 8;  // at once between a thread and the shared list

inline Record* new_record(ThreadState& state, std::size_t limit) noexcept {
  if (__builtin_expect(state.free_records == nullptr, 0) && !stock_records(state, limit)) {
    return nullptr;
  }
  Record* const record = state.free_records;
  state.free_records = record->next;
  --state.free_count;
  return record;
}
inline void free_record(ThreadState& state, Record* record) noexcept {
  record->next = state.free_records;
  state.free_records = record;
  if (__builtin_expect(++state.free_count > kKeptRecords, 0)) give_records(state, kMovedRecords);
}

// fork(): before it all locks here are taken, after it they are let go; the child keeps the state
// of its one thread and gives the chunks of the others to `recycle`.
void lock_threads_for_fork() noexcept;
void unlock_threads_after_fork() noexcept;
void forget_threads_in_child(void (*recycle)(Chunk*)) noexcept;

}  // namespace cairn::trace::detail
