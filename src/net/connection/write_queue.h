// SPDX-License-Identifier: Apache-2.0
//
// Bytes on their way to the socket: what is copied in shares pieces, what is added as it is stays
// so and is released the moment it was sent.
// Thread rule: one thread at a time.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/uio.h>

#include "base/bytes.h"

namespace cairn::net {

class WriteQueue {
 public:
  using Slots = std::array<iovec, 16>;

  void copy(std::string_view text);
  void copy(ByteView bytes) { copy(as_text(bytes)); }
  // REQUIRES: they have an owner, unless empty.
  void add(PinnedBytes bytes);

  // The first bytes to send, as many pieces as fit; empty when there are none.
  std::span<const iovec> front(Slots& slots) const;
  // The first `bytes` were sent.
  void consume(std::size_t bytes);
  void clear();

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Piece {
    std::string copied;  // used unless `pinned` has an owner
    PinnedBytes pinned;
    ByteView view() const { return pinned.owner ? pinned.view : as_bytes(copied); }
  };

  std::vector<Piece> pieces_;
  std::size_t first_ = 0;   // pieces before it are sent
  std::size_t offset_ = 0;  // within the first piece
  std::size_t size_ = 0;
};

}  // namespace cairn::net
