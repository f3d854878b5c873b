// SPDX-License-Identifier: Apache-2.0
//
// TempFolder and ServerProcess: a server of a test's own, gone with the test.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace cairn::trace::testing {

// A folder with a short name (sockets lie in it), removed with all that is in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A user that is not root.
struct User {
  uid_t uid = 0;
  gid_t gid = 0;
};
// postgres, or else nobody, when this process is root; else itself.
User unprivileged_user();

// The first of `folders` (each may end in /*, one level) or of PATH that has this program; empty
// when there is none.
std::string find_program(const std::string& name, const std::vector<std::string>& folders = {});

class ServerProcess {
 public:
  // Starts `command` as `user`, its output in the file `log`. It dies with this process.
  ServerProcess(const std::vector<std::string>& command, User user, std::string log);
  // Stops it by `stop_signal`, by force after ten seconds.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Asks until `ready`; false when it ends or does not get ready in time.
  bool wait_until(const std::function<bool()>& ready, std::chrono::seconds limit);
  // Waits for its end; the exit code, or -1 after the limit.
  int wait_for_exit(std::chrono::seconds limit);
  // What it wrote.
  std::string output() const;

  int stop_signal;

 private:
  bool ended();

  pid_t pid_ = -1;
  int exit_code_ = -1;
  std::string log_;
};

}  // namespace cairn::trace::testing
