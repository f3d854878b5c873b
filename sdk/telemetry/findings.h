// SPDX-License-Identifier: Apache-2.0
//
// Findings: what is wrong with a configuration; TextPairs: a mapping in it.
//
// The first error counts; warnings are collected.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::telemetry {

// Names and values in the order they were given.
using TextPairs = std::vector<std::pair<std::string, std::string>>;

struct Findings {
  std::string origin;  // what messages call the file
  std::string error;   // `etc/shop.yaml:4: Batcher: ...`; empty: none
  std::vector<std::string> warnings;

  // `line` counts from 1; 0: not of the file.
  void fail(int line, std::string_view text) {
    if (error.empty()) error = place(line) + std::string(text);
  }
  // At most 100 are kept.
  void warn(int line, std::string_view text) {
    if (warnings.size() < 100) warnings.push_back(place(line) + std::string(text));
  }
  bool ok() const noexcept { return error.empty(); }

 private:
  std::string place(int line) const {
    return line > 0 ? origin + ":" + std::to_string(line) + ": " : std::string();
  }
};

}  // namespace cairn::telemetry
