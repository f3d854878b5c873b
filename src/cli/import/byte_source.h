// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a file or of standard input, unpacked when they are gzip or zstd (told by their
// first bytes). Piece by piece: memory does not grow with the file.
// Source: RFC 1952 (gzip, members follow one another); RFC 8878 (zstd, so do frames).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace cairn::cli {

// Thread rule: one thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills the front of `to`, which is not empty; 0 at the end.
  // Errors: kUnavailable when it cannot be read, kCorruption when it cannot be unpacked or breaks
  // off inside.
  virtual Result<std::size_t> read(std::span<char> to) = 0;
  // Bytes of the file that were read so far, packed ones where it is packed.
  virtual std::uint64_t position() const = 0;
};

// "-" is standard input. Errors: kUnavailable, also for a directory.
Result<std::unique_ptr<ByteSource>> open_byte_source(const std::string& path);

// What `packed` unpacks to; itself when its first bytes are neither's.
Result<std::unique_ptr<ByteSource>> unpack(std::unique_ptr<ByteSource> packed);

}  // namespace cairn::cli
