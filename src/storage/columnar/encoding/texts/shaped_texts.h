// SPDX-License-Identifier: Apache-2.0
//
// Columns of texts of a few shapes (text_shape.h): URLs, statements, names with numbers. In chunks
// of kShapedChunk texts, each on its own:
//   chunk      varint shapes; each sized; sized column of numbers: the shape of each text (absent
//              when there is one shape); of each shape each field's column, sized:
//                kNumber, kPadded  a column of numbers
//                kWord             texts as blocks (text_blocks.h)
//              then, when there are any, all bytes of kHex and kUuid, shape by shape, field by
//              field: 0 and the bytes, or 1 and a zstd frame of them
//   column     sized chunks
// Thread rule: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"

namespace cairn::storage::columnar {

inline constexpr std::size_t kShapedChunk = 4096;

// Appends one chunk; false, with nothing appended, when the texts have too many shapes or no
// fields. REQUIRES: 1 to kShapedChunk texts.
bool encode_shaped_chunk(std::span<const std::string_view> texts, int level, Bytes& out);

// Appends the texts of one chunk, in `arena` or in `chunk`; takes their size from `max_bytes`.
Result<void> decode_shaped_chunk(ByteView chunk, std::size_t count, std::size_t& max_bytes,
                                 Arena& arena, std::vector<std::string_view>& out);

}  // namespace cairn::storage::columnar
