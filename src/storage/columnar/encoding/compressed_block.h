// SPDX-License-Identifier: Apache-2.0
//
// zstd for blocks whose size the reader knows: one frame without magic, content size and checksum
// (pages have their own). Thread rule: any thread; each keeps its own zstd contexts.
#pragma once

#include "base/bytes.h"

namespace cairn::storage::columnar {

// Appends the frame when it is smaller than `limit` bytes, else nothing; whether it did.
bool compress_block(ByteView bytes, int level, std::size_t limit, Bytes& out);

// Fills `size` bytes at `to` exactly; false when the frame is damaged or of another size.
bool decompress_block(ByteView frame, std::byte* to, std::size_t size);

// Whether `size` bytes may be in the frame by the number of its own: a block takes four bytes at
// least and gives 128 KiB at most. Asked before there is memory for what the frame claims to hold.
// Source: RFC 8878, "Blocks".
constexpr bool may_hold(ByteView frame, std::size_t size) {
  constexpr std::size_t kMostExpansion = 128_KiB / 4;
  return size / kMostExpansion <= frame.size();
}

}  // namespace cairn::storage::columnar
