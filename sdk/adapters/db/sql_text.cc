// SPDX-License-Identifier: Apache-2.0
#include "sql_text.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>

namespace cairn::trace::detail {
namespace {

constexpr std::size_t kMaxSummaryInput = 8 * 1024;
constexpr std::size_t kMaxTextInput = 64 * 1024;
constexpr std::size_t kMaxName = 128;

constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool is_word(char c) {
  return is_word_start(c) || is_digit(c) || c == '$';
}
constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

enum class Kind : std::uint8_t { kEnd, kSpace, kWord, kName, kLiteral, kPlaceholder, kOther };

struct Token {
  Kind kind = Kind::kEnd;
  std::string_view text;
};

// Cuts a text into tokens; an unfinished string or comment reaches to the end.
class Scanner {
 public:
  Scanner(std::string_view text, SqlDialect dialect) : text_(text), dialect_(dialect) {}

  Token next() {
    if (at_ >= text_.size()) return {};
    const std::size_t from = at_;
    const Kind kind = scan();
    return {kind, text_.substr(from, at_ - from)};
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  Kind scan() {
    const char c = peek();
    if (is_space(c) || comment_starts()) return space();
    if (c == '\'') return quoted('\'', dialect_ == SqlDialect::kMysql, Kind::kLiteral);
    if (c == '"') {
      const bool string = dialect_ == SqlDialect::kMysql;
      return quoted('"', string, string ? Kind::kLiteral : Kind::kName);
    }
    if (c == '`') return quoted('`', false, Kind::kName);
    if (c == '[' && dialect_ == SqlDialect::kSqlite) return bracketed();
    if (c == '$') return dollar();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (is_word_start(c)) return word();
    if (c == '?' || ((c == ':' || c == '@') && is_word_start(peek(1)))) return placeholder();
    at_ += c == ':' && peek(1) == ':' ? 2 : 1;
    return Kind::kOther;
  }

  bool comment_starts() const {
    return (peek() == '-' && peek(1) == '-') || (peek() == '/' && peek(1) == '*') ||
           (peek() == '#' && dialect_ == SqlDialect::kMysql);
  }
  // Spaces and comments together.
  Kind space() {
    while (at_ < text_.size()) {
      if (is_space(peek())) {
        ++at_;
      } else if (!comment_starts()) {
        break;
      } else if (peek() == '/') {
        block_comment();
      } else {
        at_ = std::min(text_.find('\n', at_), text_.size());
      }
    }
    return Kind::kSpace;
  }
  void block_comment() {
    // PostgreSQL's nest; counting is harmless elsewhere, as too much hidden beats too little.
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      if (peek() == '/' && peek(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (peek() == '*' && peek(1) == '/') {
        at_ += 2;
        if (--depth == 0 || dialect_ != SqlDialect::kStandard) break;
      } else {
        ++at_;
      }
    }
    at_ = std::min(at_, text_.size());
  }

  Kind quoted(char quote, bool backslash, Kind kind) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = peek();
      if (backslash && c == '\\') {
        at_ += 2;
      } else if (c == quote && peek(1) == quote) {
        at_ += 2;
      } else if (c == quote) {
        ++at_;
        return kind;
      } else {
        ++at_;
      }
    }
    at_ = text_.size();
    return Kind::kLiteral;  // unfinished: no telling what is in it
  }
  Kind bracketed() {
    const std::size_t end = text_.find(']', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    return end == std::string_view::npos ? Kind::kLiteral : Kind::kName;
  }

  // $1, or $tag$ text $tag$; in SQLite $name.
  Kind dollar() {
    if (is_digit(peek(1)) || dialect_ == SqlDialect::kSqlite) return placeholder();
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '$' && is_word(text_[end])) ++end;
    if (end >= text_.size() || text_[end] != '$') return placeholder();
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
    return Kind::kLiteral;
  }
  Kind placeholder() {
    ++at_;
    while (is_word(peek())) ++at_;
    return Kind::kPlaceholder;
  }
  // 12, 1.5e-3, 0xFF, 1_000: whatever sticks to a number is part of it.
  Kind number() {
    while (
        is_word(peek()) || peek() == '.' ||
        ((peek() == '+' || peek() == '-') && upper(text_[at_ - 1]) == 'E' && is_digit(peek(1)))) {
      ++at_;
    }
    return Kind::kLiteral;
  }
  Kind word() {
    const std::size_t from = at_;
    while (is_word(peek())) ++at_;
    if (peek() != '\'') {
      const bool unicode = at_ - from == 1 && upper(text_[from]) == 'U' && peek() == '&' &&
                           (peek(1) == '\'' || peek(1) == '"');
      if (!unicode) return Kind::kWord;
      ++at_;
      return quoted(peek(), false, Kind::kLiteral);
    }
    // E'...', X'...', B'...', N'...' and MySQL's _utf8'...' are one literal.
    const char prefix = at_ - from == 1 ? upper(text_[from]) : text_[from];
    if (prefix != '_' && (at_ - from != 1 || !std::strchr("EXBN", prefix))) return Kind::kWord;
    return quoted('\'', prefix == 'E' || dialect_ == SqlDialect::kMysql, Kind::kLiteral);
  }

