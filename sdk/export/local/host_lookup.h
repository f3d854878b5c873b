// SPDX-License-Identifier: Apache-2.0
//
// HostLookup: the addresses of a host, asked for on a thread of its own.
//
// getaddrinfo(3) can take as long as it likes, an exporter only until its deadline. The thread is
// detached and owns what it writes to, so nobody waits for it. One caller at a time.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <cairn/trace/exporter.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace cairn::trace::local {

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;

  friend bool operator==(const Address& a, const Address& b) {
    return a.size == b.size && std::memcmp(&a.bytes, &b.bytes, a.size) == 0;
  }
};

// `host` as in a URL without brackets, `port` in digits.
class HostLookup {
 public:
  HostLookup(std::string host, std::string port);

  // Asks; addresses in digits are answered at once. Does nothing while a question is open.
  void start();
  bool is_running() const;
  // Waits for the answer until the deadline; false: there is none yet.
  bool wait(const ExportDeadline& deadline) const;
  // The answer, IPv4 first; the next start() asks anew. Empty with the reason in `error`.
  std::vector<Address> take(std::string& error);

 private:
  struct Answer;
  std::string host_, port_;
  std::shared_ptr<Answer> answer_;  // null: nothing was asked
};

}  // namespace cairn::trace::local
