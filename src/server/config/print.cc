// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include <fmt/format.h>

#include "server/config/load.h"
#include "server/config/setting_makers.h"

namespace cairn::server {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

// Text that YAML reads as this string: double-quoted unless it is plainly a number or a word.
std::string yaml_scalar(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string yaml_value(const Setting& setting, const Config& config) {
  const std::string text = setting.get(config);
  if (setting.is_secret && !text.empty()) return yaml_scalar("***");
  if (!setting.is_list) return yaml_scalar(text);
  std::vector<std::string> items = parse_list(text).value();
  for (std::string& item : items) item = yaml_scalar(item);
  return fmt::format("[{}]", fmt::join(items, ", "));
}

}  // namespace

std::string print_config(const Config& config) {
  std::string out;
  std::vector<std::string> open;  // groups that the last line was in
  for (const Setting& setting : settings()) {
    std::vector<std::string> path = split(setting.key, '.');
    const std::string name = path.back();
    path.pop_back();
    std::size_t common = 0;
    while (common < open.size() && common < path.size() && open[common] == path[common]) ++common;
    for (std::size_t i = common; i < path.size(); ++i) {
      out += fmt::format("{:{}}{}:\n", "", 2 * i, path[i]);
    }
    open = path;
    out += fmt::format("{:{}}{}: {}  # {}\n", "", 2 * path.size(), name,
                       yaml_value(setting, config), setting.help);
  }
  return out;
}

std::string document_config() {
  const Config defaults;
  std::string out =
      "| setting | default | meaning | environment |\n"
      "|---|---|---|---|\n";
  for (const Setting& setting : settings()) {
    const std::string value = setting.get(defaults);
    out += fmt::format("| `{}` | {} | {} | `{}` |\n", setting.key,
                       value.empty() ? "" : "`" + value + "`", setting.help,
                       environment_name(setting.key));
  }
  return out;
}

}  // namespace cairn::server
