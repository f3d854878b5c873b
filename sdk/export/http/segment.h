// SPDX-License-Identifier: Apache-2.0
//
// Segment: a borrowed piece of a request's body. A body is a list of them, sent without being
// joined.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace cairn::trace::transport {

struct Segment {
  const void* data = nullptr;
  std::size_t size = 0;
};

using Segments = std::vector<Segment>;

inline Segment segment(std::string_view text) {
  return {text.data(), text.size()};
}

inline std::size_t size_of(const Segments& segments) {
  std::size_t size = 0;
  for (const Segment& piece : segments) size += piece.size;
  return size;
}

}  // namespace cairn::trace::transport
