// SPDX-License-Identifier: Apache-2.0
//
// SharedText: immutable text that many contexts hold without copying it.
//
// One pointer wide, null when empty. Copies are one atomic increment and none when empty, which is
// the usual case. The text behind it never changes, so any thread may read any copy.
#pragma once

#include <string_view>

#include <cairn/trace/export_macro.h>

namespace cairn::trace {

class SharedText {
 public:
  SharedText() noexcept = default;
  // Copies `text`; empty text, and text that cannot be allocated, is null.
  CAIRN_API explicit SharedText(std::string_view text) noexcept;
  SharedText(const SharedText& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) retain();
  }
  SharedText(SharedText&& other) noexcept : block_(other.block_) { other.block_ = nullptr; }
  SharedText& operator=(SharedText other) noexcept {
    Block* mine = block_;
    block_ = other.block_;
    other.block_ = mine;
    return *this;
  }
  ~SharedText() {
    if (block_ != nullptr) release();
  }

  bool empty() const noexcept { return block_ == nullptr; }
  // Lives as long as any copy of this SharedText.
  std::string_view view() const noexcept {
    return block_ == nullptr ? std::string_view() : text_of_block();
  }

 private:
  struct Block;
  CAIRN_API void retain() const noexcept;
  CAIRN_API void release() noexcept;
  CAIRN_API std::string_view text_of_block() const noexcept;

  Block* block_ = nullptr;
};

}  // namespace cairn::trace
