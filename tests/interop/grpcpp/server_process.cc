// SPDX-License-Identifier: Apache-2.0
#include "server_process.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cairn::interop {
namespace {

constexpr std::string_view kPortsFile = "ports.json";
constexpr int kPatienceMillis = 60'000;

[[noreturn]] void give_up(std::string_view why) {
  std::fprintf(stderr, "server process: %.*s\n", static_cast<int>(why.size()), why.data());
  std::abort();
}

std::filesystem::path make_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "cairn-interop-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) give_up("mkdtemp failed");
  return pattern;
}

pid_t spawn(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  // Settings of whoever runs the tests are not passed on.
  std::vector<char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("CAIRN_")) environment.push_back(*entry);
  }
  environment.push_back(nullptr);
  pid_t pid = -1;
  if (::posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environment.data()) != 0) {
    give_up("cannot start " + arguments[0]);
  }
  return pid;
}

// Until `name` exists in the watched folder. The server renames it into place when it is ready.
void await_file(int watch, const std::filesystem::path& file) {
  while (!std::filesystem::exists(file)) {
    pollfd ready{watch, POLLIN, 0};
    if (::poll(&ready, 1, kPatienceMillis) <= 0) give_up("the server did not become ready");
    std::array<char, 4096> events;
    if (::read(watch, events.data(), events.size()) < 0) give_up("inotify failed");
  }
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& flags) : folder_(make_folder()) {
  const std::filesystem::path ports_file = folder_ / kPortsFile;
  std::vector<std::string> arguments = {CAIRN_BINARY, "serve",  "--free-ports",  "--ports-file",
                                        ports_file,   "--data", folder_ / "data"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const int watch = ::inotify_init1(IN_CLOEXEC);
  if (watch < 0 || ::inotify_add_watch(watch, folder_.c_str(), IN_MOVED_TO | IN_CREATE) < 0) {
    give_up("inotify failed");
  }
  pid_ = spawn(std::move(arguments));
  await_file(watch, ports_file);
  ::close(watch);
  std::ifstream file(ports_file);
  ports_ = nlohmann::json::parse(file).get<std::map<std::string, int>>();
}

ServerProcess::~ServerProcess() {
  stop();
  std::filesystem::remove_all(folder_);
}

std::string ServerProcess::address(const std::string& name) const {
  return "127.0.0.1:" + std::to_string(ports_.at(name));
}

int ServerProcess::stop() {
  if (pid_ < 0) return 0;
  ::kill(pid_, SIGTERM);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

HttpAnswer http_get(const std::string& address, const std::string& path) {
  const std::size_t colon = address.find(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
    const std::string request =
        "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n";
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
      std::array<char, 16'384> buffer;
      for (ssize_t size = 0; (size = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;) {
        answer.append(buffer.data(), static_cast<std::size_t>(size));
      }
    }
  }
  ::close(fd);
  const std::size_t head_end = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 ") || head_end == std::string::npos) return {};
  return {std::stoi(answer.substr(9, 3)), answer.substr(head_end + 4)};
}

}  // namespace cairn::interop
