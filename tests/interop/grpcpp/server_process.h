// SPDX-License-Identifier: Apache-2.0
//
// The real binary, started for a test: free ports, a folder of its own, stopped and cleaned up.
// Thread rule: one thread at a time.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace cairn::interop {

class ServerProcess {
 public:
  // Starts the server with these flags besides the ports; returns when it serves.
  // Errors: ends the test program with a message.
  explicit ServerProcess(const std::vector<std::string>& flags);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // "127.0.0.1:PORT" of a served port, named as in the ports file.
  std::string address(const std::string& name) const;
  // SIGTERM; the exit code, or minus the signal that ended it. Once.
  int stop();

 private:
  std::filesystem::path folder_;
  std::map<std::string, int> ports_;
  pid_t pid_ = -1;
};

struct HttpAnswer {
  int status = 0;
  std::string body;
};

// One GET on a connection of its own. Status 0 when there was no answer.
HttpAnswer http_get(const std::string& address, const std::string& path);

}  // namespace cairn::interop
