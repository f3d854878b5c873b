// SPDX-License-Identifier: Apache-2.0
#include "postgres_server.h"

#include <libpq-fe.h>
#include <signal.h>

namespace cairn::trace::testing {
namespace {

constexpr std::chrono::seconds kLimit(120);

std::string make_cluster(const std::string& folder, const std::string& data) {
  const std::string initdb = find_program("initdb", {"/usr/lib/postgresql/*/bin"});
  if (initdb.empty()) return "initdb was not found: apt-get install postgresql";
  ServerProcess process({initdb, "-D", data, "-U", "postgres", "--auth=trust", "--no-sync",
                         "--encoding=UTF8", "--locale=C"},
                        unprivileged_user(), folder + "/initdb.log");
  if (process.wait_for_exit(kLimit) == 0) return {};
  return "initdb failed: " + process.output();
}

}  // namespace

std::unique_ptr<PostgresServer> PostgresServer::start(std::string& error) {
  const std::string program = find_program("postgres", {"/usr/lib/postgresql/*/bin"});
  if (program.empty()) {
    error = "postgres was not found: apt-get install postgresql";
    return nullptr;
  }
  std::unique_ptr<PostgresServer> server(new PostgresServer());
  const std::string& folder = server->folder_.path();
  const std::string data = folder + "/data";
  error = make_cluster(folder, data);
  if (!error.empty()) return nullptr;
  server->process_ = std::make_unique<ServerProcess>(
      std::vector<std::string>{program, "-D", data, "-k", folder, "-h", "", "-F", "-c",
                               "shared_buffers=8MB", "-c", "max_connections=10"},
      unprivileged_user(), folder + "/postgres.log");
  server->process_->stop_signal = SIGQUIT;  // at once: nothing is worth keeping
  const std::string connection = server->connection_string();
  const bool ready =
      server->process_->wait_until([&] { return PQping(connection.c_str()) == PQPING_OK; }, kLimit);
  if (ready) return server;
  error = "postgres does not answer: " + server->process_->output();
  return nullptr;
}

std::string PostgresServer::connection_string() const {
  return "host=" + folder_.path() + " user=postgres dbname=postgres";
}

}  // namespace cairn::trace::testing
