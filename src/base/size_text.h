// SPDX-License-Identifier: Apache-2.0
//
// Byte counts as people write them in settings.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn {

// A whole number with an optional unit B, KiB, MiB, GiB, KB, MB, GB: "64KiB", "1048576".
// Errors: kInvalidArgument for anything else and past 2^63.
Result<std::size_t> parse_size(std::string_view text);

// The shortest exact text: "20MiB", "1000B".
std::string size_text(std::size_t bytes);

}  // namespace cairn
