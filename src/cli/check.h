// SPDX-License-Identifier: Apache-2.0
//
// `cairn check`: reads every byte of a store and tests every checksum and invariant, as it lies on
// the disk. Changes nothing.
//
//   manifest readable ─► each of its segments there, as it says, and clean ─► each WAL file
//   readable and replayable ─► files that nothing refers to
//
// It holds the store's lock while it looks, so that no server starts under it. If a server has the
// lock, the check looks all the same and forgives what the server's work explains: a segment that
// was merged meanwhile, a WAL file that went.
#pragma once

#include "cli/check_report.h"
#include "storage/columnar/fs/file_system.h"

namespace cairn::cli {

// Errors: kNotFound when there is no store; those of the disk when the directory cannot be listed.
// What is wrong inside is in the report.
Result<CheckReport> check_store(storage::columnar::FileSystem& fs, const std::string& path,
                                Progress& progress);

// The whole command.
ExitCode check(storage::columnar::FileSystem& fs, const std::string& path, bool json,
               const Console& console);

}  // namespace cairn::cli
