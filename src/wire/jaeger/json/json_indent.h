// SPDX-License-Identifier: Apache-2.0
//
// Compact JSON → JSON for people, four spaces a level, as Jaeger's `prettyPrint` answers.
#pragma once

#include <string>
#include <string_view>

namespace cairn::wire::jaeger {

// Takes the text in pieces cut anywhere, so that a streamed answer can be indented as it goes.
// Expects valid JSON without white space outside strings. Empty arrays and objects stay `[]`, `{}`.
// Thread rule: one thread at a time.
class JsonIndenter {
 public:
  // Appends what `compact` becomes.
  void append(std::string& out, std::string_view compact);

 private:
  void append_structure(std::string& out, char c);
  void new_line(std::string& out) const;

  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;  // the next character belongs to an escape
  bool opened_ = false;   // a bracket was opened and nothing came yet
};

}  // namespace cairn::wire::jaeger
