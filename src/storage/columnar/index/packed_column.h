// SPDX-License-Identifier: Apache-2.0
//
// A column of small varints, compressed with zstd when that makes it smaller.
//   varint size, varint compressed size (0: not compressed), bytes
#pragma once

#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {

// Appends to `out`.
void put_packed_column(ByteView column, Bytes& out);

// Errors: kCorruption, which leaves `in` failed. Limits: at most 256 times the bytes that it takes
// from `in`, and at most 64 MiB when compressed.
Result<Bytes> take_packed_column(ByteReader& in);

}  // namespace cairn::storage::columnar
