// SPDX-License-Identifier: Apache-2.0
#include "thriftcpp/client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/THttpClient.h>
#include <thrift/transport/TSocket.h>
#include <unistd.h>

namespace cairn::interop {
namespace {

namespace at = apache::thrift;

struct HostAndPort {
  std::string host;
  std::uint16_t port;
};

HostAndPort split(const std::string& address) {
  const std::size_t colon = address.find(':');
  return {address.substr(0, colon),
          static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)))};
}

ProtocolPtr protocol_of(Framing framing, std::shared_ptr<at::transport::TTransport> transport) {
  if (framing == Framing::kCompact) {
    return std::make_shared<at::protocol::TCompactProtocol>(std::move(transport));
  }
  const bool is_strict = framing == Framing::kBinaryStrict;
  return std::make_shared<at::protocol::TBinaryProtocol>(std::move(transport), 0, 0, is_strict,
                                                         is_strict);
}

}  // namespace

std::string written(Framing framing, const Write& write) {
  const auto memory = std::make_shared<at::transport::TMemoryBuffer>();
  write(protocol_of(framing, memory));
  return memory->getBufferAsString();
}

void send_datagram(const std::string& address, const std::string& bytes) {
  const HostAndPort peer = split(address);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(peer.port);
  ::inet_pton(AF_INET, peer.host.c_str(), &to.sin_addr);
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ::sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  ::close(fd);
}

std::string post(const std::string& address, const std::string& path, const Write& write) {
  const HostAndPort peer = split(address);
  const auto socket = std::make_shared<at::transport::TSocket>(peer.host, peer.port);
  const auto http = std::make_shared<at::transport::THttpClient>(socket, peer.host, path);
  http->open();
  write(std::make_shared<at::protocol::TBinaryProtocol>(http));
  http->flush();
  // Past the library, which knows 200 alone.
  std::string answer(256, '\0');
  answer.resize(socket->read(reinterpret_cast<std::uint8_t*>(answer.data()),
                             static_cast<std::uint32_t>(answer.size())));
  return answer.substr(0, answer.find('\r'));
}

std::vector<Way> every_way() {
  std::vector<Way> ways;
  for (const char* port : {"jaeger_compact", "jaeger_binary", "jaeger_zipkin_compact"}) {
    for (const Framing framing : {Framing::kCompact, Framing::kBinaryStrict, Framing::kBinaryOld}) {
      for (const bool is_call : {false, true}) ways.push_back({port, framing, is_call});
    }
  }
  return ways;
}

std::ostream& operator<<(std::ostream& out, const Way& way) {
  const char* const framings[] = {"compact", "binary, strict", "binary, old"};
  return out << way.port << ", " << framings[static_cast<int>(way.framing)]
             << (way.is_call ? ", call" : ", oneway");
}

}  // namespace cairn::interop
