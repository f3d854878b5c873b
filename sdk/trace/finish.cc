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
  if (!record.sampled) return false;
  if (rt != nullptr && rt->exporting) return true;
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

// 64 bytes at a time: past the end is room on one side, and the record's own memory on the other.
std::uint8_t* copy_data(std::uint8_t* to, const Record& record) noexcept {
  const std::uint8_t* from = record.data;
  const std::uint8_t* const end = from + record.size;
  std::uint8_t* at = to;
  do {
    encode::move_fixed<64>(at, from);
    at += 64;
    from += 64;
  } while (from < end);
  return to + record.size;
}

std::uint8_t* write_entry(std::uint8_t* to, const Record& record) noexcept {
  const std::uint32_t size = record.size;
  to[0] = encode::kSpanEntry;
  if (__builtin_expect(size >= 128 && size < 16384, 1)) {
    to[1] = static_cast<std::uint8_t>(size | 0x80);
    to[2] = static_cast<std::uint8_t>(size >> 7);
    return copy_data(to + 3, record);
  }
  return copy_data(encode::varint(to + 1, size), record);
}

// Gives the finished span to the processors and to the exporting thread, or counts why not.
inline void finish(ThreadState& state, const Runtime* rt, Record& record,
                   std::uint64_t end_nanos) noexcept {
  // A thread that only ends spans has not seen this start() yet.
  const std::uint32_t epoch = record.epoch.load(std::memory_order_relaxed);
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
  const std::size_t need = record.size + 1 + encode::kMaxVarint + encode::kSlack;
  if (__builtin_expect(writer.at + need > writer.end || writer.scope != record.scope, 0) &&
      !make_room(state, epoch, record.scope, need)) {
    state.counters.dropped_no_chunk.add();
    return;
  }
  writer.commit(*state.chunk.load(std::memory_order_relaxed), write_entry(writer.at, record));
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
  const bool counts = record.epoch.load(std::memory_order_relaxed) == epoch;
  if (__builtin_expect(!counts, 0) &&
      !is_of_this_process(record.epoch.load(std::memory_order_relaxed))) {
    // The parent process has it, too, and may have held its lock at the fork: it is left as it is.
    record.generation.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  record.lock();
  if (record.generation.load(std::memory_order_relaxed) != span.generation) {
    record.unlock();
    return;
  }
  record.generation.store(span.generation + 1, std::memory_order_release);
  record.unlock();
  // From here on the record is ours alone.
  std::uint64_t end = when.unix_nanos;
  if (__builtin_expect(end == 0, 1)) {
    // A start that was given may lie in the future.
    end = __builtin_expect(record.start_given, 0)
              ? std::max(span_clock.now().unix_nanos, record.start.unix_nanos)
              : span_clock.end_of(record.start);
  }
  if (__builtin_expect(counts, 1)) finish(*state, rt, record, end);  // else: of an earlier start()
  record.reset();
  free_record(*state, &record);
}

}  // namespace cairn::trace::detail
