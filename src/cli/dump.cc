// SPDX-License-Identifier: Apache-2.0
#include "cli/dump.h"

#include <algorithm>

namespace cairn::cli {

ExitCode complain(const Console& console, const Error& error) {
  console.complain(error.message);
  return error.code == ErrorCode::kCorruption ? kDamaged : kCouldNotLook;
}

ExitCode dump_each(storage::columnar::FileSystem& fs, const DumpOptions& options,
                   const Console& console,
                   std::map<std::uint64_t, std::string> DataDirectory::* files, FileDump dump) {
  if (is_file(fs, options.path)) return dump(fs, options.path, options.json, console);
  const auto directory = look_into(fs, options.path);
  if (!directory) return complain(console, directory.error());
  if (directory->is_empty()) {
    return complain(console, not_found(options.path + ": there is no store"));
  }
  ExitCode worst = kClean;
  bool first = true;
  for (const auto& [number, path] : (*directory).*files) {
    if (!first && !options.json) console.out("\n");
    first = false;
    worst = worse(worst, dump(fs, path, options.json, console));
  }
  return worst;
}

// Damage that was found is worth more than what could not be seen.
ExitCode worse(ExitCode a, ExitCode b) {
  if (a == kDamaged || b == kDamaged) return kDamaged;
  return std::max(a, b);
}

}  // namespace cairn::cli
