// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/dump.h"

namespace cairn::cli {

// What `cairn check` found.
struct CheckReport {
  struct Finding {
    std::string path;
    std::string what;

    bool operator==(const Finding&) const = default;
  };
  struct Segments {
    std::uint64_t files = 0;
    std::uint64_t rows = 0;
    std::uint64_t traces = 0;  // summed: a trace may be in several
    std::uint64_t bytes = 0;
  };
  struct Wal {
    std::uint64_t files = 0;
    std::uint64_t records = 0;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
  };

  std::string directory;
  std::string shared;  // why the store may be in use; empty: nobody else has it
  Segments segments;   // those without damage
  Wal wal;             // what can be replayed
  std::vector<Finding> damage;
  std::vector<Finding> unseen;  // what could not be looked at
  std::vector<Finding> warnings;

  ExitCode exit_code() const;
};

void print(const CheckReport& report, const Console& console);
// One line.
std::string as_json(const CheckReport& report);

}  // namespace cairn::cli
