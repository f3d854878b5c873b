// SPDX-License-Identifier: Apache-2.0
//
// One thing to do with attributes on their way in, as people write it:
//   drop http.request.header.*            removes the attributes whose key matches
//   rename env deployment.environment     gives an attribute another key
//   hash user.*                           its text becomes the SHA-256 of it, in hex
//   redact db.statement /\d{4,}/ ****      what the expression matches in its text is replaced
//   resource deployment.environment=prod  an attribute for every resource that lacks it
// Keys may end in `*` or hold it anywhere. Expressions are RE2's; the replacement may be left out
// (****) and may say \1. The first four are about the attributes of resources, scopes, spans,
// events and links alike.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace cairn::ingest {

struct ProcessorRule {
  enum class Action { kDrop, kRename, kHash, kRedact, kResource };

  Action action = Action::kDrop;
  std::string key;                             // a pattern; for kRename and kResource as it is
  std::string value;                           // the new key, the replacement, or the default value
  std::shared_ptr<const re2::RE2> expression;  // of kRedact
  std::string text;                            // as it was written

  bool matches(std::string_view attribute_key) const;
  bool operator==(const ProcessorRule& other) const { return text == other.text; }
};

// "drop", "rename", "hash", "redact", "resource".
std::string_view to_text(ProcessorRule::Action action);

// Errors: kInvalidArgument that quotes what could not be read.
Result<ProcessorRule> parse_processor_rule(std::string_view text);

}  // namespace cairn::ingest
