// SPDX-License-Identifier: Apache-2.0
#include "cli/import/json_pieces.h"

#include <algorithm>

#include <fmt/format.h>

namespace cairn::cli {
namespace {

constexpr std::size_t kChunk = 256_KiB;
constexpr std::string_view kSpace = " \t\r\n";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(kSpace) == std::string_view::npos;
}
bool is_space(char c) {
  return kSpace.find(c) != std::string_view::npos;
}

// Follows brackets and strings, and the names of the outermost object's members.
class Nesting {
 public:
  // False when the value ended with `c`.
  bool goes_on(char c) {
    if (in_string_) {
      if (is_escaped_) {
        is_escaped_ = false;
      } else if (c == '\\') {
        is_escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
        return true;
      }
      if (depth_ == 1 && text_.size() < kLongestName) text_ += c;
      return true;
    }
    switch (c) {
      case '"':
        in_string_ = true;
        if (depth_ == 1) text_.clear();
        return true;
      case ':':
        if (depth_ == 1) name_ = text_;
        return true;
      case '{':
      case '[':
        ++depth_;
        return true;
      case '}':
      case ']':
        return --depth_ != 0;
      default:
        if (depth_ == 1 && !is_space(c)) name_.clear();
        return true;
    }
  }
  // Whether the outermost object's member `name` has just begun as a list.
  bool entered_list(std::string_view name, char c) const {
    return c == '[' && depth_ == 2 && !in_string_ && name_ == name;
  }
  std::size_t depth() const { return depth_; }

 private:
  static constexpr std::size_t kLongestName = 16;

  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool is_escaped_ = false;
  std::string text_;  // of the last string at depth 1
  std::string name_;  // of the member that is being read, until its value begins
};

}  // namespace

Result<void> JsonPieces::fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kChunk);
  auto got = source_.read(std::span(buffer_).subspan(size));
  buffer_.resize(size + (got ? *got : 0));
  if (!got) return std::move(got).error();
  is_at_end_ = *got == 0;
  return {};
}

Result<std::optional<Piece>> JsonPieces::next() {
  if (form_ == Form::kUnknown) RETURN_IF_ERROR(decide());
  return form_ == Form::kLines ? next_line() : next_of_documents();
}

Result<void> JsonPieces::decide() {
  std::string_view first;
  bool is_whole = false;
  for (std::size_t begin = 0, looked_at = 0; !is_whole;) {
    const std::string_view held(buffer_);
    const std::size_t end = held.find('\n', looked_at);
    looked_at = held.size();
    is_whole = end != std::string_view::npos || is_at_end_;
    first = held.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (is_whole && is_blank(first) && !is_at_end_) {  // a blank line in front
      begin = looked_at = end + 1;
      is_whole = false;
      if (begin < held.size()) continue;
    }
    if (is_whole || held.size() > most_bytes_) break;
    RETURN_IF_ERROR(fill());
  }
  if (buffer_.starts_with("\xef\xbb\xbf")) at_ = 3;  // a byte order mark
  const std::size_t last = first.find_last_not_of(kSpace);
  const bool is_open = last != std::string_view::npos &&
                       std::string_view("[{,:").find(first[last]) != std::string_view::npos;
  form_ = is_whole && !is_open ? Form::kLines : Form::kDocuments;
  return {};
}

Result<std::optional<Piece>> JsonPieces::next_line() {
  std::size_t looked_at = at_;
  for (bool is_too_long = false;;) {
    const std::size_t end = buffer_.find('\n', looked_at);
    if (end == std::string::npos && !is_at_end_) {
      if (buffer_.size() - at_ > most_bytes_) {
        is_too_long = true;
        at_ = buffer_.size();
      }
      const std::size_t kept = buffer_.size() - at_;
      RETURN_IF_ERROR(fill());
      looked_at = kept;
      continue;
    }
    const std::size_t stop = std::min(end, buffer_.size());
    if (stop == at_ && end == std::string::npos && !is_too_long) return std::optional<Piece>();
    Piece piece{buffer_.substr(at_, stop - at_), line_, {}};
    at_ = looked_at = std::min(stop + 1, buffer_.size());
    ++line_;
    if (is_too_long || piece.text.size() > most_bytes_) {
      piece.text.clear();
      piece.problem = fmt::format("longer than {} bytes", most_bytes_);
    } else if (is_blank(piece.text)) {
      continue;
    }
    return std::optional(std::move(piece));
  }
}

