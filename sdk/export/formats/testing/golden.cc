// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/testing/golden.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace cairn::trace::formats {

void expect_golden(const std::string& file, const std::string& text) {
  const std::string path = std::string(CAIRN_SDK_DIR) + "/export/formats/testdata/" + file;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  const std::string expected((std::istreambuf_iterator<char>(in)),
                             std::istreambuf_iterator<char>());
  EXPECT_EQ(text, expected) << "with UPDATE_GOLDEN=1 the test writes " << path;
}

std::string indented(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  bool in_text = false;
  const auto new_line = [&] { out.append("\n").append(2 * depth, ' '); };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    const bool closes = !in_text && (c == '}' || c == ']');
    const bool is_empty = closes && i > 0 && (json[i - 1] == '{' || json[i - 1] == '[');
    if (closes) --depth;
    if (closes && !is_empty) new_line();
    out += c;
    if (c == '\\' && in_text) out += json[++i];
    if (c == '"') in_text = !in_text;
    if (in_text) continue;
    if (c == ':') out += ' ';
    if (c == '{' || c == '[') ++depth;
    const bool opens_empty = i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']');
    if (c == ',' || ((c == '{' || c == '[') && !opens_empty)) new_line();
  }
  return out + '\n';
}

}  // namespace cairn::trace::formats