  std::string_view text_;
  SqlDialect dialect_;
  std::size_t at_ = 0;
};

// The next token that is not space.
Token next_token(Scanner& scanner) {
  Token token = scanner.next();
  while (token.kind == Kind::kSpace) token = scanner.next();
  return token;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view one) { return equals_ignoring_case(word, one); });
}

// A name with its parts: schema.table. `first` has been read.
std::string_view qualified_name(Scanner& scanner, Token first) {
  if (first.kind != Kind::kWord && first.kind != Kind::kName) return {};
  const char* const begin = first.text.data();
  const char* end = begin + first.text.size();
  for (;;) {
    if (const Token dot = scanner.next(); dot.kind != Kind::kOther || dot.text != ".") break;
    const Token part = scanner.next();
    if (part.kind != Kind::kWord && part.kind != Kind::kName) break;
    end = part.text.data() + part.text.size();
  }
  const std::string_view name(begin, static_cast<std::size_t>(end - begin));
  return name.size() <= kMaxName ? name : std::string_view();
}

// Reads on until one of `words` stands outside of parentheses; false at the end of the statement.
bool skip_to(Scanner& scanner, std::initializer_list<std::string_view> words, Token* found) {
  int depth = 0;
  for (Token token = scanner.next(); token.kind != Kind::kEnd; token = scanner.next()) {
    if (token.kind == Kind::kOther && token.text == "(") ++depth;
    if (token.kind == Kind::kOther && token.text == ")") --depth;
    if (token.kind == Kind::kOther && token.text == ";") return false;
    if (depth <= 0 && token.kind == Kind::kWord && is_one_of(token.text, words)) {
      if (found != nullptr) *found = token;
      return true;
    }
  }
  return false;
}

std::string_view name_after(Scanner& scanner, std::initializer_list<std::string_view> noise) {
  Token token = next_token(scanner);
  while (token.kind == Kind::kWord && is_one_of(token.text, noise)) token = next_token(scanner);
  return qualified_name(scanner, token);
}

std::string_view collection_of(Scanner& scanner, std::string_view operation) {
  if (is_one_of(operation, {"SELECT", "DELETE"})) {
    return skip_to(scanner, {"FROM"}, nullptr) ? name_after(scanner, {"ONLY"}) : std::string_view();
  }
  if (is_one_of(operation, {"INSERT", "REPLACE", "MERGE"})) {
    return skip_to(scanner, {"INTO"}, nullptr) ? name_after(scanner, {}) : std::string_view();
  }
  if (is_one_of(operation, {"UPDATE"})) {
    return name_after(scanner, {"ONLY", "OR", "ROLLBACK", "ABORT", "REPLACE", "FAIL", "IGNORE"});
  }
  if (is_one_of(operation, {"CREATE", "ALTER", "DROP"})) {
    // CREATE FUNCTION ... and the like name no table.
    Token token = next_token(scanner);
    while (is_one_of(token.text, {"TEMP", "TEMPORARY", "UNLOGGED", "GLOBAL", "LOCAL", "VIRTUAL"})) {
      token = next_token(scanner);
    }
    if (!is_one_of(token.text, {"TABLE"})) return {};
    return name_after(scanner, {"IF", "NOT", "EXISTS", "ONLY"});
  }
  if (is_one_of(operation, {"TRUNCATE", "COPY"})) return name_after(scanner, {"TABLE", "ONLY"});
  return {};
}

