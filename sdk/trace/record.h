// SPDX-License-Identifier: Apache-2.0
//
// Record: a span while it is open, as the OTLP Span message it will be sent as.
//
//   data: [ids, flags, kind, times][name][attributes, events, links, status in the order they came]
//
// At the end only the end time and what is rare (trace state, dropped counts) are filled in.
// Records are never freed: a stale reference finds another generation and lets go. Fields are
// guarded by `lock` from the moment start() returns until the generation moves on at the end.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>

#include <cairn/trace/span.h>
#include <sched.h>

#include "sdk/trace/span_clock.h"

namespace cairn::trace::detail {

struct Runtime;

struct Record {
  static constexpr std::size_t kInlineSize = 1024;
  static constexpr std::size_t kHashes = 128;
  static constexpr std::size_t kCopyStep = 128;   // the end copies so much at a time, see finish.cc
  static constexpr std::size_t kTailRoom = 1024;  // trace state and counts, at most
  // Of the limit for a span's size: the front with the longest name fits, and inline memory is
  // less.
  static constexpr std::uint32_t kSmallestLimit = 4096;

  std::atomic<std::uint32_t> locked{0};
  std::atomic<std::uint32_t> generation{1};  // moves on when the span ends
  std::atomic<std::uint32_t> epoch{0};       // of the Runtime it was started under
  Record* next = nullptr;                    // in a free list

  const Runtime* runtime = nullptr;
  std::uint16_t scope = 0;
  StatusCode status = StatusCode::kUnset;
  bool exported = true;  // false: RECORD_ONLY, or there is no exporter
  SpanClock::Instant start{};
  bool start_given = false;  // by the caller: its end is read from the clock as well

  std::uint8_t* data = inline_data;
  std::uint32_t size = 0;
  std::uint32_t capacity = kInlineSize;
  std::uint32_t name_begin = 0;  // data[name_begin, name_end) is the name field
  std::uint32_t name_end = 0;

  std::uint32_t attributes = 0;
  std::uint32_t events = 0;
  std::uint32_t links = 0;
  // The data lies elsewhere, or one of the following is not as it was at first.
  bool has_extras = false;
  TraceState trace_state;
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;
  std::uint32_t dropped_links = 0;
  bool hashes_complete = true;  // `hashes` knows every attribute
  // Of the attributes' key hashes: a clear bit proves a new key. Bit 0 is no key's and always set.
  std::uint64_t bloom = 1;
  std::uint16_t hashes[kHashes];  // of the first attributes, in order
  std::uint8_t inline_data[kInlineSize + kCopyStep];

  void lock() noexcept {
    while (__builtin_expect(locked.exchange(1, std::memory_order_acquire) != 0, 0)) {
      for (int i = 0; i < 64 && locked.load(std::memory_order_relaxed) != 0; ++i) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
      }
      if (locked.load(std::memory_order_relaxed) != 0) sched_yield();
    }
  }
  void unlock() noexcept { locked.store(0, std::memory_order_release); }

  // Room for `more` bytes and encode::kSlack after `size`. False when the span would be larger than
  // its limit, or there is no memory: then the caller drops what it was adding.
  bool reserve(std::size_t more) noexcept {
    return __builtin_expect(size + more + 64 <= capacity, 1) || grow(more, 0);
  }
  // The same for write_tail(), which has its own room beyond the limit.
  bool reserve_tail(std::size_t more) noexcept {
    return size + more + 64 <= capacity || grow(more, kTailRoom);
  }
  // Back to inline memory, for the next span.
  void reset() noexcept {
    bloom = 1;
    attributes = events = links = 0;
    status = StatusCode::kUnset;
    if (__builtin_expect(has_extras, 0)) reset_extras();
  }

 private:
  void reset_extras() noexcept;
  bool grow(std::size_t more, std::size_t beyond_limit) noexcept;
};

// Ends the data: trace state and dropped counts, if there are any.
void write_tail(Record& record) noexcept;

// What the calls on a span do to its record; the caller holds the lock, or owns the record alone.
void replace_name(Record& record, std::string_view name) noexcept;
void write_attributes(Record& record, Attributes attributes) noexcept;
// Of one or more attributes, writes only what can be written straight down, and returns how many of
// the last are left for write_attributes().
std::size_t write_first_attributes(Record& record, Attributes attributes) noexcept;
void write_event(Record& record, std::string_view name, Attributes attributes,
                 std::uint64_t unix_nanos) noexcept;
void write_link(Record& record, const Link& link) noexcept;
void write_status(Record& record, StatusCode code, std::string_view description) noexcept;

}  // namespace cairn::trace::detail
