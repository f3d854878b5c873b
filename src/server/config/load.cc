// SPDX-License-Identifier: Apache-2.0
#include "server/config/load.h"

#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/check.h"
#include "server/config/foreign_environment.h"
#include "server/config/setting_makers.h"

namespace cairn::server {
namespace {

constexpr int kMaxYamlDepth = 16;  // our deepest key has five parts

// Walks a YAML tree and sets what it finds.
class YamlLoader {
 public:
  YamlLoader(const std::string& file, LoadedConfig& to) : file_(file), to_(to) {}

  void load(const std::string& text) {
    try {
      const YAML::Node root = YAML::Load(text);
      if (!root.IsNull()) walk(root, "", 0);
    } catch (const YAML::Exception& e) {
      problem(e.mark, e.msg);
    }
  }

 private:
  void walk(const YAML::Node& node, const std::string& prefix, int depth) {
    if (!node.IsMap()) {
      return problem(node.Mark(),
                     prefix.empty()
                         ? "expected settings as `key: value`"
                         : fmt::format("'{}' is a group of settings, not a value", prefix));
    }
    if (depth > kMaxYamlDepth) return problem(node.Mark(), "nested too deep");
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const auto name = entry.first.as<std::string>();
      const std::string key = prefix.empty() ? name : prefix + "." + name;
      if (!seen.insert(name).second) {
        problem(entry.first.Mark(), fmt::format("'{}' is set twice", key));
      } else if (const Setting* setting = find_setting(key)) {
        set(*setting, entry.second);
      } else if (is_group(key)) {
        if (!entry.second.IsNull()) walk(entry.second, key, depth + 1);
      } else {
        problem(entry.first.Mark(), unknown_key(key));
      }
    }
  }

  void set(const Setting& setting, const YAML::Node& value) {
    if (value.IsNull()) return;  // `key:` alone keeps the default
    std::string text;
    if (value.IsSequence() && setting.is_list) {
      std::vector<std::string> items;
      for (const auto& item : value) items.push_back(item.as<std::string>());
      text = list_text(items);
    } else if (value.IsScalar()) {
      text = value.as<std::string>();
    } else {
      return problem(value.Mark(), fmt::format("{}: expected {}", setting.key,
                                               setting.is_list ? "a list" : "one value"));
    }
    if (const auto done = setting.set(to_.config, text); !done) {
      problem(value.Mark(), fmt::format("{}: {}", setting.key, done.error().message));
    }
  }

  static bool is_group(const std::string& key) {
    for (const Setting& setting : settings()) {
      if (setting.key.starts_with(key + ".")) return true;
    }
    return false;
  }

  static std::string unknown_key(const std::string& key) {
    const std::string nearest = nearest_setting(key);
    return fmt::format("unknown key '{}'{}", key,
                       nearest.empty() ? "" : fmt::format(", did you mean '{}'?", nearest));
  }

  void problem(const YAML::Mark& mark, std::string_view what) {
    to_.errors.push_back(mark.is_null() ? fmt::format("{}: {}", file_, what)
                                        : fmt::format("{}:{}: {}", file_, mark.line + 1, what));
  }

  const std::string& file_;
  LoadedConfig& to_;
};

// What an image of Jaeger or Zipkin would have been told.
void load_foreign(const std::map<std::string, std::string>& environment, LoadedConfig& to) {
  ForeignSettings foreign = read_foreign_environment(environment);
  to.warnings = std::move(foreign.warnings);
  to.alarms = std::move(foreign.alarms);
  for (const auto& [key, text, variable] : foreign.settings) {
    const Setting* setting = find_setting(key);
    CAIRN_CHECK(setting != nullptr);
    if (const auto done = setting->set(to.config, text); !done) {
      to.warnings.push_back(
          fmt::format("{} has no effect: {}: {}", variable, key, done.error().message));
    }
  }
}

void load_environment(const std::map<std::string, std::string>& environment, LoadedConfig& to) {
  const std::set<std::string> not_settings = {"CAIRN_CONFIG"};
  std::map<std::string, const Setting*> by_name;
  for (const Setting& setting : settings()) by_name[environment_name(setting.key)] = &setting;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with("CAIRN_") || not_settings.contains(name)) continue;
    const auto found = by_name.find(name);
    if (found == by_name.end()) {
      to.warnings.push_back(
          fmt::format("environment variable {} is no setting and is ignored", name));
    } else if (const auto done = found->second->set(to.config, value); !done) {
      to.errors.push_back(fmt::format("{}: {}", name, done.error().message));
    }
  }
}

void load_flags(const std::vector<std::pair<std::string, std::string>>& flags, LoadedConfig& to) {
  for (const auto& [key, value] : flags) {
    const Setting* setting = find_setting(key);
    if (setting == nullptr) {
      to.errors.push_back(fmt::format("--{}: no such setting", key));
    } else if (const auto done = setting->set(to.config, value); !done) {
      to.errors.push_back(fmt::format("--{}: {}", key, done.error().message));
    }
  }
}

// What single settings cannot see.
void check_whole(LoadedConfig& loaded) {
  const Config& config = loaded.config;
  if (config.kafka_exporter.instead_of_store && !config.kafka_exporter.enabled) {
    loaded.errors.emplace_back("exporters.kafka.instead_of_store: needs exporters.kafka.enabled");
  }
  if (config.query.workers == 0) loaded.errors.emplace_back("query.workers: must be at least 1");
  if (config.listen != "127.0.0.1" && config.listen != "localhost" && config.listen != "::1") {
    loaded.warnings.push_back(fmt::format(
        "listen is {}: anyone who reaches this machine can send and read traces", config.listen));
  }
  if (config.net.limits.decoded_body_bytes > config.net.limits.buffered_bytes) {
    loaded.errors.emplace_back("net.decoded_body_bytes: must not exceed net.buffered_bytes");
  }
}

}  // namespace

LoadedConfig load_config(const ConfigSources& sources) {
  LoadedConfig loaded;
  load_foreign(sources.environment, loaded);
  YamlLoader(sources.yaml_name, loaded).load(sources.yaml);
  load_environment(sources.environment, loaded);
  load_flags(sources.flags, loaded);
  check_whole(loaded);
  return loaded;
}

}  // namespace cairn::server
