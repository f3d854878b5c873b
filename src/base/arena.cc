// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <algorithm>

namespace cairn {

// operator new[] aligns to 16, which is all that allocate() promises; a new block starts at 0.
void* Arena::allocate_slow(std::size_t size) {
  while (next_block_ < blocks_.size() && blocks_[next_block_].size < size) ++next_block_;
  if (next_block_ == blocks_.size()) {
    const std::size_t doubled = blocks_.empty() ? kFirstBlock : blocks_.back().size * 2;
    const std::size_t block_size = std::max(size, std::min(doubled, kLargestBlock));
    blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(block_size), block_size});
    reserved_ += block_size;
  }
  Block& block = blocks_[next_block_++];
  current_ = block.data.get();
  capacity_ = block.size;
  used_ = size;
  return current_;
}

void Arena::clear() {
  next_block_ = 0;
  used_ = 0;
  capacity_ = 0;
  current_ = nullptr;
}

}  // namespace cairn
