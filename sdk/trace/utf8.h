// SPDX-License-Identifier: Apache-2.0
//
// Protobuf strings are UTF-8, and receivers refuse a whole request for one that is not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::trace {

// The longest prefix of at most `size` bytes that does not cut a character.
std::string_view cut_at_character(std::string_view text, std::size_t size) noexcept;

// Whether `text` is well-formed UTF-8 (Unicode, table 3-7).
bool is_utf8(std::string_view text) noexcept;

// Writes `text` with each malformed byte as U+FFFD; at most 3 * text.size() bytes. Returns the
// size.
std::size_t repair_utf8(std::string_view text, std::uint8_t* to) noexcept;
std::string repaired(std::string_view text);

// A key as it is sent, without memory from the heap: itself, or the first kMost bytes of one that
// is not UTF-8, repaired. Keys that differ before they are repaired may be the same one then.
class SentKey {
 public:
  explicit SentKey(std::string_view key) noexcept;
  SentKey(const SentKey&) = delete;
  SentKey& operator=(const SentKey&) = delete;

  std::string_view text() const noexcept { return text_; }

 private:
  static constexpr std::size_t kMost = 512;

  std::string_view text_;
  std::uint8_t room_[3 * kMost];
};

}  // namespace cairn::trace
