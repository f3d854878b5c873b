// SPDX-License-Identifier: Apache-2.0
//
// AppendFile: a file that grows by whole lines, is rotated, and is found again when someone else
// rotates it. Or standard output.
//
// Lines of several processes that append to one file do not mix: a line is one write(2), except to
// pipes and sockets. Of those processes one rotates at a time, by flock(2). One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include <cairn/export/exporters.h>

namespace cairn::trace::local {

class AppendFile {
 public:
  // More rotated files than this are refused: each rotation renames all of them.
  static constexpr int kMostKept = 1000;

  // A relative path counts from the directory that is current now. "-": standard output.
  explicit AppendFile(FileOptions options);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  const std::string& path() const { return options_.path; }
  bool is_stdout() const { return is_stdout_; }

  // Creates the file where there is none. False with the reason in `error`.
  bool open(std::string& error);

  // In the child of a fork(): the next line opens the file anew, as locks of a shared descriptor do
  // not keep parent and child apart. A pipe or standard output stays.
  void after_fork_in_child();

  enum class Outcome { kWritten, kTimeUp, kFailed };
  // Appends `line`, which ends with a line end. When it could not be written whole, the next one
  // begins on a new line. `error`: why it failed, or, beside kWritten, why it was not rotated.
  Outcome append(std::string_view line, const ExportDeadline& deadline, std::string& error);

 private:
  bool is_same_file() const;
  bool make_room(std::size_t size, std::string& error);
  bool rotate(std::string& error);
  void move_aside(std::string& error);
  Outcome write_all(std::string_view bytes, const ExportDeadline& deadline, std::string& error);
  Outcome wait_writable(const ExportDeadline& deadline) const;
  void close();
  std::string failure(const char* what, int error_number) const;

  FileOptions options_;
  bool is_stdout_ = false;
  bool is_regular_ = false;
  bool is_torn_ = false;  // the last line is not whole
  int fd_ = -1;
};

}  // namespace cairn::trace::local
