// SPDX-License-Identifier: Apache-2.0
//
// What the system calls report, as our errors, and the descriptor that closes itself.
#pragma once

#include <cerrno>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "base/result.h"

namespace cairn::storage::columnar {

// "<doing> <path>: <reason>", with the code that file_system.h promises for `error_number`.
Error posix_error(std::string_view doing, std::string_view path, int error_number);

// Repeats a system call that a signal interrupted.
template <typename Call>
auto retry_interrupted(const Call& call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

// Owns a descriptor. Thread rule: as the descriptor.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  // Not repeated when interrupted: Linux has closed it by then.
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// open(2), never inherited by other programs.
Result<FileDescriptor> open_descriptor(std::string_view doing, const std::string& path, int flags);

}  // namespace cairn::storage::columnar
