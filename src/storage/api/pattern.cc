// SPDX-License-Identifier: Apache-2.0
#include "storage/api/pattern.h"

#include <re2/re2.h>

#include "base/bytes.h"
#include "storage/api/condition.h"

namespace cairn::storage {
namespace {

// The program and the DFA states that RE2 may keep; a pattern that needs more is refused.
constexpr std::size_t kMaxPatternMemory = 1_MiB;

}  // namespace

Result<Pattern> Pattern::compile(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return invalid_argument("regular expression of " + std::to_string(pattern.size()) +
                            " bytes; at most " + std::to_string(kMaxPatternBytes));
  }
  re2::RE2::Options options;
  options.set_max_mem(kMaxPatternMemory);
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_never_capture(true);
  auto compiled =
      std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!compiled->ok()) return invalid_argument("regular expression: " + compiled->error());
  return Pattern(std::move(compiled));
}

bool Pattern::matches(std::string_view text) const {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace cairn::storage
