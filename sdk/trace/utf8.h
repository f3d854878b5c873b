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

}  // namespace cairn::trace
