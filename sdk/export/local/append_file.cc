// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/local/append_file.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdk/export/http/no_sigpipe.h"

namespace cairn::trace::local {
namespace {

// How long a hastened deadline may go unnoticed.
constexpr std::chrono::milliseconds kSlice{50};

}  // namespace

AppendFile::AppendFile(FileOptions options)
    : options_(std::move(options)), is_stdout_(options_.path == "-") {
  if (is_stdout_) {
    options_.path = "standard output";
    return;
  }
  std::error_code failed;
  const std::filesystem::path absolute = std::filesystem::absolute(options_.path, failed);
  if (!failed) options_.path = absolute.string();
}

AppendFile::~AppendFile() {
  close();
}

void AppendFile::close() {
  if (fd_ >= 0 && !is_stdout_) ::close(fd_);
  fd_ = -1;
}

std::string AppendFile::failure(const char* what, int error_number) const {
  return std::string(what) + ' ' + path() + ": " + std::generic_category().message(error_number);
}

bool AppendFile::open(std::string& error) {
  close();
  // Not blocking: a pipe without a reader is an error, a slow one must not outlast the deadline.
  fd_ = is_stdout_
            ? STDOUT_FILENO
            : ::open(path().c_str(),
                     O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
  struct stat status{};
  if (fd_ < 0 || ::fstat(fd_, &status) != 0) {
    error = failure("cannot open", errno);
    close();
    return false;
  }
  is_regular_ = S_ISREG(status.st_mode);
  is_torn_ = false;
  return true;
}

// False when the path names another file by now, or none: logrotate was there.
bool AppendFile::is_same_file() const {
  if (fd_ < 0) return false;
  if (is_stdout_) return true;
  struct stat mine{}, named{};
  return ::fstat(fd_, &mine) == 0 && ::stat(path().c_str(), &named) == 0 &&
         mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

void AppendFile::after_fork_in_child() {
  if (is_regular_) close();
}

// False when there is no file to write to. Whoever finds that another process rotates, or has
// rotated, leaves the numbered files alone: moved twice, one would be lost.
bool AppendFile::rotate(std::string& error) {
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return true;
  if (is_same_file()) move_aside(error);
  ::flock(fd_, LOCK_UN);
  return is_same_file() || open(error);
}

// The file stays where it is, with `error`, when it cannot be moved: better a long file than lost
// spans.
void AppendFile::move_aside(std::string& error) {
  const auto numbered = [this](int number) { return path() + '.' + std::to_string(number); };
  for (int i = options_.keep - 1; i >= 1; --i) {
    if (std::rename(numbered(i).c_str(), numbered(i + 1).c_str()) != 0 && errno != ENOENT) {
      error = failure("cannot rotate", errno);
      return;
    }
  }
  const int done = options_.keep == 0 ? ::unlink(path().c_str())
                                      : std::rename(path().c_str(), numbered(1).c_str());
  if (done != 0) error = failure("cannot rotate", errno);
}

// False when there is no file to write to.
bool AppendFile::make_room(std::size_t size, std::string& error) {
  if (!is_same_file() && !open(error)) return false;
  struct stat status{};
  if (options_.rotate_at == 0 || !is_regular_ || ::fstat(fd_, &status) != 0) return true;
  const auto used = static_cast<std::size_t>(status.st_size);
  if (used == 0 || (used < options_.rotate_at && size <= options_.rotate_at - used)) return true;
  return rotate(error);
}

AppendFile::Outcome AppendFile::append(std::string_view line, const ExportDeadline& deadline,
                                       std::string& error) {
  const trace::transport::NoSigpipe no_sigpipe;  // standard output may be a closed pipe
  if (!make_room(line.size(), error)) return Outcome::kFailed;
  if (!is_torn_) return write_all(line, deadline, error);
  std::string on_new_line = "\n";
  on_new_line += line;
  return write_all(on_new_line, deadline, error);
}

AppendFile::Outcome AppendFile::wait_writable(const ExportDeadline& deadline) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.left());
    if (left.count() <= 0) return Outcome::kTimeUp;
    pollfd entry{fd_, POLLOUT, 0};
    // Errors and hang-ups count as writable: write(2) names them.
    if (::poll(&entry, 1, static_cast<int>(std::min(left, kSlice).count())) > 0) {
      return Outcome::kWritten;
    }
  }
}

// A pipe may belong to others too, so it is not made non-blocking; PIPE_BUF bytes always fit when
// poll(2) says that it is writable.
AppendFile::Outcome AppendFile::write_all(std::string_view bytes, const ExportDeadline& deadline,
                                          std::string& error) {
  bool some_written = false;
  while (!bytes.empty()) {
    const Outcome ready = is_regular_ ? Outcome::kWritten : wait_writable(deadline);
    if (ready != Outcome::kWritten) {
      is_torn_ = is_torn_ || some_written;
      return ready;
    }
    const std::size_t size =
        is_regular_ ? bytes.size() : std::min<std::size_t>(bytes.size(), PIPE_BUF);
    const ssize_t written = ::write(fd_, bytes.data(), size);
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written <= 0) {
      error = failure("cannot write", written < 0 ? errno : ENOSPC);
      is_torn_ = is_torn_ || some_written;
      return Outcome::kFailed;
    }
    some_written = true;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  is_torn_ = false;
  return Outcome::kWritten;
}

}  // namespace cairn::trace::local
