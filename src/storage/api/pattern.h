// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace cairn::storage {

// A compiled regular expression (RE2 syntax; `.` matches newlines too), of bounded memory and with
// matching time linear in the text.
// Thread rule: immutable; copies share the compiled form.
class Pattern {
 public:
  // kInvalidArgument: RE2's own explanation, or a pattern longer than kMaxPatternBytes.
  static Result<Pattern> compile(std::string_view pattern);

  // Whether all of `text` matches.
  bool matches(std::string_view text) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace cairn::storage
