// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json/json_indent.h"

namespace cairn::wire::jaeger {

void JsonIndenter::new_line(std::string& out) const {
  out += '\n';
  out.append(depth_ * 4, ' ');
}

void JsonIndenter::append(std::string& out, std::string_view compact) {
  for (const char c : compact) {
    if (!in_string_) {
      append_structure(out, c);
      continue;
    }
    out += c;
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
    }
  }
}

void JsonIndenter::append_structure(std::string& out, char c) {
  const bool closes = c == '}' || c == ']';
  if (closes) {
    --depth_;
    if (!opened_) new_line(out);
    opened_ = false;
    out += c;
    return;
  }
  if (opened_) new_line(out);
  opened_ = c == '{' || c == '[';
  if (opened_) ++depth_;
  out += c;
  if (c == ',') new_line(out);
  if (c == ':') out += ' ';
  if (c == '"') in_string_ = true;
}

}  // namespace cairn::wire::jaeger
