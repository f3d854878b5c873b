// SPDX-License-Identifier: Apache-2.0
//
// Columns of texts as bytes: dictionaries, and values that rarely repeat. The first byte says how.
//   typed    every text has the same form and gives itself back exactly: lower-case uuid (16 B),
//            lower-case hex of one even length (half), canonical decimal and dotted ipv4 (numbers)
//   shapes   texts that differ in numbers, ids and words ("/cart/17?session=<uuid>"): the shapes,
//            and columns of what differs
//   blocks   lengths and bytes, zstd compressed in blocks of at most 64 KiB when that helps
// Any bytes are a text here: nothing requires UTF-8. Bytes: docs/formats/encodings.md.
// Limits: `max_bytes` bounds the text that is decoded, also inside; `count` the caller bounds by
// what it knows: empty texts take no bytes.
// Thread rule: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"

namespace cairn::storage::columnar {

// Appends to `out`. An empty sequence appends nothing. `level` is zstd's.
void encode_texts(std::span<const std::string_view> texts, int level, Bytes& out);

// Replaces `out` by `count` texts that live in `arena` (or in `bytes`, which the caller keeps).
// Errors: kCorruption. Limits: refuses to produce more than `max_bytes` of text.
Result<void> decode_texts(ByteView bytes, std::size_t count, std::size_t max_bytes, Arena& arena,
                          std::vector<std::string_view>& out);

// Texts [first, first + n) only, appended to `out`; touches only their blocks (64 KiB, or 4096
// texts of shapes), whose whole text `max_bytes` bounds. REQUIRES: first + n <= count.
Result<void> decode_texts_at(ByteView bytes, std::size_t count, std::size_t first, std::size_t n,
                             std::size_t max_bytes, Arena& arena,
                             std::vector<std::string_view>& out);

std::string_view text_encoding_name(ByteView bytes);

}  // namespace cairn::storage::columnar
