// SPDX-License-Identifier: Apache-2.0
//
// TraceState: the vendors' list that travels beside a trace id.
//
// Immutable: with() and without() return a new list. Kept as validated header text, which is what
// almost everyone does with it; parsed only when asked for a member. Any thread.
// Source: W3C Trace Context, "tracestate header"; OpenTelemetry Trace API, "TraceState".
#pragma once

#include <string_view>

#include <cairn/trace/shared_text.h>

namespace cairn::trace {

class TraceState {
 public:
  static constexpr std::size_t kMaxMembers = 32;
  // What is sent on: members that do not fit are left out, those over 128 characters first, then
  // the rightmost. Source: "tracestate Limits" (at least 512 characters).
  static constexpr std::size_t kMaxSize = 512;

  TraceState() noexcept = default;
  // The list in `header`; empty when any member is malformed or a key comes twice (the
  // specification says to discard the whole list). Empty members ("a=1,,b=2") are allowed.
  CAIRN_API static TraceState from_header(std::string_view header) noexcept;

  bool empty() const noexcept { return text_.empty(); }
  // As it is sent: members by comma, newest first. Lives as long as any copy of this list.
  std::string_view header() const noexcept { return text_.view(); }
  // False when there is no such member. `value` lives as long as any copy of this list.
  CAIRN_API bool get(std::string_view key, std::string_view& value) const noexcept;
  // This list with `key` first and set to `value`; this list unchanged when either is invalid.
  CAIRN_API TraceState with(std::string_view key, std::string_view value) const noexcept;
  CAIRN_API TraceState without(std::string_view key) const noexcept;

  friend bool operator==(const TraceState& a, const TraceState& b) noexcept {
    return a.header() == b.header();
  }

 private:
  explicit TraceState(SharedText text) noexcept : text_(static_cast<SharedText&&>(text)) {}
  SharedText text_;
};

}  // namespace cairn::trace
