// SPDX-License-Identifier: Apache-2.0
#include "net/connection/write_queue.h"

#include "base/check.h"

namespace cairn::net {
namespace {

// A piece of copies does not grow beyond it, so that sent bytes are freed in time.
constexpr std::size_t kPieceBytes = 64_KiB;

}  // namespace

void WriteQueue::copy(std::string_view text) {
  if (text.empty()) return;
  const bool open = first_ < pieces_.size() && !pieces_.back().pinned.owner &&
                    pieces_.back().copied.size() + text.size() <= kPieceBytes;
  if (!open) pieces_.emplace_back();
  pieces_.back().copied.append(text);
  size_ += text.size();
}

void WriteQueue::add(PinnedBytes bytes) {
  if (bytes.empty()) return;
  CAIRN_CHECK(bytes.owner != nullptr);
  size_ += bytes.size();
  pieces_.push_back({.copied = {}, .pinned = std::move(bytes)});
}

std::span<const iovec> WriteQueue::front(Slots& slots) const {
  std::size_t used = 0;
  std::size_t skip = offset_;
  for (std::size_t i = first_; i < pieces_.size() && used < slots.size(); ++i) {
    const ByteView view = pieces_[i].view().subspan(skip);
    // NOLINTNEXTLINE: iovec is not const-correct; nobody writes through it
    slots[used++] = {const_cast<std::byte*>(view.data()), view.size()};
    skip = 0;
  }
  return {slots.data(), used};
}

void WriteQueue::consume(std::size_t bytes) {
  CAIRN_CHECK(bytes <= size_);
  size_ -= bytes;
  while (bytes > 0) {
    const std::size_t left = pieces_[first_].view().size() - offset_;
    if (bytes < left) {
      offset_ += bytes;
      return;
    }
    bytes -= left;
    offset_ = 0;
    pieces_[first_++] = {};
  }
  if (size_ == 0) {
    clear();
  } else if (first_ >= 64 && first_ * 2 > pieces_.size()) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void WriteQueue::clear() {
  // An idle connection holds no buffer.
  pieces_ = {};
  first_ = offset_ = size_ = 0;
}

}  // namespace cairn::net
