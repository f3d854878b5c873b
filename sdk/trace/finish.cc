// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/finish.h"

#include <algorithm>

#include <cairn/trace/span_view.h>

#include "sdk/trace/encode.h"
#include "sdk/trace/record_head.h"
#include "sdk/trace/recorder.h"

namespace cairn::trace::detail {
namespace {

__attribute__((noinline)) void show_to_processors(const Runtime& rt,
                                                  const Record& record) noexcept {
  const SpanView view(SpanBytes{record.data, record.size});
  for (const auto& processor : rt.processors) processor->on_end(view);
}

// With processors, without an exporter, after stop(), not sampled. False: the span goes no further.
__attribute__((noinline)) bool finish_specially(ThreadState& state, const Runtime* rt,
                                                const Record& record) noexcept {
  if (rt != nullptr && !rt->processors.empty()) show_to_processors(*rt, record);
  if (!record.exported || rt != nullptr) return record.exported;
  state.counters.ended.add();
  state.counters.dropped_stopped.add();
  return false;
}

// Another chunk, or another run in it. False: there is no memory to be had.
__attribute__((noinline)) bool make_room(ThreadState& state, std::uint32_t epoch,
                                         std::uint32_t scope, std::size_t need) noexcept {
  ChunkWriter& writer = state.writer;
  Chunk* chunk = state.chunk.load(std::memory_order_relaxed);
  const std::size_t left = chunk == nullptr ? 0 : static_cast<std::size_t>(writer.end - writer.at);
  if (left < need + sizeof(Run) || chunk->epoch != epoch) {
    if (chunk != nullptr) hand_over(state.chunk);
    writer = ChunkWriter();
    chunk = acquire_chunk(need + 2 * sizeof(Run), epoch);
    if (chunk == nullptr) return false;
    writer.open(*chunk);
    state.chunk.store(chunk, std::memory_order_release);
  }
  writer.begin_run(*chunk, scope);
  return true;
}

// Many bytes at a time: past the end is room on one side, and the record's own memory on the other.
std::uint8_t* copy_data(std::uint8_t* to, const std::uint8_t* from, std::size_t size) noexcept {
  std::uint8_t* const end = to + size;
  do {
    encode::move_fixed<Record::kCopyStep>(to, from);
    to += Record::kCopyStep;
    from += Record::kCopyStep;
  } while (to < end);
  return end;
}

std::uint8_t* write_entry(std::uint8_t* to, const std::uint8_t* data, std::size_t size) noexcept {
  to[0] = encode::kSpanEntry;
  if (__builtin_expect(size >= 128 && size < 16384, 1)) {
    encode::fixed16(to + 1, static_cast<unsigned>((size & 0x7F) | 0x80 | size >> 7 << 8));
    return copy_data(to + 3, data, size);
  }
  return copy_data(encode::varint(to + 1, size), data, size);
}

// Gives the finished span to the processors and to the exporting thread, or counts why not.
inline void finish(ThreadState& state, const Runtime* rt, Record& record, std::uint32_t epoch,
                   std::uint64_t end_nanos) noexcept {
  // A thread that only ends spans has not seen this start() yet.
  if (__builtin_expect(state.epoch.load(std::memory_order_relaxed) != epoch, 0)) {
    enter_epoch(state, epoch);
  }
  set_end(record, end_nanos);
  if (__builtin_expect(record.has_extras, 0)) {
    state.counters.dropped_attributes.add(record.dropped_attributes);
    state.counters.dropped_events.add(record.dropped_events);
    state.counters.dropped_links.add(record.dropped_links);
    write_tail(record);
  }
  if (__builtin_expect(rt == nullptr || !rt->plain, 0) && !finish_specially(state, rt, record))
    return;
  state.counters.ended.add();
  ChunkWriter& writer = state.writer;
  const std::size_t size = record.size;
  const std::size_t need = size + 1 + encode::kMaxVarint + Record::kCopyStep;
  if (__builtin_expect(writer.at + need > writer.end || writer.scope != record.scope, 0) &&
      !make_room(state, epoch, record.scope, need)) {
    state.counters.dropped_no_chunk.add();
    return;
  }
  writer.commit(*state.chunk.load(std::memory_order_relaxed),
                write_entry(writer.at, record.data, size));
}

// Takes the record from whoever else may hold it: from here on it is this thread's alone. False:
// the span has ended meanwhile.
__attribute__((always_inline)) inline bool take(RecordRef span) noexcept {
  Record& record = *span.record;
  record.lock();
  const bool open = record.generation.load(std::memory_order_relaxed) == span.generation;
  if (open) record.generation.store(span.generation + 1, std::memory_order_release);
  record.unlock();
  return open;
}

// Of an earlier start(), or of the process before a fork(): nobody waits for it.
__attribute__((noinline)) void end_stale(ThreadState& state, RecordRef span) noexcept {
  Record& record = *span.record;
  if (!is_of_this_process(record.epoch.load(std::memory_order_relaxed))) {
    // The parent process has it, too, and may have held its lock at the fork: it is left as it is.
    record.generation.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (!take(span)) return;
  record.reset();
  free_record(state, &record);
}

}  // namespace

void enter_epoch(ThreadState& state, std::uint32_t epoch) noexcept {
  state.counters.reset();
  // The chunk is of the epoch before.
  if (state.chunk.load(std::memory_order_relaxed) != nullptr) hand_over(state.chunk);
  state.writer = ChunkWriter();
  state.epoch.store(epoch, std::memory_order_relaxed);
  ensure_recorder_thread();
}

void end_span(RecordRef span, Timestamp when) noexcept {
  Record& record = *span.record;
  if (record.generation.load(std::memory_order_relaxed) != span.generation) return;
  ThreadState* const state = thread_state();
  if (__builtin_expect(state == nullptr, 0)) return;
  const Runtime* const rt = runtime.load(std::memory_order_acquire);
  const std::uint32_t epoch = current_epoch();
  if (__builtin_expect(record.epoch.load(std::memory_order_relaxed) != epoch, 0)) {
    end_stale(*state, span);
    return;
  }
  if (__builtin_expect(!take(span), 0)) return;
  std::uint64_t end;
  if (__builtin_expect(when.unix_nanos == 0 && !record.start_given, 1)) {
    end = span_clock.end_of(record.start);
  } else {
    // One that was given may lie anywhere; no span ends before it begins.
    end = when.unix_nanos != 0 ? when.unix_nanos : span_clock.now().unix_nanos;
    end = std::max(end, record.start.unix_nanos);
  }
  finish(*state, rt, record, epoch, end);
  record.reset();
  free_record(*state, &record);
}

}  // namespace cairn::trace::detail
