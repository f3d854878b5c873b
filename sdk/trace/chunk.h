// SPDX-License-Identifier: Apache-2.0
//
// Chunk: a block of finished spans, written by one thread, read by the exporting thread.
//
//   data:  [span entry][span entry]...            free ...   [run 1][run 0]
//   a span entry is 0x12, its length, the Span message: what `ScopeSpans.spans` repeats
//   a run says from where on the spans are of which scope
//
// The owner appends and publishes with one release store of `committed`; the exporting thread reads
// up to there, also while the owner goes on.
#pragma once

#include <atomic>
#include <cstdint>

namespace cairn::trace::detail {

struct Run {
  std::uint32_t begin;         // offset of its first span entry
  std::uint32_t spans_before;  // in the chunk
  std::uint32_t scope;         // index of its ScopeEntry
};

// How far a chunk is filled: one word, so that it is published at once.
struct Mark {
  std::uint32_t bytes = 0;
  std::uint32_t spans = 0;
  std::uint32_t runs = 0;

  static constexpr int kSpanBits = 18, kRunBits = 18;
  std::uint64_t pack() const noexcept {
    return (std::uint64_t{bytes} << (kSpanBits + kRunBits)) | (std::uint64_t{spans} << kRunBits) |
           runs;
  }
  static Mark unpack(std::uint64_t word) noexcept {
    return {static_cast<std::uint32_t>(word >> (kSpanBits + kRunBits)),
            static_cast<std::uint32_t>(word >> kRunBits) & ((1U << kSpanBits) - 1),
            static_cast<std::uint32_t>(word) & ((1U << kRunBits) - 1)};
  }
};

struct Chunk {
  static constexpr std::size_t kSmallest = 4 * 1024;
  static constexpr std::size_t kUsual = 64 * 1024;
  static constexpr std::size_t kLargest = 1024 * 1024;
  static constexpr int kClasses = 9;  // 4 KiB, 8 KiB ... 1 MiB

  Chunk* next = nullptr;
  int size_class = 0;
  std::uint32_t capacity = 0;  // bytes of data
  std::uint32_t epoch = 0;     // of the Runtime its spans belong to
  std::atomic<std::uint64_t> committed{0};

  // Guarded by the pool's mutex.
  Mark taken;               // up to where spans have been sent, dropped or are under way
  std::uint64_t order = 0;  // among all chunks that became full
  bool pinned = false;      // the exporting thread reads it
  bool full = false;        // the owner has given it up
  bool queued = false;      // it is in the pool's queue

  std::uint8_t* data() noexcept { return reinterpret_cast<std::uint8_t*>(this + 1); }
  Run* run(std::uint32_t index) noexcept {
    return reinterpret_cast<Run*>(data() + capacity) - 1 - index;
  }
  Mark filled() const noexcept { return Mark::unpack(committed.load(std::memory_order_acquire)); }
};

// The owner's place in its chunk, so that appending a span reads nothing that others write.
struct ChunkWriter {
  std::uint8_t* at = nullptr;        // where the next entry goes
  std::uint8_t* end = nullptr;       // how far entries and what is written past them may reach
  std::uint64_t mark = 0;            // as it was committed last
  std::uint32_t scope = UINT32_MAX;  // of the last run

  void open(Chunk& chunk) noexcept {
    at = chunk.data();
    end = reinterpret_cast<std::uint8_t*>(chunk.run(0));
    mark = 0;
    scope = UINT32_MAX;
  }
  // Spans of `scope` follow. Takes sizeof(Run) from the end.
  void begin_run(Chunk& chunk, std::uint32_t of_scope) noexcept {
    const Mark now = Mark::unpack(mark);
    *chunk.run(now.runs) = {now.bytes, now.spans, of_scope};
    ++mark;
    end = reinterpret_cast<std::uint8_t*>(chunk.run(now.runs + 1));
    scope = of_scope;
  }
  // One more entry ends at `entry_end`: the exporting thread may read it.
  void commit(Chunk& chunk, std::uint8_t* entry_end) noexcept {
    const auto size = static_cast<std::uint64_t>(entry_end - at);
    mark += (size << (Mark::kSpanBits + Mark::kRunBits)) + (std::uint64_t{1} << Mark::kRunBits);
    at = entry_end;
    chunk.committed.store(mark, std::memory_order_release);
  }
};

}  // namespace cairn::trace::detail
