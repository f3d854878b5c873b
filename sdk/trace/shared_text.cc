// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include <cairn/trace/shared_text.h>

namespace cairn::trace {

// The text follows the block, in the same allocation.
struct SharedText::Block {
  std::atomic<std::size_t> owners;
  std::size_t size;

  char* text() noexcept { return reinterpret_cast<char*>(this + 1); }
};

SharedText::SharedText(std::string_view text) noexcept {
  if (text.empty() || text.size() > std::numeric_limits<std::size_t>::max() - sizeof(Block)) return;
  // malloc, not new: the host may have a new handler that throws or ends the program.
  void* const memory = std::malloc(sizeof(Block) + text.size());
  if (memory == nullptr) return;
  block_ = new (memory) Block{{1}, text.size()};
  std::memcpy(block_->text(), text.data(), text.size());
}

void SharedText::retain() const noexcept {
  block_->owners.fetch_add(1, std::memory_order_relaxed);
}

void SharedText::release() noexcept {
  // The only owner needs no locked instruction: nobody else can copy it.
  if (block_->owners.load(std::memory_order_acquire) == 1 ||
      block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    block_->~Block();
    std::free(block_);
  }
  block_ = nullptr;
}

std::string_view SharedText::text_of_block() const noexcept {
  return {block_->text(), block_->size};
}

}  // namespace cairn::trace