Result<std::optional<char>> JsonPieces::peek() {
  if (at_ == buffer_.size()) {
    if (is_at_end_) return std::optional<char>();
    RETURN_IF_ERROR(fill());
    if (at_ == buffer_.size()) return std::optional<char>();
  }
  return std::optional(buffer_[at_]);
}

void JsonPieces::take() {
  if (buffer_[at_++] == '\n') ++line_;
}

Result<std::optional<char>> JsonPieces::peek_after_space() {
  for (;;) {
    ASSIGN_OR_RETURN(const std::optional<char> c, peek());
    if (!c || !is_space(*c)) return c;
    take();
  }
}

Piece JsonPieces::stop(std::string problem) {
  where_ = At::kEnd;
  return {{}, line_, std::move(problem)};
}

Result<std::optional<Piece>> JsonPieces::next_of_documents() {
  while (where_ != At::kEnd) {
    if (where_ == At::kRestOfObject) RETURN_IF_ERROR(skip_rest_of_object());
    ASSIGN_OR_RETURN(const std::optional<char> c, peek_after_space());
    if (!c && where_ == At::kTop) return std::optional<Piece>();
    if (!c) return std::optional(stop("the file ends within a list"));
    if (*c == ',') {
      take();
    } else if (where_ == At::kElements && *c == ']') {
      take();
      where_ = in_object_ ? At::kRestOfObject : At::kTop;
    } else if (where_ == At::kTop && *c == '[') {
      take();
      where_ = At::kElements;
      in_object_ = wraps_ = false;
    } else {
      ASSIGN_OR_RETURN(auto piece, piece_at(*c));
      if (piece) return piece;
    }
  }
  return std::optional<Piece>();
}

// Nothing when the value turned out to hold a list whose elements are the pieces.
Result<std::optional<Piece>> JsonPieces::piece_at(char first) {
  if (first != '{' && first != '[') {
    return std::optional(stop("neither a list nor an object; the rest of the file is left out"));
  }
  found_list_ = false;
  ASSIGN_OR_RETURN(Piece piece, read_value(where_ == At::kTop));
  if (found_list_) return std::optional<Piece>();
  if (wraps_ && where_ == At::kElements && piece.problem.empty()) {
    piece.text = fmt::format(R"({{"resourceSpans":[{}]}})", piece.text);
  }
  return std::optional(std::move(piece));
}

Result<Piece> JsonPieces::read_value(bool watch_names) {
  Piece piece;
  piece.line = line_;
  Nesting nesting;
  for (bool goes_on = true; goes_on;) {
    ASSIGN_OR_RETURN(const std::optional<char> c, peek());
    if (!c) return stop("the file ends within an object");
    take();
    goes_on = nesting.goes_on(*c);
    if (piece.problem.empty()) piece.text += *c == '\n' || *c == '\r' ? ' ' : *c;
    if (piece.text.size() > most_bytes_) {
      piece.text = std::string();
      piece.problem = fmt::format("longer than {} bytes", most_bytes_);
    }
    if (!watch_names || *c != '[') continue;
    wraps_ =
        nesting.entered_list("resourceSpans", *c) || nesting.entered_list("resource_spans", *c);
    found_list_ = wraps_ || nesting.entered_list("data", *c);
    if (!found_list_) continue;
    where_ = At::kElements;
    in_object_ = true;
    return piece;
  }
  return piece;
}

// Up to the end of the object whose list has ended.
Result<void> JsonPieces::skip_rest_of_object() {
  Nesting nesting;
  nesting.goes_on('{');
  for (bool goes_on = true; goes_on;) {
    ASSIGN_OR_RETURN(const std::optional<char> c, peek());
    if (!c) break;  // all the list was there
    take();
    goes_on = nesting.goes_on(*c);
  }
  where_ = At::kTop;
  return {};
}

}  // namespace cairn::cli
