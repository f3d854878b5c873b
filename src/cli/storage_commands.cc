// SPDX-License-Identifier: Apache-2.0
#include "cli/storage_commands.h"

#include <CLI/CLI.hpp>

#include "cli/check.h"
#include "cli/dump.h"
#include "storage/columnar/fs/posix_file_system.h"

namespace cairn::cli {

struct StorageCommands::Commands {
  CLI::App* manifest = nullptr;
  CLI::App* segment = nullptr;
  CLI::App* wal = nullptr;
  CLI::App* check = nullptr;
  DumpOptions options;  // of whichever is given

  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& help,
                const std::string& path_help) {
    CLI::App* command = parent.add_subcommand(name, help);
    command->add_option("path", options.path, path_help)->required();
    command->add_flag("--json", options.json, "JSON instead of text");
    return command;
  }
};

StorageCommands::StorageCommands(CLI::App& app) : commands_(std::make_unique<Commands>()) {
  Commands& all = *commands_;
  CLI::App& dump = *app.add_subcommand("dump", "Show what is in a file of the store");
  dump.require_subcommand(1);
  all.manifest = all.add(dump, "manifest", "Which segments there are, edit by edit",
                         "A manifest file or a data directory");
  all.segment = all.add(dump, "segment", "What a segment holds, and which bytes are for what",
                        "A segment file or a data directory");
  all.wal =
      all.add(dump, "wal", "The records of the write-ahead log", "A WAL file or a data directory");
  all.check =
      all.add(app, "check", "Test a store on the disk; exit 0 clean, 1 damaged, 2 could not look",
              "A data directory");
}

StorageCommands::~StorageCommands() = default;

std::optional<int> StorageCommands::run() const {
  const Commands& all = *commands_;
  const auto fs = storage::columnar::make_posix_file_system();
  const Console console = make_console();
  if (all.manifest->parsed()) return dump_manifest(*fs, all.options, console);
  if (all.segment->parsed()) return dump_segments(*fs, all.options, console);
  if (all.wal->parsed()) return dump_wal(*fs, all.options, console);
  if (all.check->parsed()) return check(*fs, all.options.path, all.options.json, console);
  return std::nullopt;
}

}  // namespace cairn::cli
