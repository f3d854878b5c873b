// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/answers/answer_json.h"

#include <algorithm>
#include <charconv>

namespace cairn::trace::transport {
namespace {

void append_utf8(std::string& to, unsigned code) {
  const auto put = [&](unsigned byte) { to += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

bool is_surrogate(unsigned code, unsigned first) {
  return code >= first && code < first + 0x400;
}

}  // namespace

char JsonCursor::next() {
  const std::size_t blanks = std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size());
  rest_.remove_prefix(blanks);
  return rest_.empty() ? '\0' : rest_.front();
}

bool JsonCursor::take(char c) {
  if (next() != c || rest_.empty()) return false;
  rest_.remove_prefix(1);
  return true;
}

bool JsonCursor::hex4(unsigned& code) {
  if (rest_.size() < 4) return false;
  const char* end = rest_.data() + 4;
  if (std::from_chars(rest_.data(), end, code, 16).ptr != end) return false;
  rest_.remove_prefix(4);
  return true;
}

// After the backslash.
bool JsonCursor::escape(std::string& value) {
  constexpr std::string_view kNames = "bfnrt", kMeant = "\b\f\n\r\t";
  if (rest_.empty()) return false;
  const char c = rest_.front();
  rest_.remove_prefix(1);
  if (c != 'u') {
    const std::size_t at = kNames.find(c);
    value += at == kNames.npos ? c : kMeant[at];
    return true;
  }
  unsigned code = 0, low = 0;
  if (!hex4(code)) return false;
  if (is_surrogate(code, 0xD800) && rest_.substr(0, 2) == "\\u") {
    rest_.remove_prefix(2);
    if (!hex4(low)) return false;
    if (is_surrogate(low, 0xDC00)) code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(value, is_surrogate(code, 0xD800) || is_surrogate(code, 0xDC00) ? 0xFFFD : code);
  return true;
}

bool JsonCursor::string(std::string& value) {
  value.clear();
  if (!take('"')) return false;
  while (!rest_.empty()) {
    const std::size_t plain = rest_.find_first_of("\"\\");
    if (plain == rest_.npos) return false;
    value.append(rest_.substr(0, plain));
    const char c = rest_[plain];
    rest_.remove_prefix(plain + 1);
    if (c == '"') return true;
    if (!escape(value)) return false;
  }
  return false;
}

bool JsonCursor::scalar(std::string& value) {
  const char first = next();
  if (rest_.empty() || first == '{' || first == '[') return false;
  if (first == '"') return string(value);
  const std::size_t size = std::min(rest_.find_first_of(",}] \t\r\n"), rest_.size());
  value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return size != 0;
}

bool JsonCursor::skip() {
  std::string unused;
  std::size_t depth = 0;
  do {
    if (take('{') || take('[')) {
      ++depth;
    } else if (take('}') || take(']')) {
      if (depth == 0) return false;
      --depth;
    } else if (take(',') || take(':')) {
      if (depth == 0) return false;
    } else if (!scalar(unused)) {
      return false;
    }
  } while (depth != 0);
  return true;
}

}  // namespace cairn::trace::transport
