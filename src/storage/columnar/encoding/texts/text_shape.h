// SPDX-License-Identifier: Apache-2.0
//
// The shape of a text: its words as they are, with marks where a number, a uuid, hex digits or a
// mixed word stood. "/cart/17?session=<uuid>" and "/cart/4?session=<uuid>" have one shape; what
// differs are fields. A shape is bytes: words, and for each field NUL, its kind, its size:
//   kNumber  decimal without leading zeros, below 10^19; size 0
//   kPadded  decimal of `size` digits with leading zeros
//   kHex     `size` lower-case digits (even, 8 to 254), kUuid a uuid (size 36)
//   kWord    letters and digits in any order; size 0
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace cairn::storage::columnar {

enum class FieldKind : std::uint8_t { kNumber, kPadded, kHex, kUuid, kWord };
inline constexpr std::size_t kMaxFields = 64;
inline constexpr std::size_t kMaxShape = 4096;

struct FieldMark {
  FieldKind kind = FieldKind::kNumber;
  std::uint8_t size = 0;
};

// Sets `shape`, and `fields` to the field texts in order. False, with both unspecified, for a text
// that contains NUL, has too many fields or is too long.
bool split_text(std::string_view text, std::string& shape, std::vector<std::string_view>& fields);

// A shape taken apart: words[0] field[0] words[1] … field[n - 1] words[n].
struct ShapeParts {
  std::vector<std::string_view> words;  // point into the shape
  std::vector<FieldMark> fields;
};
// False when `shape` is not one: read from a damaged file.
bool parse_shape(std::string_view shape, ShapeParts& parts);

}  // namespace cairn::storage::columnar
