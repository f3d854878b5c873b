// SPDX-License-Identifier: Apache-2.0
#include "model/rejection.h"

#include <numeric>

#include <fmt/format.h>

namespace cairn::model {

std::string_view to_text(RejectionReason reason) {
  switch (reason) {
    case RejectionReason::kInvalidTraceId:
      return "invalid_trace_id";
    case RejectionReason::kInvalidSpanId:
      return "invalid_span_id";
    case RejectionReason::kInvalidParentSpanId:
      return "invalid_parent_span_id";
    case RejectionReason::kInvalidLink:
      return "invalid_link";
    case RejectionReason::kMalformedSpan:
      return "malformed_span";
    case RejectionReason::kTooManyAttributes:
      return "too_many_attributes";
    case RejectionReason::kTooLarge:
      return "too_large";
    case RejectionReason::kRateLimited:
      return "rate_limited";
    case RejectionReason::kTraceTooLarge:
      return "trace_too_large";
    case RejectionReason::kStorageFull:
      return "storage_full";
    case RejectionReason::kStorageError:
      return "storage_error";
  }
  return "unknown";
}

void Rejections::add(const Rejections& more) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += more.counts[i];
}

std::uint64_t Rejections::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::string Rejections::to_text() const {
  const std::uint64_t all = total();
  if (all == 0) return "";
  std::string out = fmt::format("{} {} rejected:", all, all == 1 ? "span" : "spans");
  char separator = ' ';
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    out += fmt::format("{}{} {}", separator == ' ' ? " " : ", ",
                       model::to_text(static_cast<RejectionReason>(i)), counts[i]);
    separator = ',';
  }
  return out;
}

}  // namespace cairn::model
