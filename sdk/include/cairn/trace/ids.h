// SPDX-License-Identifier: Apache-2.0
//
// TraceId, SpanId, TraceFlags: the three words by which spans find each other.
//
// Plain values; any thread. Source: W3C Trace Context, "traceparent header"; OpenTelemetry Trace
// API, "SpanContext".
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include <cairn/trace/export_macro.h>

namespace cairn::trace {

// 16 bytes in the order they are written; all zero is "no trace".
struct TraceId {
  static constexpr std::size_t kHexSize = 32;
  std::uint8_t bytes[16] = {};

  bool is_valid() const noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, bytes, sizeof halves);
    return (halves[0] | halves[1]) != 0;
  }
  // Writes 32 lowercase hex digits, no terminator.
  CAIRN_API void to_hex(char out[kHexSize]) const noexcept;
  // False, and `out` untouched, unless `hex` is 32 lowercase hex digits. Zeros are accepted here.
  CAIRN_API static bool from_hex(std::string_view hex, TraceId& out) noexcept;
  friend bool operator==(const TraceId& a, const TraceId& b) noexcept {
    return std::memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
  }
  friend bool operator!=(const TraceId& a, const TraceId& b) noexcept { return !(a == b); }
};

// 8 bytes in the order they are written; all zero is "no span".
struct SpanId {
  static constexpr std::size_t kHexSize = 16;
  std::uint8_t bytes[8] = {};

  bool is_valid() const noexcept {
    std::uint64_t whole;
    std::memcpy(&whole, bytes, sizeof whole);
    return whole != 0;
  }
  // Writes 16 lowercase hex digits, no terminator.
  CAIRN_API void to_hex(char out[kHexSize]) const noexcept;
  // False, and `out` untouched, unless `hex` is 16 lowercase hex digits. Zeros are accepted here.
  CAIRN_API static bool from_hex(std::string_view hex, SpanId& out) noexcept;
  friend bool operator==(const SpanId& a, const SpanId& b) noexcept {
    return std::memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
  }
  friend bool operator!=(const SpanId& a, const SpanId& b) noexcept { return !(a == b); }
};

// The trace-flags byte of W3C Trace Context level 2.
struct TraceFlags {
  static constexpr std::uint8_t kSampled = 0x01;
  static constexpr std::uint8_t kRandom = 0x02;
  std::uint8_t bits = 0;

  constexpr bool sampled() const noexcept { return (bits & kSampled) != 0; }
  constexpr bool random() const noexcept { return (bits & kRandom) != 0; }
  friend constexpr bool operator==(TraceFlags a, TraceFlags b) noexcept { return a.bits == b.bits; }
  friend constexpr bool operator!=(TraceFlags a, TraceFlags b) noexcept { return a.bits != b.bits; }
};

}  // namespace cairn::trace
