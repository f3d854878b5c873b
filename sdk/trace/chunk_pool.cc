// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/chunk_pool.h"

#include <cstdlib>
#include <new>

namespace cairn::trace::detail {
namespace {

constexpr std::size_t bytes_of(int size_class) noexcept {
  return Chunk::kSmallest << size_class;
}

int class_of(std::size_t bytes) noexcept {
  int size_class = 0;
  while (size_class < Chunk::kClasses - 1 && bytes_of(size_class) < bytes) ++size_class;
  return size_class;
}

std::uint32_t untaken_bytes(const Chunk& chunk) noexcept {
  return chunk.filled().bytes - chunk.taken.bytes;
}

}  // namespace

void ChunkPool::set_limit(std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  limit_ = bytes;
  while (allocated_ > limit_ && give_back_free()) {
  }
}

void ChunkPool::start_epoch(std::uint32_t epoch) noexcept {
  const std::lock_guard lock(mutex_);
  empty_queue();
  epoch_ = epoch;
  dropped_ = 0;
}

Chunk* ChunkPool::pop_free(int size_class) noexcept {
  Chunk* const chunk = free_[size_class];
  if (chunk != nullptr) free_[size_class] = chunk->next;
  return chunk;
}

Chunk* ChunkPool::allocate(int size_class, std::size_t limit) noexcept {
  const std::size_t bytes = bytes_of(size_class);
  if (allocated_ + bytes > limit) return nullptr;
  void* const memory = std::aligned_alloc(64, bytes);
  if (memory == nullptr) return nullptr;
  allocated_ += bytes;
  auto* const chunk = new (memory) Chunk();
  chunk->size_class = size_class;
  chunk->capacity = static_cast<std::uint32_t>(bytes - sizeof(Chunk));
  return chunk;
}

bool ChunkPool::give_back_free() noexcept {
  for (int i = Chunk::kClasses - 1; i >= 0; --i) {
    if (Chunk* const chunk = pop_free(i); chunk != nullptr) {
      allocated_ -= bytes_of(i);
      std::free(chunk);
      return true;
    }
  }
  return false;
}

void ChunkPool::put_free(Chunk* chunk) noexcept {
  if (allocated_ > limit_) {
    allocated_ -= bytes_of(chunk->size_class);
    std::free(chunk);
    return;
  }
  chunk->next = free_[chunk->size_class];
  free_[chunk->size_class] = chunk;
}

void ChunkPool::remove_waiting(Chunk* previous, Chunk* chunk) noexcept {
  (previous == nullptr ? first_ : previous->next) = chunk->next;
  if (last_ == chunk) last_ = previous;
  chunk->queued = false;
  waiting_ -= untaken_bytes(*chunk);
}

bool ChunkPool::drop_oldest() noexcept {
  Chunk* previous = nullptr;
  for (Chunk* chunk = first_; chunk != nullptr; previous = chunk, chunk = chunk->next) {
    if (chunk->pinned) continue;
    dropped_ += chunk->filled().spans - chunk->taken.spans;
    remove_waiting(previous, chunk);
    put_free(chunk);
    return true;
  }
  return false;
}

Chunk* ChunkPool::acquire(std::size_t need, std::size_t usual, std::uint32_t epoch) noexcept {
  const std::size_t least = need + sizeof(Chunk);
  if (least > bytes_of(Chunk::kClasses - 1)) return nullptr;
  const std::lock_guard lock(mutex_);
  if (epoch != epoch_) return nullptr;
  const int smallest = class_of(least);
  const int wanted = class_of(usual > least ? usual : least);
  Chunk* chunk = nullptr;
  while (chunk == nullptr) {
    chunk = pop_free(wanted);
    if (chunk == nullptr) chunk = allocate(wanted, limit_);
    if (chunk == nullptr) chunk = pop_free(smallest);
    if (chunk == nullptr && !give_back_free() && !drop_oldest()) break;
  }
  if (chunk == nullptr) chunk = allocate(smallest, limit_);
  // Nothing waits, so all of it is in the hands of other threads, which may do nothing for hours.
  if (chunk == nullptr && smallest == 0) chunk = allocate(smallest, SIZE_MAX);
  if (chunk == nullptr) return nullptr;
  chunk->next = nullptr;
  chunk->epoch = epoch;
  chunk->taken = Mark();
  chunk->pinned = chunk->full = chunk->queued = false;
  chunk->committed.store(0, std::memory_order_relaxed);
  return chunk;
}

// Nobody wants the spans of a chunk that is out of the queue.
void ChunkPool::forget(Chunk* chunk) noexcept {
  if (!chunk->pinned) {
    put_free(chunk);
    return;
  }
  chunk->taken = chunk->filled();
  chunk->next = under_way_;
  under_way_ = chunk;
}

std::size_t ChunkPool::push_full(std::atomic<Chunk*>& owner) noexcept {
  const std::lock_guard lock(mutex_);
  Chunk* const chunk = owner.load(std::memory_order_relaxed);
  owner.store(nullptr, std::memory_order_release);
  chunk->full = true;
  chunk->order = order_++;
  if (chunk->epoch != epoch_) {
    forget(chunk);
    return waiting_;
  }
  if (!chunk->pinned && untaken_bytes(*chunk) == 0) {
    put_free(chunk);
    return waiting_;
  }
  chunk->next = nullptr;
  (last_ == nullptr ? first_ : last_->next) = chunk;
  last_ = chunk;
  chunk->queued = true;
  waiting_ += untaken_bytes(*chunk);
  return waiting_;
}

bool ChunkPool::take_full(std::uint32_t epoch, std::uint64_t before, Piece& piece) noexcept {
  const std::lock_guard lock(mutex_);
  if (epoch != epoch_) return false;
  Chunk* previous = nullptr;
  for (Chunk* chunk = first_; chunk != nullptr; previous = chunk, chunk = chunk->next) {
    if (chunk->order >= before) return false;
    if (chunk->pinned) continue;
    remove_waiting(previous, chunk);
    piece = {chunk, chunk->taken, chunk->filled()};
    chunk->taken = piece.to;
    chunk->pinned = true;
    chunk->next = under_way_;
    under_way_ = chunk;
    return true;
  }
  return false;
}

bool ChunkPool::take_live(std::uint32_t epoch, const std::atomic<Chunk*>& owner,
                          Piece& piece) noexcept {
  const std::lock_guard lock(mutex_);
  // Owners let go of a chunk in push_full(), under this mutex: it cannot be freed before it is
  // pinned.
  Chunk* const chunk = owner.load(std::memory_order_acquire);
  if (epoch != epoch_ || chunk == nullptr || chunk->epoch != epoch) return false;
  if (chunk->pinned || untaken_bytes(*chunk) == 0) return false;
  piece = {chunk, chunk->taken, chunk->filled()};
  chunk->taken = piece.to;
  chunk->pinned = true;
  return true;
}

void ChunkPool::release(const Piece& piece) noexcept {
  const std::lock_guard lock(mutex_);
  Chunk* const chunk = piece.chunk;
  chunk->pinned = false;
  if (!chunk->full || untaken_bytes(*chunk) != 0) return;
  for (Chunk** at = &under_way_; *at != nullptr; at = &(*at)->next) {
    if (*at == chunk) {
      *at = chunk->next;
      break;
    }
  }
  // All is gone. It is in the queue still if it became full while it was pinned.
  Chunk* previous = nullptr;
  for (Chunk* at = first_; chunk->queued && at != nullptr; previous = at, at = at->next) {
    if (at == chunk) remove_waiting(previous, chunk);
  }
  put_free(chunk);
}

std::size_t ChunkPool::waiting_bytes() noexcept {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

std::uint64_t ChunkPool::next_order() noexcept {
  const std::lock_guard lock(mutex_);
  return order_;
}

std::uint64_t ChunkPool::dropped() noexcept {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

std::size_t ChunkPool::allocated_bytes() noexcept {
  const std::lock_guard lock(mutex_);
  return allocated_;
}

std::uint64_t ChunkPool::empty_queue() noexcept {
  std::uint64_t spans = 0;
  while (Chunk* const chunk = first_) {
    spans += chunk->filled().spans - chunk->taken.spans;
    remove_waiting(nullptr, chunk);
    forget(chunk);
  }
  return spans;
}

std::uint64_t ChunkPool::discard_waiting(std::uint32_t epoch) noexcept {
  const std::lock_guard lock(mutex_);
  return epoch == epoch_ ? empty_queue() : 0;
}

void ChunkPool::forget_in_child(std::uint32_t epoch) noexcept {
  epoch_ = epoch;
  for (Chunk* list : {first_, under_way_}) {
    while (list != nullptr) {
      Chunk* const next = list->next;
      put_free(list);
      list = next;
    }
  }
  first_ = last_ = under_way_ = nullptr;
  waiting_ = 0;
  dropped_ = 0;
}

void ChunkPool::recycle(Chunk* chunk) noexcept {
  put_free(chunk);
}

}  // namespace cairn::trace::detail
