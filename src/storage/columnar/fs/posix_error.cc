// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/fs/posix_error.h"

#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>

namespace cairn::storage::columnar {

Error posix_error(std::string_view doing, std::string_view path, int error_number) {
  // Not strerror: it is not safe with threads.
  std::string message =
      fmt::format("{} {}: {}", doing, path, std::generic_category().message(error_number));
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return resource_exhausted(std::move(message));
    case ENOENT:
      return not_found(std::move(message));
    default:
      return unavailable(std::move(message));
  }
}

Result<FileDescriptor> open_descriptor(std::string_view doing, const std::string& path, int flags) {
  constexpr mode_t kOwnerAndGroup = 0640;
  const int number = retry_interrupted(
      [&] { return ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, kOwnerAndGroup); });
  if (number < 0) return posix_error(doing, path, errno);
  return FileDescriptor(number);
}

}  // namespace cairn::storage::columnar
