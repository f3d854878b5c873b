// SPDX-License-Identifier: Apache-2.0
//
// cairn import [--to URL] [--format auto|otlp|jaeger|zipkin] [--retry-for 5m] [--json] FILE...
#pragma once

#include <memory>
#include <optional>

namespace CLI {
class App;
}

namespace cairn::cli {

// Thread rule: the main thread.
class ImportCommand {
 public:
  // Adds the command to `app`, which outlives this.
  explicit ImportCommand(CLI::App& app);
  ~ImportCommand();

  // After parsing: runs it when it was given. The exit code: 0 when all was taken, 1 when some was
  // not, 2 when it could not go on.
  std::optional<int> run() const;

 private:
  struct Flags;
  std::unique_ptr<Flags> flags_;
};

}  // namespace cairn::cli
