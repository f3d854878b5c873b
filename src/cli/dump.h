// SPDX-License-Identifier: Apache-2.0
//
// `cairn dump`: what is in a file of the store, for people or as JSON (one object a line, one line
// a file). Reads only. Of a data directory: the manifest in use, all segments, all WAL files.
// Damage is told where it is met, after all that is good before it.
#pragma once

#include <map>
#include <string>

#include "cli/console.h"
#include "cli/data_directory.h"
#include "storage/columnar/fs/file_system.h"

namespace cairn::cli {

enum ExitCode { kClean = 0, kDamaged = 1, kCouldNotLook = 2 };

struct DumpOptions {
  std::string path;  // a file or a data directory
  bool json = false;
};

ExitCode dump_manifest(storage::columnar::FileSystem& fs, const DumpOptions& options,
                       const Console& console);
ExitCode dump_segments(storage::columnar::FileSystem& fs, const DumpOptions& options,
                       const Console& console);
ExitCode dump_wal(storage::columnar::FileSystem& fs, const DumpOptions& options,
                  const Console& console);

// Dumps one file.
using FileDump = ExitCode (*)(storage::columnar::FileSystem& fs, const std::string& path, bool json,
                              const Console& console);
// The file that `options` name, or all of a data directory's that `files` says, by number.
ExitCode dump_each(storage::columnar::FileSystem& fs, const DumpOptions& options,
                   const Console& console,
                   std::map<std::uint64_t, std::string> DataDirectory::* files, FileDump dump);

// Tells the error, and what it means for the exit code.
ExitCode complain(const Console& console, const Error& error);
// The worse of two.
ExitCode worse(ExitCode a, ExitCode b);

}  // namespace cairn::cli
