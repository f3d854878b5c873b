// SPDX-License-Identifier: Apache-2.0
//
// Columns of unsigned numbers as bytes. The encoder tries what fits and keeps the smallest; the
// first byte of the result says which it was, so that a reader needs only the count.
//   constant     one value; one byte when below 31
//   blocks       1024 values: value - minimum in w bits, the few that need more kept aside (PFOR);
//                of a sorted column the steps; after division by a common factor (clocks that tick
//                in 100 or 1000 ns) or, for the bits of doubles, multiplication by a power of ten
//   planes       low bytes first, zstd: for structure, where the same sequences come again
// Signed values are recognised as two's complement or as zigzag() (byte_io.h); two's complement is
// the better choice. Bytes: docs/formats/encodings.md.
// Limits: a decoder refuses what does not hold `count` values exactly, and blocks that cannot hold
// them before allocating. A constant holds any count, planes compress any count: the caller bounds
// `count` by what it knows (the rows of a group).
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace cairn::storage::columnar {

enum class NumberUse {
  kScanned,  // queries look at it: compressed only when that saves more than 15 %
  kStored,   // the smallest wins
};

// Appends to `out`. An empty sequence appends nothing.
void encode_numbers(std::span<const std::uint64_t> values, NumberUse use, Bytes& out);
void encode_numbers(std::span<const std::uint32_t> values, NumberUse use, Bytes& out);

// Replaces `out` by `count` values. Errors: kCorruption.
Result<void> decode_numbers(ByteView bytes, std::size_t count, std::vector<std::uint64_t>& out);
Result<void> decode_numbers(ByteView bytes, std::size_t count, std::vector<std::uint32_t>& out);

// Values [first, first + n) only, appended to `out`: touches only their blocks, except when the
// column is planes. REQUIRES: first + n <= count.
Result<void> decode_numbers_at(ByteView bytes, std::size_t count, std::size_t first, std::size_t n,
                               std::vector<std::uint64_t>& out);

// "pfor 11 bit, scale 1000", for `cairn dump`; the encoding's name for statistics.
std::string describe_numbers(ByteView bytes);
std::string_view number_encoding_name(ByteView bytes);

}  // namespace cairn::storage::columnar
