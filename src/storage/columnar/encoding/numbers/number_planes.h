// SPDX-License-Identifier: Apache-2.0
//
// Numbers as planes of bytes, the low bytes of all of them first, compressed by zstd: for columns
// of structure, where the same sequences come again.
//   minimum   varint, subtracted from all
//   frame     zstd of planes * count bytes (compressed_block.h)
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace cairn::storage::columnar {

// A quick look at a sample: whether zstd could beat `packed` bytes. Errs both ways, cheaply.
template <typename T>
bool may_compress(std::span<const T> values, std::size_t packed);

// A quick look at a sample: whether most of it repeats what came before. REQUIRES: not empty.
template <typename T>
bool repeats_often(std::span<const T> values);

// Appends the minimum and the frame when that is less than `limit` bytes; returns the number of
// planes, 0 when nothing was appended. REQUIRES: not all values are equal.
template <typename T>
unsigned encode_planes(std::span<const T> values, std::size_t limit, Bytes& out);

// Fills `out`; false when damaged or when a value does not fit T.
template <typename T>
bool decode_planes(ByteView bytes, unsigned planes, std::span<T> out);

}  // namespace cairn::storage::columnar
