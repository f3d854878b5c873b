// SPDX-License-Identifier: Apache-2.0
//
// What the database adapters keep of a server's error message.
#pragma once

#include <cstring>
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

// A message whose quoted part is left out.
class UnquotedText {
 public:
  // Of the first line of `message`: what stands between the first and the last of `quotes` becomes
  // `?`. All of it, for a value may have quotes of its own.
  UnquotedText(std::string_view message, std::string_view quotes) noexcept {
    message = message.substr(0, message.find_first_of("\r\n"));
    const std::size_t first = message.find_first_of(quotes);
    const std::size_t last = message.find_last_of(quotes);
    add(first_line(message.substr(0, first == std::string_view::npos ? first : first + 1)));
    if (first == std::string_view::npos) return;
    add("?");
    add(last != first ? first_line(message.substr(last)) : message.substr(first, 1));
  }
  std::string_view view() const noexcept { return first_line({text_, size_}); }

 private:
  void add(std::string_view part) noexcept {
    if (part.empty()) return;  // memcpy() takes no null
    std::memcpy(text_ + size_, part.data(), part.size());
    size_ += part.size();
  }

  char text_[2 * kMaxErrorText + 1];
  std::size_t size_ = 0;
};

// The event `exception` of an error that is a code, not a C++ exception.
inline void add_exception_event(SpanRef span, std::string_view type,
                                std::string_view message) noexcept {
  if (type.empty()) type = "error";
  span.add_event("exception", {{"exception.type", type}, {"exception.message", message}});
}

}  // namespace cairn::trace::detail
