// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/finish.h"

#include <new>

#include <cairn/trace/span_view.h>

#include "sdk/trace/encode.h"
#include "sdk/trace/encode_attributes.h"
#include "sdk/trace/recorder.h"

namespace cairn::trace::detail {
namespace {

// Sizes of the fields that are written at the end.
constexpr std::size_t kHead = 18 + 10 + 6 + 2 + 9 + 9;  // ids, flags, kind, times
constexpr std::size_t kParent = 10;
constexpr std::size_t kMostTail = 3 * 11;  // dropped counts

std::uint8_t* write_head(std::uint8_t* to, const Record& record, std::uint64_t end) noexcept {
  *to++ = encode::kTraceId;
  *to++ = 16;
  encode::move_fixed<16>(to, record.trace_id.bytes);
  to += 16;
  *to++ = encode::kSpanId;
  *to++ = 8;
  encode::move_fixed<8>(to, record.span_id.bytes);
  to += 8;
  if (record.has_parent) {
    *to++ = encode::kParentSpanId;
    *to++ = 8;
    encode::move_fixed<8>(to, record.parent_span_id.bytes);
    to += 8;
  }
  *to++ = encode::kFlags[0];
  *to++ = encode::kFlags[1];
  to = encode::fixed32(to, record.flags);
  *to++ = encode::kKind;
  *to++ = static_cast<std::uint8_t>(record.kind);
  *to++ = encode::kStart;
  to = encode::fixed64(to, record.start.unix_nanos);
  *to++ = encode::kEnd;
  return encode::fixed64(to, end);
}

std::uint8_t* write_count(std::uint8_t* to, std::uint8_t tag, std::uint32_t count) noexcept {
  *to++ = tag;
  return encode::varint(to, count);
}

std::uint8_t* write_tail(std::uint8_t* to, const Record& record) noexcept {
  if (!record.trace_state.empty()) {
    to = encode_text(to, encode::kTraceState, record.trace_state.header());
  }
  if (record.dropped_attributes != 0) {
    to = write_count(to, encode::kDroppedAttributes, record.dropped_attributes);
  }
  if (record.dropped_events != 0) {
    to = write_count(to, encode::kDroppedEvents, record.dropped_events);
  }
  if (record.dropped_links != 0) to = write_count(to, encode::kDroppedLinks, record.dropped_links);
  return to;
}

bool is_plain(const Record& record) noexcept {
  return record.trace_state.empty() &&
         (record.dropped_attributes | record.dropped_events | record.dropped_links) == 0;
}

std::size_t tail_bound(const Record& record) noexcept {
  return is_plain(record) ? 0 : kMostTail + text_bound(record.trace_state.header());
}

// 32 bytes at a time: encode::kSlack bytes past the end are free, and read past the end are the
// record's own.
std::uint8_t* copy_data(std::uint8_t* to, const Record& record) noexcept {
  const std::uint8_t* from = record.data;
  const std::size_t size = record.size;
  for (std::size_t done = 0; done < size; done += 32) {
    encode::move_fixed<32>(to + done, from + done);
  }
  return to + size;
}

// The Span message without its frame; `to` has room for the bound and encode::kSlack.
std::uint8_t* write_message(std::uint8_t* to, const Record& record, std::uint64_t end) noexcept {
  to = copy_data(write_head(to, record, end), record);
  return is_plain(record) ? to : write_tail(to, record);
}

void count_dropped_parts(ThreadState& state, const Record& record) noexcept {
  if (record.dropped_attributes != 0) {
    state.counters.dropped_attributes.add(record.dropped_attributes);
  }
  if (record.dropped_events != 0) state.counters.dropped_events.add(record.dropped_events);
  if (record.dropped_links != 0) state.counters.dropped_links.add(record.dropped_links);
}

void show_to_processors(const Runtime& rt, const Record& record, std::uint64_t end) noexcept {
  const std::size_t bound = kHead + kParent + record.size + tail_bound(record) + encode::kSlack;
  auto* const message = static_cast<std::uint8_t*>(::operator new(bound, std::nothrow));
  if (message == nullptr) return;
  const auto size = static_cast<std::size_t>(write_message(message, record, end) - message);
  const SpanView view(SpanBytes{message, size});
  for (const auto& processor : rt.processors) processor->on_end(view);
  ::operator delete(message);
}

// A chunk with room for `need` bytes of entry, the one at hand if it has. Null: none to be had.
Chunk* chunk_with_room(ThreadState& state, const Runtime& rt, std::size_t need) noexcept {
  const std::uint32_t epoch = rt.epoch.load(std::memory_order_relaxed);
  Chunk* chunk = state.chunk.load(std::memory_order_relaxed);
  if (__builtin_expect(chunk != nullptr, 1)) {
    const Mark mark = Mark::unpack(chunk->committed.load(std::memory_order_relaxed));
    const std::size_t used = mark.bytes + (mark.runs + 1) * sizeof(Run) + encode::kSlack;
    if (__builtin_expect(used + need <= chunk->capacity && chunk->epoch == epoch, 1)) return chunk;
    state.chunk.store(nullptr, std::memory_order_release);
    hand_over(chunk);
  }
  chunk = acquire_chunk(need + sizeof(Run) + encode::kSlack, epoch);
  state.chunk.store(chunk, std::memory_order_release);
  return chunk;
}

void append(ThreadState& state, const Runtime& rt, const Record& record,
            std::uint64_t end) noexcept {
  const std::size_t bound =
      1 + encode::kMaxVarint + kHead + kParent + record.size + tail_bound(record);
  Chunk* const chunk = chunk_with_room(state, rt, bound);
  if (__builtin_expect(chunk == nullptr, 0)) {
    state.counters.dropped_no_chunk.add();
    return;
  }
  Mark mark = Mark::unpack(chunk->committed.load(std::memory_order_relaxed));
  if (__builtin_expect(mark.runs == 0 || chunk->run(mark.runs - 1)->scope != record.scope, 0)) {
    *chunk->run(mark.runs) = {mark.bytes, mark.spans, record.scope};
    ++mark.runs;
  }
  std::uint8_t* const entry = chunk->data() + mark.bytes;
  *entry = encode::kSpanEntry;
  std::uint8_t* at;
  if (__builtin_expect(is_plain(record), 1)) {
    // Its size is known beforehand: written in place.
    const std::size_t size = kHead + (record.has_parent ? kParent : 0) + record.size;
    at = write_message(encode::varint(entry + 1, size), record, end);
  } else {
    std::uint8_t* const message = entry + 1 + 5;
    const std::uint8_t* const message_end = write_message(message, record, end);
    const auto size = static_cast<std::size_t>(message_end - message);
    std::uint8_t* const place = encode::varint(entry + 1, size);
    std::memmove(place, message, size);
    at = place + size;
  }
  mark.bytes = static_cast<std::uint32_t>(at - chunk->data());
  ++mark.spans;
  chunk->committed.store(mark.pack(), std::memory_order_release);
  state.counters.committed.add();
}

}  // namespace

void finish(ThreadState& state, const Runtime* rt, Record& record,
            std::uint64_t end_nanos) noexcept {
  // A thread that only ends spans has not seen this start() yet.
  const std::uint32_t epoch = record.epoch.load(std::memory_order_relaxed);
  if (__builtin_expect(state.epoch.load(std::memory_order_relaxed) != epoch, 0)) {
    state.counters.reset();
    state.epoch.store(epoch, std::memory_order_relaxed);
  }
  if (record.sampled) state.counters.ended.add();
  if (__builtin_expect(!is_plain(record), 0)) count_dropped_parts(state, record);
  if (__builtin_expect(rt == nullptr, 0)) {
    if (record.sampled) state.counters.dropped_stopped.add();
    return;
  }
  if (__builtin_expect(!rt->processors.empty(), 0)) show_to_processors(*rt, record, end_nanos);
  if (!record.sampled) return;
  if (__builtin_expect(!rt->exporting, 0)) {
    state.counters.dropped_stopped.add();
    return;
  }
  append(state, *rt, record, end_nanos);
}

}  // namespace cairn::trace::detail
