// SPDX-License-Identifier: Apache-2.0
//
// RedisServer: a Redis of the test binary's own, on a Unix socket.
#pragma once

#include <memory>
#include <string>

#include "server_process.h"

namespace cairn::trace::testing {

class RedisServer {
 public:
  // Null, and the reason in `error`, when it cannot be started.
  static std::unique_ptr<RedisServer> start(std::string& error);
  // Its socket.
  std::string path() const { return folder_.path() + "/redis"; }

 private:
  RedisServer() = default;

  TempFolder folder_;
  std::unique_ptr<ServerProcess> process_;
};

}  // namespace cairn::trace::testing
