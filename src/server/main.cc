// SPDX-License-Identifier: Apache-2.0
//
// cairn: the command line. `cairn` alone is `cairn serve`.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "cli/import/import_command.h"
#include "cli/storage_commands.h"
#include "server/config/foreign_environment.h"
#include "server/config/load.h"
#include "server/config/settings.h"
#include "server/serve.h"
#include "server/version.h"

extern char** environ;

namespace cairn::server {
namespace {

// What the command line said, before it is understood.
struct CommandLine {
  std::string config_file;
  std::string ports_file;
  bool free_ports = false;
  std::map<std::string, std::string> flags;          // dotted key → text
  std::map<std::string, std::string> foreign_flags;  // Jaeger's, as variables → text
};

std::map<std::string, std::string> read_environment() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view pair(*entry);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos) {
      all.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
  }
  return all;
}

Result<std::string> read_config_file(const std::string& file) {
  constexpr std::size_t kMostBytes = 1_MiB;
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return invalid_argument(fmt::format("cannot read {}: it is a directory", file));
  }
  std::ifstream stream(file);
  std::string text(kMostBytes + 1, '\0');
  if (!stream) {
    return invalid_argument(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
  }
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kMostBytes) {
    return invalid_argument(fmt::format("cannot read {}: it is larger than 1 MiB", file));
  }
  return text;
}

// Between two rules, so that it is seen in a container's first screen of logs.
void print_alarm(const std::string& text) {
  constexpr std::string_view kRule =
      "**********************************************************************";
  fmt::print(stderr, "{0}\nWARNING: {1}\n{0}\n", kRule, text);
}

// Loads the configuration; problems go to stderr. Nullopt when there are errors.
std::optional<Config> load(const CommandLine& line) {
  ConfigSources sources;
  sources.environment = read_environment();
  for (const auto& [name, text] : line.foreign_flags) sources.environment[name] = text;
  if (line.free_ports) {
    for (const Setting& setting : settings()) {
      if (setting.key.ends_with(".port")) sources.flags.emplace_back(setting.key, "0");
    }
  }
  sources.flags.insert(sources.flags.end(), line.flags.begin(), line.flags.end());
  std::string file = line.config_file;
  if (file.empty() && sources.environment.contains("CAIRN_CONFIG")) {
    file = sources.environment["CAIRN_CONFIG"];
  }
  if (!file.empty()) {
    auto text = read_config_file(file);
    if (!text) {
      fmt::print(stderr, "cairn: {}\n", text.error().message);
      return std::nullopt;
    }
    sources.yaml = *std::move(text);
    sources.yaml_name = file;
  }
  const LoadedConfig loaded = load_config(sources);
  for (const std::string& warning : loaded.warnings) fmt::print(stderr, "warning: {}\n", warning);
  for (const std::string& alarm : loaded.alarms) print_alarm(alarm);
  for (const std::string& error : loaded.errors) fmt::print(stderr, "error: {}\n", error);
  if (!loaded.errors.empty()) return std::nullopt;
  return loaded.config;
}

void add_config_options(CLI::App& command, CommandLine& line) {
  command.add_option("--config", line.config_file, "YAML file; also CAIRN_CONFIG");
  for (const Setting& setting : settings()) {
    command.add_option_function<std::string>(
        "--" + setting.key,
        [&line, &setting](const std::string& text) { line.flags[setting.key] = text; },
        setting.help);
  }
}

// Completes the arguments and takes Jaeger's flags (`--collector.zipkin.host-port=:9411`) out of
// them, so that the command of its container can stay as it is.
std::vector<std::string> our_arguments(int argc, char** argv, CommandLine& line) {
  std::vector<std::string> kept;
  // `cairn` alone is `cairn serve`, and so is `cairn --log.level debug`.
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first.starts_with("--") && first != "--help" && first != "--version") kept.push_back("serve");
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.starts_with("--") ? argument.substr(2, equals - 2) : "";
    if (name.empty() || find_setting(name) != nullptr) {
      kept.push_back(argument);
      continue;
    }
    const auto variable = foreign_flag(name);
    if (!variable) {
      kept.push_back(argument);
    } else if (equals != std::string::npos) {
      line.foreign_flags[*variable] = argument.substr(equals + 1);
    } else {
      const bool has_value = i + 1 < argc && !std::string_view(argv[i + 1]).starts_with('-');
      line.foreign_flags[*variable] = has_value ? argv[++i] : "true";
    }
  }
  std::ranges::reverse(kept);  // as CLI11 wants them
  return kept;
}

int run_serve(const CommandLine& line) {
  const auto config = load(line);
  if (!config) return 2;
  configure_log(config->log.level, config->log.format);
  return serve(*config, line.ports_file);
}

int run_config_check(const CommandLine& line) {
  if (!load(line)) return 2;
  fmt::print("configuration is valid\n");
  return 0;
}

int run_config_print(const CommandLine& line, bool markdown) {
  if (markdown) {
    fmt::print("{}", document_config());
    return 0;
  }
  const auto config = load(line);
  if (!config) return 2;
  fmt::print("{}", print_config(*config));
  return 0;
}

int run(int argc, char** argv) {
  CLI::App app{"Cairn: receives, stores, searches and shows distributed traces.", "cairn"};
  app.set_version_flag("--version", fmt::format("cairn {}", version()));
  app.require_subcommand(0, 1);
  CommandLine line;
  bool markdown = false;

  CLI::App& serve_command = *app.add_subcommand("serve", "Run the server (also: no command)");
  add_config_options(serve_command, line);
  serve_command.add_option("--ports-file", line.ports_file,
                           "Write the served ports as JSON to this file once all are open");
  serve_command.add_flag("--free-ports", line.free_ports,
                         "Take any free port for each that no flag sets; for tests");
  CLI::App& version_command = *app.add_subcommand("version", "Print the version");
  CLI::App& config_command = *app.add_subcommand("config", "Look at the configuration");
  config_command.require_subcommand(1);
  CLI::App& print =
      *config_command.add_subcommand("print", "Print the effective configuration as YAML");
  add_config_options(print, line);
  print.add_flag("--markdown", markdown, "Print the table of all settings instead");
  CLI::App& check =
      *config_command.add_subcommand("check", "Check the configuration; exit 2 when it is wrong");
  add_config_options(check, line);
  const cli::StorageCommands storage_commands(app);
  const cli::ImportCommand import_command(app);

  try {
    app.parse(our_arguments(argc, argv, line));
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (version_command.parsed()) {
    fmt::print("cairn {}\n", version());
    return 0;
  }
  if (print.parsed()) return run_config_print(line, markdown);
  if (check.parsed()) return run_config_check(line);
  if (const auto exit_code = storage_commands.run()) return *exit_code;
  if (const auto exit_code = import_command.run()) return *exit_code;
  return run_serve(line);
}

}  // namespace
}  // namespace cairn::server

int main(int argc, char** argv) {
  return cairn::server::run(argc, argv);
}
