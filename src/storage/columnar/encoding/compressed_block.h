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

}  // namespace cairn::storage::columnar
