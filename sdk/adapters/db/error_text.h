// SPDX-License-Identifier: Apache-2.0
//
// What the database adapters keep of a server's error message.
#pragma once

#include <string_view>

#include <cairn/trace/span.h>

namespace cairn::trace::detail {

inline constexpr std::size_t kMaxErrorText = 256;

// The first line, at most kMaxErrorText bytes, cut at a character: a view into `message`.
inline std::string_view first_line(std::string_view message) noexcept {
  message = message.substr(0, message.find_first_of("\r\n"));
  if (message.size() <= kMaxErrorText) return message;
  std::size_t end = kMaxErrorText;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  return message.substr(0, end);
}

// The event `exception` of an error that is a code, not a C++ exception.
inline void add_exception_event(SpanRef span, std::string_view type,
                                std::string_view message) noexcept {
  if (type.empty()) type = "error";
  span.add_event("exception", {{"exception.type", type}, {"exception.message", message}});
}

}  // namespace cairn::trace::detail
