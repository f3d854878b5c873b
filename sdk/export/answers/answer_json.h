// SPDX-License-Identifier: Apache-2.0
//
// JsonCursor: finds members of JSON objects, and elements of lists, without a tree of them.
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
  // Reads one list; on_element() must consume the element, and returns whether it did. Returns
  // false, and stops, when the text is no list or broken.
  template <class OnElement>
  bool elements(OnElement on_element) {
    if (!take('[')) return false;
    if (take(']')) return true;
    do {
      if (!on_element()) return false;
    } while (take(','));
    return take(']');
  }
  // A string, unescaped, or a number or word as it stands.
  bool scalar(std::string& value);
  bool skip();
  // Whether an object, a list, or nothing but blanks comes next.
  bool is_object() { return next() == '{'; }
  bool is_list() { return next() == '['; }
  bool at_end() {
    (void)next();
    return rest_.empty();
  }

 private:
  char next();  // skips blanks; 0 at the end
  bool take(char c);
  bool string(std::string& value);
  bool escape(std::string& value);
  bool hex4(unsigned& code);

  std::string_view rest_;
};

}  // namespace cairn::trace::transport
