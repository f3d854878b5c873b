// SPDX-License-Identifier: Apache-2.0
//
// JsonCursor: finds members of small JSON objects.
//
//   JsonCursor cursor(text);
//   cursor.members([&](std::string_view key) {
//     return key == "message" ? cursor.scalar(message) : cursor.skip();
//   });
//
// Lenient about what it skips, never outside the text, and not recursive: nesting costs nothing.
// Source: RFC 8259.
#pragma once

#include <string>
#include <string_view>

namespace cairn::trace::transport {

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : rest_(text) {}

  // Reads one object; on_member(key) must consume the value, and returns whether it did. Returns
  // false, and stops, when the text is no object or broken.
  template <class OnMember>
  bool members(OnMember on_member) {
    if (!take('{')) return false;
    if (take('}')) return true;
    std::string key;
    do {
      if (!string(key) || !take(':') || !on_member(std::string_view(key))) return false;
    } while (take(','));
    return take('}');
  }
  // A string, unescaped, or a number or word as it stands.
  bool scalar(std::string& value);
  bool skip();

 private:
  bool take(char c);
  bool string(std::string& value);
  bool escape(std::string& value);
  bool hex4(unsigned& code);

  std::string_view rest_;
};

}  // namespace cairn::trace::transport
