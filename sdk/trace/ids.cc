// SPDX-License-Identifier: Apache-2.0
#include <cairn/trace/ids.h>

#include "sdk/trace/hex.h"

namespace cairn::trace {
namespace {

template <class Id>
bool read_id(std::string_view hex, Id& out) noexcept {
  if (hex.size() != Id::kHexSize) return false;
  Id id;
  if (!detail::read_hex(hex.data(), sizeof id.bytes, id.bytes)) return false;
  out = id;
  return true;
}

}  // namespace

void TraceId::to_hex(char out[kHexSize]) const noexcept {
  detail::write_hex(bytes, sizeof bytes, out);
}

bool TraceId::from_hex(std::string_view hex, TraceId& out) noexcept {
  return read_id(hex, out);
}

void SpanId::to_hex(char out[kHexSize]) const noexcept {
  detail::write_hex(bytes, sizeof bytes, out);
}

bool SpanId::from_hex(std::string_view hex, SpanId& out) noexcept {
  return read_id(hex, out);
}

}  // namespace cairn::trace
