// SPDX-License-Identifier: Apache-2.0
#include "server/serve.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/json_writer.h"
#include "base/log.h"
#include "server/application.h"
#include "server/version.h"

namespace cairn::server {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

// Written aside and renamed, so that a reader never sees half a file.
Result<void> write_ports_file(const std::string& path,
                              const std::map<std::string, std::uint16_t>& ports) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  for (const auto& [name, port] : ports) json.member(name, static_cast<std::int64_t>(port));
  json.end_object();
  const std::string aside = path + ".new";
  {
    std::ofstream file(aside, std::ios::trunc);
    file << text << '\n';
    if (!file.flush()) {
      return unavailable(fmt::format("write {}: {}", aside, std::strerror(errno)));
    }
  }
  if (std::rename(aside.c_str(), path.c_str()) != 0) {
    return unavailable(fmt::format("rename {} to {}: {}", aside, path, std::strerror(errno)));
  }
  return {};
}

void wait_for_stop_signal() {
  const sigset_t signals = stop_signals();
  int received = 0;
  while (sigwait(&signals, &received) != 0) {
  }
  log_info("stopping", {{"signal", received == SIGINT ? "SIGINT" : "SIGTERM"}});
  // From here on the default action counts: a second signal ends the process.
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

// Every segment and every connection is a descriptor, and the usual soft limit is 1024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    log_warn("the limit of open files stays low", {{"error", std::strerror(errno)}});
  }
}

}  // namespace

int serve(const Config& config, const std::string& ports_file) {
  const sigset_t signals = stop_signals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();

  auto application = Application::start(config);
  if (!application) {
    log_error("cannot start", {{"error", application.error().message}});
    return 1;
  }
  if (!ports_file.empty()) {
    if (const auto written = write_ports_file(ports_file, (*application)->ports()); !written) {
      log_error("cannot start", {{"error", written.error().message}});
      return 1;
    }
  }
  const auto& ports = (*application)->ports();
  const auto page = ports.find("query");
  log_info("ready",
           {{"version", std::string(version())},
            {"storage", config.storage_engine},
            {"data", config.storage_engine == "memory"
                         ? "nowhere"
                         : std::filesystem::absolute(config.data).lexically_normal().string()},
            {"page", page == ports.end() ? "not served"
                                         : fmt::format("http://localhost:{}{}/", page->second,
                                                       config.query.base_path)}});
  wait_for_stop_signal();
  (*application)->stop();
  log_info("stopped");
  return 0;
}

}  // namespace cairn::server
