// SPDX-License-Identifier: Apache-2.0
//
// The chunked coding of HTTP/1.1, undone byte by byte as it comes:
//   size [;extension] CRLF data CRLF ... 0 [;extension] CRLF *(trailer CRLF) CRLF
// Strict: lines end with CRLF and nothing else; extensions and trailers are read past, within a
// limit. (Beast's own decoder is not used: fed "0\r\n" and then "\r", it stops a debug build by an
// assertion.) Source: RFC 9112, "Chunked Transfer Coding". Thread rule: one thread at a time.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "net/encoding/raw_buffer.h"

namespace cairn::net {

class ChunkDecoder {
 public:
  enum class Step {
    kNeedMore,   // all bytes were used
    kDone,       // the body is complete; what is left belongs to the next request
    kTooLarge,   // more data than the limit
    kBusy,       // the buffer's budget is used up
    kMalformed,  // or more bytes of extensions and trailers than `overhead_limit`
  };

  explicit ChunkDecoder(std::size_t overhead_limit) : overhead_limit_(overhead_limit) {}

  // Appends the data to `body`, at most `limit` bytes in total; `used` says how many bytes it took.
  Step feed(ByteView bytes, std::size_t& used, RawBuffer& body, std::size_t limit);

 private:
  enum class State {
    kSize,
    kExtension,
    kSizeEnd,
    kData,
    kDataCr,
    kDataLf,
    kLine,
    kTrailer,
    kLineLf,
    kLastLf,
    kDone,
    kMalformed
  };
  State after(unsigned char c);
  State after_size(unsigned char c);
  State count(State next);

  const std::size_t overhead_limit_;
  State state_ = State::kSize;
  std::size_t overhead_ = 0;
  std::uint64_t left_ = 0;  // of the chunk: its size while that is read, then its data
  int digits_ = 0;
};

}  // namespace cairn::net
