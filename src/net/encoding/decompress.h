// SPDX-License-Identifier: Apache-2.0
//
// Content encodings of requests, undone with a limit that holds against decompression bombs: the
// output buffer grows from a guess up to the limit and never past it.
// Source: RFC 9110, "Content Codings" (gzip, deflate); RFC 8878 (zstd); the snappy and LZ4 frame
// descriptions; the gRPC protocol over HTTP/2, "Message-Encoding".
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "net/connection/byte_budget.h"

namespace cairn::net {

// The value of grpc-accept-encoding.
inline constexpr std::string_view kGrpcAcceptEncoding = "identity,gzip,deflate,zstd,snappy";

// True for the names that decompress() knows: gzip, x-gzip, deflate, zlib, zstd, snappy (raw or
// framed, told apart by the stream header), x-snappy-framed, lz4 (frame). Not identity.
bool is_supported_encoding(std::string_view name);

// True for "", "identity" and "none": there is nothing to undo.
bool is_identity_encoding(std::string_view name);

// Undoes one encoding.
// Shape: gzip may hold several members and zstd several frames: their contents one after another;
// deflate is zlib-wrapped, a raw stream is tolerated.
// Ownership: the result owns its bytes (for identity too: a copy). They are charged to `budget`,
// when there is one, for as long as they live.
// Empty: an empty input is an error, but for identity.
// Errors: kInvalidArgument when undecodable, kResourceExhausted when larger than `cap`,
// kUnavailable when the budget is used up, kUnimplemented for an unknown name. Thread rule: any
// thread; the decoders are kept per thread.
Result<PinnedBytes> decompress(std::string_view name, ByteView input, std::size_t cap,
                               const std::shared_ptr<ByteBudget>& budget = nullptr);

}  // namespace cairn::net
