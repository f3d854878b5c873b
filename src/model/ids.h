// SPDX-License-Identifier: Apache-2.0
//
// The identities of traces and spans.
// Source: W3C Trace Context, "traceparent Header"; OTLP trace.proto, Span.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace cairn::model {

// Identifies a trace. Opaque 16 bytes, valid when any byte is non-zero.
struct TraceId {
  std::array<std::byte, 16> bytes{};

  bool is_valid() const { return *this != TraceId{}; }
  auto operator<=>(const TraceId&) const = default;

  // 1 to 32 hex digits of either case, left-padded with zeros, as B3, Zipkin and Jaeger's query
  // parameters write them. kInvalidArgument otherwise.
  static Result<TraceId> from_hex(std::string_view hex);
  // Exactly 16 bytes, or nothing changes and false.
  [[nodiscard]] bool assign(ByteView from);
  // 32 lower-case digits.
  std::string to_hex() const;
};

// Identifies a span within its trace. Opaque 8 bytes, valid when any byte is non-zero.
struct SpanId {
  std::array<std::byte, 8> bytes{};

  bool is_valid() const { return *this != SpanId{}; }
  auto operator<=>(const SpanId&) const = default;

  // 1 to 16 hex digits of either case, left-padded with zeros. kInvalidArgument otherwise.
  static Result<SpanId> from_hex(std::string_view hex);
  // Exactly 8 bytes, or nothing changes and false.
  [[nodiscard]] bool assign(ByteView from);
  // 16 lower-case digits.
  std::string to_hex() const;
};

}  // namespace cairn::model

// Ids are chosen by peers: a hash for tables that hold them must not be steerable. The process-wide
// seed is random (model/ids.cc).
template <>
struct std::hash<cairn::model::TraceId> {
  std::size_t operator()(const cairn::model::TraceId& id) const noexcept;
};
template <>
struct std::hash<cairn::model::SpanId> {
  std::size_t operator()(const cairn::model::SpanId& id) const noexcept;
};
