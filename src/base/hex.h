// SPDX-License-Identifier: Apache-2.0
//
// Hex text of byte strings. Lower case out, either case in.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace cairn {

// Appends two lower-case digits a byte.
void append_hex(std::string& out, ByteView bytes);
std::string to_hex(ByteView bytes);

// Fills `out` from exactly 2 * out.size() hex digits of either case; false, with `out` unspecified,
// when the length or a digit is wrong.
[[nodiscard]] bool from_hex(std::string_view hex, std::span<std::byte> out);

}  // namespace cairn
