// SPDX-License-Identifier: Apache-2.0
//
// PostgresServer: a PostgreSQL of the test binary's own, on a Unix socket.
#pragma once

#include <memory>
#include <string>

#include "server_process.h"

namespace cairn::trace::testing {

class PostgresServer {
 public:
  // Null, and the reason in `error`, when it cannot be started.
  static std::unique_ptr<PostgresServer> start(std::string& error);

  // For PQconnectdb: database `postgres`, user `postgres`.
  std::string connection_string() const;
  // The folder of its socket, which clients give as the host.
  const std::string& host() const { return folder_.path(); }

 private:
  PostgresServer() = default;

  TempFolder folder_;
  std::unique_ptr<ServerProcess> process_;
};

}  // namespace cairn::trace::testing
