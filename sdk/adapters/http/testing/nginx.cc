// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/http/testing/nginx.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sdk/adapters/http/testing/raw_http.h"

namespace cairn::trace::testing {
namespace {

std::string find_program() {
  for (const char* path : {"/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return "";
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool accepts(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return connected;
}

void write_configuration(const std::string& directory, int port, const std::string& locations) {
  std::ofstream out(directory + "/nginx.conf");
  out << "daemon off; master_process off; pid nginx.pid; error_log error.log;\n"
         "events { worker_connections 64; }\n"
         "http {\n  access_log off;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    out << "  " << kind << "_temp_path " << directory << "/" << kind << ";\n";
  }
  out << "  server {\n    listen 127.0.0.1:" << port << ";\n    " << locations << "\n  }\n}\n";
}

}  // namespace

Nginx::Nginx(const std::string& locations) : program_(find_program()) {
  if (!is_installed()) return;
  std::string pattern = (std::filesystem::temp_directory_path() / "cairn-nginx-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return;
  directory_ = pattern;
  // Another process may take the port before nginx does: then with another one.
  for (int attempt = 0; attempt < 5 && !try_start(locations); ++attempt) {
  }
}

Nginx::~Nginx() {
  if (is_running()) {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

bool Nginx::try_start(const std::string& locations) {
  port_ = closed_port();  // nginx cannot say which it got, so it is told one
  write_configuration(directory_, port_, locations);
  const std::string prefix = directory_ + "/", log = directory_ + "/error.log";
  process_ = fork();
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl(program_.c_str(), "nginx", "-p", prefix.c_str(), "-c", "nginx.conf", "-e", log.c_str(),
          static_cast<char*>(nullptr));
    _exit(127);
  }
  return process_ > 0 && wait_until_it_accepts();
}

bool Nginx::wait_until_it_accepts() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    // Ended: it could not have the port. Asked first, since another process may be listening on it.
    if (waitpid(process_, nullptr, WNOHANG) != 0) {
      process_ = 0;
      return false;
    }
    if (accepts(port_)) return true;
    std::this_thread::yield();
  }
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = 0;
  return false;
}

}  // namespace cairn::trace::testing
