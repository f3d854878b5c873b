// SPDX-License-Identifier: Apache-2.0
//
// BodyReader and ResponseBody: how libcurl reads a request's segments and writes an answer's body.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

#include "sdk/export/http/segment.h"

namespace cairn::trace::transport {

// Borrows the segments.
class BodyReader {
 public:
  explicit BodyReader(const Segments& segments) : segments_(segments), size_(size_of(segments)) {}
  std::size_t size() const { return size_; }

  // CURLOPT_READFUNCTION
  static std::size_t read(char* to, std::size_t, std::size_t room, void* self) {
    return static_cast<BodyReader*>(self)->take(to, room);
  }
  // CURLOPT_SEEKFUNCTION: a request is sent again from its start when a kept connection was closed.
  static int seek(void* self, long offset, int origin) {
    auto& reader = *static_cast<BodyReader*>(self);
    if (offset != 0 || origin != SEEK_SET) return 1;
    reader.index_ = reader.at_ = 0;
    return 0;
  }

 private:
  std::size_t take(char* to, std::size_t room) {
    std::size_t taken = 0;
    while (taken < room && index_ < segments_.size()) {
      const Segment& piece = segments_[index_];
      const std::size_t size = std::min(room - taken, piece.size - at_);
      if (size != 0) std::memcpy(to + taken, static_cast<const char*>(piece.data) + at_, size);
      taken += size;
      at_ += size;
      if (at_ != piece.size) break;
      ++index_;
      at_ = 0;
    }
    return taken;
  }

  const Segments& segments_;
  const std::size_t size_;
  std::size_t index_ = 0, at_ = 0;
};

// Keeps at most `limit` bytes; more of them end the transfer.
struct ResponseBody {
  std::string& body;
  std::size_t limit;
  bool too_large = false;

  // CURLOPT_WRITEFUNCTION
  static std::size_t write(char* from, std::size_t, std::size_t size, void* self) noexcept {
    auto& sink = *static_cast<ResponseBody*>(self);
    sink.too_large = size > sink.limit - sink.body.size();
    if (sink.too_large) return 0;
    try {
      sink.body.append(from, size);
    } catch (...) {
      return 0;
    }
    return size;
  }
};

}  // namespace cairn::trace::transport
