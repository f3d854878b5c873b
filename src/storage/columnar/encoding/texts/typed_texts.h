// SPDX-License-Identifier: Apache-2.0
//
// Columns of texts that all have one form, kept as what they say. Every text must give itself back
// exactly.
//   uuid      lower-case, 8-4-4-4-12: 16 bytes each
//   hex       lower-case, one even length L > 0: varint L / 2, then L / 2 bytes each
//   decimal   0 to 2^64 - 1 without leading zeros: a column of numbers (numbers.h)
//   ipv4      dotted, without leading zeros: a column of numbers, the first part highest
// Thread rule: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"

namespace cairn::storage::columnar {

enum class TextType : std::uint8_t { kUuid, kHex, kDecimal, kIpv4 };
inline constexpr unsigned kTextTypes = 4;

std::string_view text_type_name(TextType type);

// Appends the texts as `type`, or nothing when one of them is not of it; whether it did.
// REQUIRES: not empty.
bool encode_typed(TextType type, std::span<const std::string_view> texts, Bytes& out);

// Appends texts [first, first + n) of `count`, in `arena`; false when damaged or when all of them
// together have more than `max_bytes`. REQUIRES: first + n <= count, n > 0.
bool decode_typed(TextType type, ByteView bytes, std::size_t count, std::size_t first,
                  std::size_t n, std::size_t max_bytes, Arena& arena,
                  std::vector<std::string_view>& out);

}  // namespace cairn::storage::columnar
