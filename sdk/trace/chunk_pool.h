// SPDX-License-Identifier: Apache-2.0
//
// ChunkPool: all memory for finished spans, and the queue of full chunks that wait to be sent.
//
// Bounded in bytes. When nothing is free the oldest waiting chunk is emptied and reused, by the
// thread that needs one: so the newest spans win, also while the exporting thread hangs in a call.
// Only one smallest chunk a thread is had beyond the bound: thousands of idle threads that hold
// theirs do not keep others from recording.
// Only spans of the present epoch are kept and given out: after stop() and start() the thread of
// the stopped life may live on in an exporter that hangs, and must find nothing of the next one.
// Any thread; one mutex, taken about once per 64 KiB of spans.
#pragma once

#include <mutex>

#include "sdk/trace/chunk.h"

namespace cairn::trace::detail {

class ChunkPool {
 public:
  // The limit for all chunks together. Memory in use over it is given back as it becomes free.
  void set_limit(std::size_t bytes) noexcept;

  // A chunk whose data holds at least `need` bytes, and `usual` where it can be had; null when the
  // limit is reached and nothing can be dropped, or the epoch is over. Dropped spans are counted.
  Chunk* acquire(std::size_t need, std::size_t usual, std::uint32_t epoch) noexcept;
  // Its owner is done with the chunk it points to, and points to none from now on: it waits to be
  // sent. At every moment it is found there or here, so that a flush misses nothing. Returns the
  // bytes that wait now.
  std::size_t push_full(std::atomic<Chunk*>& owner) noexcept;

  // For the exporting thread. A piece of a chunk that is pinned: nobody drops or reuses it.
  struct Piece {
    Chunk* chunk = nullptr;
    Mark from;
    Mark to;
  };
  // Pins the next waiting chunk of `epoch` pushed before `before`. False when there is none.
  bool take_full(std::uint32_t epoch, std::uint64_t before, Piece& piece) noexcept;
  // Pins what the chunk that `owner` points to holds, and is still written to. False when there is
  // none of `epoch`, or nothing new in it.
  bool take_live(std::uint32_t epoch, const std::atomic<Chunk*>& owner, Piece& piece) noexcept;
  // The spans of the piece are sent or dropped for good.
  void release(const Piece& piece) noexcept;

  // Bytes of spans in full chunks that wait, and the number the next full chunk gets.
  std::size_t waiting_bytes() noexcept;
  std::uint64_t next_order() noexcept;
  std::uint64_t dropped() noexcept;  // spans of `epoch` dropped by acquire()
  std::size_t allocated_bytes() noexcept;
  // Empties the queue, if this is the present epoch; returns the spans that were in it. Pinned
  // chunks are left to release().
  std::uint64_t discard_waiting(std::uint32_t epoch) noexcept;
  // What is left of the epoch before is forgotten.
  void start_epoch(std::uint32_t epoch) noexcept;

  // fork(): the child forgets everything but what `keep` says is a live chunk of its one thread.
  std::mutex& mutex() noexcept { return mutex_; }
  void forget_in_child(std::uint32_t epoch) noexcept;
  // Child: a chunk of a thread that is no more; mutex held or single-threaded.
  void recycle(Chunk* chunk) noexcept;

 private:
  Chunk* pop_free(int size_class) noexcept;
  Chunk* allocate(int size_class, std::size_t limit) noexcept;
  bool drop_oldest() noexcept;
  bool give_back_free() noexcept;
  void put_free(Chunk* chunk) noexcept;
  void remove_waiting(Chunk* previous, Chunk* chunk) noexcept;
  std::uint64_t empty_queue() noexcept;
  void forget(Chunk* chunk) noexcept;

  std::mutex mutex_;
  Chunk* free_[Chunk::kClasses] = {};
  Chunk* first_ = nullptr;  // the oldest that waits
  Chunk* last_ = nullptr;
  Chunk* under_way_ = nullptr;  // pinned, given up by its owner, out of the queue
  std::size_t limit_ = 16 * 1024 * 1024;
  std::size_t allocated_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t order_ = 1;
  std::uint64_t dropped_ = 0;
  std::uint32_t epoch_ = 0;
};

}  // namespace cairn::trace::detail
