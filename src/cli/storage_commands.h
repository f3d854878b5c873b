// SPDX-License-Identifier: Apache-2.0
//
// The commands that look at a store on the disk:
//   cairn dump manifest|segment|wal PATH [--json]      cairn check DIRECTORY [--json]
#pragma once

#include <memory>
#include <optional>

namespace CLI {
class App;
}

namespace cairn::cli {

// Thread rule: the main thread.
class StorageCommands {
 public:
  // Adds the commands to `app`, which outlives this.
  explicit StorageCommands(CLI::App& app);
  ~StorageCommands();

  // After parsing: runs the command that was given and returns the exit code (0 clean, 1 damage
  // found, 2 could not look); nullopt when it was another one.
  std::optional<int> run() const;

 private:
  struct Commands;
  std::unique_ptr<Commands> commands_;
};

}  // namespace cairn::cli
