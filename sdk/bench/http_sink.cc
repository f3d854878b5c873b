// SPDX-License-Identifier: Apache-2.0
#include "sdk/bench/http_sink.h"

#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cairn::bench {
namespace {

// Where the body of the request in `head` begins and how long it is; false: not all here yet.
bool parse_head(std::string_view head, std::size_t& body_at, std::size_t& body_size) {
  const std::size_t end = head.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  body_at = end + 4;
  const std::size_t field = head.find("Content-Length: ");
  body_size = field < end ? std::strtoull(head.data() + field + 16, nullptr, 10) : 0;
  return true;
}

void serve(int connection) {
  static constexpr std::string_view kAnswer =
      "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
  std::vector<char> buffer(1 << 20);
  std::size_t have = 0, to_skip = 0;
  for (;;) {
    const ssize_t got = read(connection, buffer.data() + have, buffer.size() - have);
    if (got <= 0) return;
    have += static_cast<std::size_t>(got);
    for (std::size_t at = 0, size = 0; have > 0;) {
      if (to_skip == 0) {
        if (!parse_head({buffer.data(), have}, at, size)) break;
        to_skip = at + size;
      }
      const std::size_t skipped = to_skip < have ? to_skip : have;
      std::memmove(buffer.data(), buffer.data() + skipped, have - skipped);
      have -= skipped;
      to_skip -= skipped;
      if (to_skip != 0) break;
      if (write(connection, kAnswer.data(), kAnswer.size()) < 0) return;
    }
  }
}

}  // namespace

HttpSink::HttpSink() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 8) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  child_ = fork();
  if (child_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
      const int connection = accept(listener, nullptr, nullptr);
      if (connection < 0) _exit(0);
      serve(connection);
      close(connection);
    }
  }
  close(listener);
}

HttpSink::~HttpSink() {
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
}

}  // namespace cairn::bench
