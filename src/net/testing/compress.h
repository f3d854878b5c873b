// SPDX-License-Identifier: Apache-2.0
//
// The other direction of encoding/decompress.h, for tests.
#pragma once

#include <string>
#include <string_view>

namespace cairn::net::testing {

// Encodings: gzip, deflate, raw_deflate, zstd, zstd_stream (no content size), snappy,
// snappy_framed, lz4.
std::string compressed(std::string_view encoding, std::string_view text);

}  // namespace cairn::net::testing
