// SPDX-License-Identifier: Apache-2.0
//
// One function per encoding, for decompress.cc alone. All share one contract: appends at most `cap`
// bytes in total to `out`; kInvalidArgument when undecodable, kResourceExhausted past the cap.
#pragma once

#include "base/result.h"
#include "net/encoding/raw_buffer.h"

namespace cairn::net {

Result<void> gunzip(ByteView input, std::size_t cap, RawBuffer& out);
Result<void> inflate_zlib_or_raw(ByteView input, std::size_t cap, RawBuffer& out);
Result<void> unzstd(ByteView input, std::size_t cap, RawBuffer& out);
Result<void> unlz4(ByteView input, std::size_t cap, RawBuffer& out);
Result<void> unsnappy_raw(ByteView input, std::size_t cap, RawBuffer& out);
Result<void> unsnappy_framed(ByteView input, std::size_t cap, RawBuffer& out);

// True when `input` opens with the stream identifier of the snappy framing format.
bool is_snappy_framed(ByteView input);

inline Error too_large(std::size_t cap) {
  return resource_exhausted("the decompressed body is larger than the limit of " +
                            std::to_string(cap) + " bytes");
}
inline Error budget_used_up() {
  return unavailable("the server holds too many bytes of requests and answers");
}

// What out.commit() says, as a Result.
inline Result<void> commit(RawBuffer& out, std::size_t bytes) {
  if (!out.commit(bytes)) return budget_used_up();
  return {};
}

}  // namespace cairn::net
