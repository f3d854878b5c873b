// SPDX-License-Identifier: Apache-2.0
#include "ingest/processor_rule.h"

#include <fmt/format.h>
#include <re2/re2.h>

namespace cairn::ingest {
namespace {

using Action = ProcessorRule::Action;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view next_word(std::string_view& text) {
  text = trimmed(text);
  const std::string_view word = text.substr(0, text.find(' '));
  text = trimmed(text.substr(word.size()));
  return word;
}

// `*` stands for any text. Cost: linear in the key for each star.
bool matches_pattern(std::string_view pattern, std::string_view key) {
  const std::size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == key;
  if (!key.starts_with(pattern.substr(0, star))) return false;
  key.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (;;) {
    const std::size_t next = pattern.find('*');
    if (next == pattern.npos) return key.ends_with(pattern);
    const std::size_t at = key.find(pattern.substr(0, next));
    if (at == key.npos) return false;
    key.remove_prefix(at + next);
    pattern.remove_prefix(next + 1);
  }
}

Error wrong(std::string_view rule, std::string_view expected) {
  return invalid_argument(fmt::format("'{}': expected {}", rule, expected));
}

// `key /expression/ replacement`.
Result<ProcessorRule> parse_redact(ProcessorRule made, std::string_view rest) {
  constexpr std::string_view kForm = "redact key /expression/ replacement";
  made.key = next_word(rest);
  const std::size_t end = rest.rfind('/');
  if (made.key.empty() || !rest.starts_with('/') || end == 0) return wrong(made.text, kForm);
  RE2::Options options;
  options.set_log_errors(false);
  auto expression = std::make_shared<RE2>(std::string(rest.substr(1, end - 1)), options);
  if (!expression->ok()) return wrong(made.text, "an expression; " + expression->error());
  const std::string_view replacement = trimmed(rest.substr(end + 1));
  made.value = replacement.empty() ? "****" : replacement;
  std::string why_not;
  if (!expression->CheckRewriteString(made.value, &why_not)) return wrong(made.text, why_not);
  made.expression = std::move(expression);
  return made;
}

Result<ProcessorRule> parse_resource(ProcessorRule made, std::string_view rest) {
  const std::size_t equals = rest.find('=');
  if (equals == rest.npos || equals == 0) return wrong(made.text, "resource key=value");
  made.key = trimmed(rest.substr(0, equals));
  made.value = trimmed(rest.substr(equals + 1));
  return made;
}

}  // namespace

bool ProcessorRule::matches(std::string_view attribute_key) const {
  return action == Action::kRename ? key == attribute_key : matches_pattern(key, attribute_key);
}

std::string_view to_text(Action action) {
  switch (action) {
    case Action::kDrop:
      return "drop";
    case Action::kRename:
      return "rename";
    case Action::kHash:
      return "hash";
    case Action::kRedact:
      return "redact";
    case Action::kResource:
      break;
  }
  return "resource";
}

Result<ProcessorRule> parse_processor_rule(std::string_view text) {
  ProcessorRule made;
  made.text = trimmed(text);
  std::string_view rest = text;
  const std::string_view verb = next_word(rest);
  if (verb == "redact" || verb == "resource") {
    made.action = verb == "redact" ? Action::kRedact : Action::kResource;
    return verb == "redact" ? parse_redact(std::move(made), rest)
                            : parse_resource(std::move(made), rest);
  }
  if (verb == "rename") {
    made.action = Action::kRename;
    made.key = next_word(rest);
    made.value = next_word(rest);
    if (made.value.empty() || !rest.empty()) return wrong(made.text, "rename key new_key");
    // Other rules take it for any text: whoever writes it here would wait for ever.
    if (made.key.find('*') != made.key.npos) return wrong(made.text, "a key without *");
    return made;
  }
  if (verb != "drop" && verb != "hash") {
    return wrong(made.text, "drop, rename, hash, redact or resource");
  }
  made.action = verb == "drop" ? Action::kDrop : Action::kHash;
  made.key = next_word(rest);
  if (made.key.empty() || !rest.empty()) return wrong(made.text, fmt::format("{} key", verb));
  return made;
}

}  // namespace cairn::ingest
