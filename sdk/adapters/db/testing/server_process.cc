// SPDX-License-Identifier: Apache-2.0
#include "server_process.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cairn::trace::testing {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Waits a moment between two looks.
void pause_briefly() {
  poll(nullptr, 0, 10);
}

[[noreturn]] void become(char* const* arguments, User user, const char* log, pid_t parent) {
  const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (out >= 0) {
    dup2(out, 1);
    dup2(out, 2);
  }
  if (geteuid() == 0 && user.uid != 0) {
    if (setgroups(0, nullptr) != 0 || setgid(user.gid) != 0 || setuid(user.uid) != 0) _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  execv(arguments[0], arguments);
  _exit(127);
}

bool is_program(const fs::path& path) {
  return access(path.c_str(), X_OK) == 0;
}

}  // namespace

TempFolder::TempFolder() {
  std::string name = (fs::temp_directory_path() / "cairn-db-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
  const User user = unprivileged_user();
  if (geteuid() == 0 && chown(path_.c_str(), user.uid, user.gid) != 0) std::abort();
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

User unprivileged_user() {
  if (geteuid() != 0) return {geteuid(), getegid()};
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* entry = getpwnam(name)) return {entry->pw_uid, entry->pw_gid};
  }
  return {65534, 65534};
}

std::string find_program(const std::string& name, const std::vector<std::string>& folders) {
  std::vector<std::string> all = folders;
  std::istringstream path(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(path, folder, ':');) all.push_back(folder);
  for (const std::string& folder : all) {
    const std::size_t star = folder.find('*');
    if (star == std::string::npos) {
      if (is_program(fs::path(folder) / name)) return fs::path(folder) / name;
      continue;
    }
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder.substr(0, star), ignored)) {
      const fs::path program = entry.path().string() + folder.substr(star + 1) + "/" + name;
      if (is_program(program)) return program;
    }
  }
  return {};
}

ServerProcess::ServerProcess(const std::vector<std::string>& command, User user, std::string log)
    : stop_signal(SIGTERM), log_(std::move(log)) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) become(arguments.data(), user, log_.c_str(), parent);
}

ServerProcess::~ServerProcess() {
  if (ended()) return;
  kill(pid_, stop_signal);
  if (wait_for_exit(std::chrono::seconds(10)) < 0 && !ended()) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

bool ServerProcess::ended() {
  if (pid_ < 0) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  pid_ = -1;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

bool ServerProcess::wait_until(const std::function<bool()>& ready, std::chrono::seconds limit) {
  const auto deadline = Clock::now() + limit;
  while (!ready()) {
    if (ended() || Clock::now() > deadline) return false;
    pause_briefly();
  }
  return true;
}

int ServerProcess::wait_for_exit(std::chrono::seconds limit) {
  const auto deadline = Clock::now() + limit;
  while (!ended()) {
    if (Clock::now() > deadline) return -1;
    pause_briefly();
  }
  return exit_code_;
}

std::string ServerProcess::output() const {
  std::ifstream file(log_);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace cairn::trace::testing
