// SPDX-License-Identifier: Apache-2.0
//
// Base64, RFC 4648: standard alphabet with padding out; standard or URL alphabet, padded or not,
// in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace cairn {

std::string to_base64(ByteView bytes);

// Nullopt for a character outside both alphabets, a stray '=' or an impossible length.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace cairn
