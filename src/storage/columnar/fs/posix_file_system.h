// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/columnar/fs/file_system.h"

namespace cairn::storage::columnar {

// The disk of this machine: write, pread, fdatasync, rename, flock, statvfs. Interrupted and short
// calls are continued. The lock of a directory is a flock on its file LOCK, which stays there.
// Holds no state. Source: POSIX.1-2017; flock(2) of Linux.
std::unique_ptr<FileSystem> make_posix_file_system();

}  // namespace cairn::storage::columnar
