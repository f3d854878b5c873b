// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/gzip.h"

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace cairn::trace::transport {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, with gzip's head
constexpr int kMemory = 8;            // zlib's default

// Appends to `out` until the input is used up, and with Z_FINISH until the stream is complete.
bool run(z_stream& stream, int flush, std::string& out) {
  char buffer[64 * 1024];
  do {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    if (deflate(&stream, flush) == Z_STREAM_ERROR) return false;
    out.append(buffer, sizeof buffer - stream.avail_out);
  } while (stream.avail_out == 0);
  return true;
}

struct EndDeflate {
  z_stream& stream;
  ~EndDeflate() { deflateEnd(&stream); }
};

}  // namespace

bool gzip(const Segments& body, std::string& out) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return false;
  }
  const EndDeflate end{stream};
  for (const Segment& piece : body) {
    const auto* at = static_cast<const Bytef*>(piece.data);
    std::size_t left = piece.size;
    while (left != 0) {
      const uInt size =
          static_cast<uInt>(std::min<std::size_t>(left, std::numeric_limits<uInt>::max()));
      stream.next_in = const_cast<Bytef*>(at);
      stream.avail_in = size;
      if (!run(stream, Z_NO_FLUSH, out)) return false;
      at += size;
      left -= size;
    }
  }
  return run(stream, Z_FINISH, out);
}

}  // namespace cairn::trace::transport
