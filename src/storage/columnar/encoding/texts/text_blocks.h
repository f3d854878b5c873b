// SPDX-License-Identifier: Apache-2.0
//
// Texts of any kind: their lengths as numbers, their bytes in blocks of whole texts, at most
// kTextBlock bytes each (or one longer text), zstd compressed where that helps.
//   lengths     sized column of numbers (numbers.h)
//   directory   varint blocks - 1; of each block: varint texts (of all blocks but the last), varint
//               stored size * 2 + compressed (idem, the last one's size * 2 is left out)
//   blocks      stored bytes
// Thread rule: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"

namespace cairn::storage::columnar {

inline constexpr std::size_t kTextBlock = 64_KiB;

// Appends. REQUIRES: not empty.
void encode_text_blocks(std::span<const std::string_view> texts, int level, Bytes& out);

// Appends texts [first, first + n) of `count`: in `arena`, or in `bytes` where not compressed.
// Errors: kCorruption, also when the decoded blocks have more than `max_bytes`.
Result<void> decode_text_blocks(ByteView bytes, std::size_t count, std::size_t first, std::size_t n,
                                std::size_t max_bytes, Arena& arena,
                                std::vector<std::string_view>& out);

}  // namespace cairn::storage::columnar
