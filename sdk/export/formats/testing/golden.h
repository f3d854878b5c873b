// SPDX-License-Identifier: Apache-2.0
//
// Compares texts with files under testdata/. UPDATE_GOLDEN=1 writes the files instead.
#pragma once

#include <string>
#include <string_view>

namespace cairn::trace::formats {

// Adds a test failure when `text` is not what the file holds.
void expect_golden(const std::string& file, const std::string& text);

// JSON with a line for each member and element, for people to read; of the same content.
std::string indented(std::string_view json);

}  // namespace cairn::trace::formats
