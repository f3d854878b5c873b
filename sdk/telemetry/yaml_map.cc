// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/yaml_map.h"

#include <limits>

#include "sdk/telemetry/text_values.h"

namespace cairn::telemetry {
namespace {

int line_of_node(const YAML::Node& node) {
  return node.Mark().line + 1;
}

// yaml-cpp tells quoted scalars by the tag "!"; plain ones have "?".
bool is_quoted(const YAML::Node& node) {
  return node.Tag() == "!";
}

bool is_plain_number_or_boolean(const YAML::Node& node) {
  if (is_quoted(node)) return false;
  double number = 0;
  bool boolean = false;
  return parse_number(node.Scalar(), number) || parse_yes_no(node.Scalar(), boolean);
}

}  // namespace

YamlMap::YamlMap(YAML::Node node, std::string path, Findings& findings)
    : node_(std::move(node)), path_(std::move(path)), findings_(&findings) {
}

YAML::Node YamlMap::find(std::string_view key) {
  const std::string wanted = lowercase(key);
  known_.insert(wanted);
  YAML::Node found(YAML::NodeType::Undefined);
  for (const auto& entry : node_) {
    if (entry.first.IsScalar() && lowercase(entry.first.Scalar()) == wanted) {
      found.reset(entry.second);
    }
  }
  if (found.IsDefined() && found.IsNull()) return YAML::Node(YAML::NodeType::Undefined);
  return found;
}

int YamlMap::line_of(std::string_view key) const {
  const std::string wanted = lowercase(key);
  int line = 0;
  for (const auto& entry : node_) {
    if (entry.first.IsScalar() && lowercase(entry.first.Scalar()) == wanted) {
      line = line_of_node(entry.first);
    }
  }
  return line;
}

void YamlMap::fail(std::string_view key, std::string_view text) {
  findings_->fail(line_of(key), path_ + std::string(key) + ": " + std::string(text));
}

void YamlMap::warn(std::string_view key, std::string_view text) {
  findings_->warn(line_of(key), path_ + std::string(key) + ": " + std::string(text));
}

YAML::Node YamlMap::find_scalar(std::string_view key, std::string_view expected,
                                bool quoted_allowed) {
  YAML::Node value = find(key);
  if (!value.IsDefined()) return value;
  if (value.IsScalar() && (quoted_allowed || !is_quoted(value))) return value;
  fail(key, "expected " + std::string(expected));
  return YAML::Node(YAML::NodeType::Undefined);
}

void YamlMap::read(std::string_view key, std::optional<std::string>& out) {
  const YAML::Node value = find_scalar(key, "text", true);
  if (!value.IsDefined()) return;
  if (is_plain_number_or_boolean(value)) {
    fail(key, "expected text, not `" + value.Scalar() + "` (quote it if it is meant)");
    return;
  }
  out = value.Scalar();
}

void YamlMap::read(std::string_view key, std::optional<bool>& out) {
  const YAML::Node value = find_scalar(key, "true or false", false);
  if (!value.IsDefined()) return;
  bool boolean = false;
  if (!parse_yes_no(value.Scalar(), boolean)) {
    fail(key, "expected true or false, not `" + value.Scalar() + "`");
    return;
  }
  out = boolean;
}

void YamlMap::read(std::string_view key, std::optional<double>& out) {
  const YAML::Node value = find_scalar(key, "a number", false);
  if (!value.IsDefined()) return;
  double number = 0;
  if (!parse_number(value.Scalar(), number)) {
    fail(key, "expected a number, not `" + value.Scalar() + "`");
    return;
  }
  out = number;
}

void YamlMap::read_count(std::string_view key, std::optional<std::uint32_t>& out) {
  const YAML::Node value = find_scalar(key, "a whole number", false);
  if (!value.IsDefined()) return;
  std::uint64_t count = 0;
  if (!parse_count(value.Scalar(), count) || count > std::numeric_limits<std::uint32_t>::max()) {
    fail(key, "expected a whole number, not `" + value.Scalar() + "`");
    return;
  }
  out = static_cast<std::uint32_t>(count);
}

void YamlMap::read_duration(std::string_view key, std::optional<std::chrono::nanoseconds>& out) {
  const YAML::Node value = find_scalar(key, "a duration", true);
  if (!value.IsDefined()) return;
  std::chrono::nanoseconds duration{};
  if (!parse_duration(value.Scalar(), duration)) {
    fail(key, "expected a duration such as 5s or 100ms, not `" + value.Scalar() + "`");
    return;
  }
  out = duration;
}

void YamlMap::read_size(std::string_view key, std::optional<std::size_t>& out) {
  const YAML::Node value = find_scalar(key, "a size", true);
  if (!value.IsDefined()) return;
  std::uint64_t size = 0;
  if (!parse_size(value.Scalar(), size)) {
    fail(key, "expected a size such as 65536, 64KiB or 16MiB, not `" + value.Scalar() + "`");
    return;
  }
  out = static_cast<std::size_t>(size);
}

void YamlMap::read_pairs(std::string_view key, std::optional<TextPairs>& out) {
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return;
  if (!value.IsMap()) return fail(key, "expected a mapping");
  TextPairs pairs;
  for (const auto& entry : value) {
    if (!entry.first.IsScalar() || !entry.second.IsScalar()) {
      findings_->fail(line_of_node(entry.first),
                      path_ + std::string(key) + ": expected text for each name");
      return;
    }
    pairs.emplace_back(entry.first.Scalar(), entry.second.Scalar());
  }
  out = std::move(pairs);
}

void YamlMap::read_texts(std::string_view key, std::optional<std::vector<std::string>>& out) {
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return;
  if (value.IsScalar()) {
    out = std::vector<std::string>{value.Scalar()};
    return;
  }
  if (!value.IsSequence()) return fail(key, "expected a list");
  std::vector<std::string> texts;
  for (const auto& entry : value) {
    if (!entry.IsScalar()) return fail(key, "expected a list of texts");
    texts.push_back(entry.Scalar());
  }
  out = std::move(texts);
}

std::optional<YamlMap> YamlMap::read_map(std::string_view key) {
  YAML::Node value = find(key);
  if (!value.IsDefined()) return std::nullopt;
  if (!value.IsMap()) {
    fail(key, "expected a mapping");
    return std::nullopt;
  }
  return YamlMap(std::move(value), path_ + std::string(key) + ".", *findings_);
}

std::vector<YamlMap> YamlMap::read_maps(std::string_view key) {
  std::vector<YamlMap> maps;
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return maps;
  if (!value.IsSequence()) {
    fail(key, "expected a list of mappings");
    return maps;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const YAML::Node entry = value[i];
    const std::string path = path_ + std::string(key) + "[" + std::to_string(i) + "]";
    if (!entry.IsMap()) {
      findings_->fail(line_of_node(entry), path + ": expected a mapping");
      return maps;
    }
    maps.emplace_back(entry, path + ".", *findings_);
  }
  return maps;
}

void YamlMap::read_choice(std::string_view key, const std::vector<std::string_view>& words,
                          std::optional<std::size_t>& out) {
  const std::string options = [&] {
    std::string list;
    for (const std::string_view word : words)
      list += (list.empty() ? "" : ", ") + std::string(word);
    return list;
  }();
  const YAML::Node value = find(key);
  if (!value.IsDefined()) {
    if (line_of(key) > 0) fail(key, "is empty; it can be " + options);
    return;
  }
  if (!value.IsScalar()) return fail(key, "expected one of " + options);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == value.Scalar()) {
      out = i;
      return;
    }
  }
  fail(key, "`" + value.Scalar() + "` is not one of " + options);
}

void YamlMap::warn_of_unknown_keys() {
  for (const auto& entry : node_) {
    if (entry.first.IsScalar() && known_.count(lowercase(entry.first.Scalar())) != 0) continue;
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "(not text)";
    findings_->warn(line_of_node(entry.first), path_ + name + ": unknown key, ignored");
  }
}

}  // namespace cairn::telemetry