// Writes into a buffer until it is full.
class Writer {
 public:
  Writer(char* out, std::size_t size) : out_(out), size_(size) {}
  bool write(std::string_view text) {
    const std::size_t part = std::min(text.size(), size_ - used_);
    std::memcpy(out_ + used_, text.data(), part);
    used_ += part;
    return part == text.size();
  }
  std::size_t used() const { return used_; }
  // Takes a character that was cut in two back.
  void end_at_character() {
    std::size_t end = used_;
    while (end > 0 && (static_cast<unsigned char>(out_[end - 1]) & 0xC0) == 0x80) --end;
    if (end > 0 && static_cast<unsigned char>(out_[end - 1]) >= 0xC0) used_ = end - 1;
  }

 private:
  char* out_;
  std::size_t size_;
  std::size_t used_ = 0;
};

}  // namespace

SqlDialect sql_dialect(std::string_view system) noexcept {
  if (system == "mysql" || system == "mariadb") return SqlDialect::kMysql;
  return system == "postgresql" ? SqlDialect::kStandard : SqlDialect::kSqlite;
}

bool equals_ignoring_case(std::string_view a, std::string_view upper_case) noexcept {
  return a.size() == upper_case.size() && std::equal(a.begin(), a.end(), upper_case.begin(),
                                                     [](char x, char y) { return upper(x) == y; });
}

bool gives_rows(std::string_view operation) noexcept {
  return is_one_of(operation,
                   {"SELECT", "VALUES", "SHOW", "TABLE", "FETCH", "EXPLAIN", "PRAGMA", "DESCRIBE"});
}

SqlSummary summarize_sql(std::string_view text, SqlDialect dialect) noexcept {
  Scanner scanner(text.substr(0, kMaxSummaryInput), dialect);
  Token token = next_token(scanner);
  while (token.kind == Kind::kOther && token.text != ";") token = next_token(scanner);
  if (token.kind != Kind::kWord || token.text.size() > kMaxName) return {};
  SqlSummary summary;
  if (equals_ignoring_case(token.text, "WITH")) {
    // The tables of a WITH are in parentheses; what it is for stands outside.
    Token main = token;
    skip_to(scanner, {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "VALUES"}, &main);
    token = main;
  }
  summary.operation = token.text;
  summary.collection = collection_of(scanner, token.text);
  return summary;
}

std::size_t sanitize_sql(std::string_view text, SqlDialect dialect,
                         char (&out)[kMaxQueryText]) noexcept {
  Scanner scanner(text.substr(0, kMaxTextInput), dialect);
  Writer writer(out, kMaxQueryText);
  bool complete = true;
  bool space = false;
  for (Token token = scanner.next(); token.kind != Kind::kEnd && complete; token = scanner.next()) {
    if (token.kind == Kind::kSpace) {
      space = writer.used() > 0;
      continue;
    }
    if (space) complete = writer.write(" ");
    space = false;
    const bool hidden =
        token.kind == Kind::kLiteral ||
        (token.kind == Kind::kName && token.text[0] == '"' && dialect != SqlDialect::kStandard);
    complete = complete && writer.write(hidden ? std::string_view("?") : token.text);
  }
  if (!complete) writer.end_at_character();
  return writer.used();
}

}  // namespace cairn::trace::detail
