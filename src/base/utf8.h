// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing past U+10FFFF.
#pragma once

#include <string>
#include <string_view>

namespace cairn {

bool is_valid_utf8(std::string_view text);

// Each maximal invalid part becomes one U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

}  // namespace cairn
