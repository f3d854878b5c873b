// SPDX-License-Identifier: Apache-2.0
//
// Spans that were not taken, counted by reason. Good spans of a bad batch are kept; these are the
// rest. Receivers turn them into the protocol's own answer (OTLP partial success) and metrics.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::model {

enum class RejectionReason : std::uint8_t {
  kInvalidTraceId,       // zeros, or not 16 bytes
  kInvalidSpanId,        // zeros, or not 8 bytes
  kInvalidParentSpanId,  // neither absent nor 8 bytes
  kInvalidLink,          // a link whose trace or span id has a wrong length
  kMalformedSpan,        // the span's own bytes do not parse; its siblings' do
  kTooManyAttributes,
  kTooLarge,
  kRateLimited,
  kTraceTooLarge,  // its trace has had as many spans as a trace may have
  kStorageFull,
  kStorageError,
};
inline constexpr std::size_t kRejectionReasons = 11;

// The reason as a metric label: "invalid_trace_id".
std::string_view to_text(RejectionReason reason);

struct Rejections {
  std::array<std::uint64_t, kRejectionReasons> counts{};

  void add(RejectionReason reason, std::uint64_t spans = 1) {
    counts[static_cast<std::size_t>(reason)] += spans;
  }
  void add(const Rejections& more);
  std::uint64_t of(RejectionReason reason) const {
    return counts[static_cast<std::size_t>(reason)];
  }
  std::uint64_t total() const;
  bool any() const { return total() != 0; }

  // "3 spans rejected: invalid_trace_id 2, too_large 1"; empty when there are none.
  std::string to_text() const;

  bool operator==(const Rejections&) const = default;
};

}  // namespace cairn::model
