// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include <arpa/inet.h>
#include <cairn/export/exporters.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sdk/export/formats/jaeger_thrift.h"
#include "sdk/testing/batch_builder.h"

namespace cairn::trace {
namespace {

using ::testing::HasSubstr;
using namespace testing;
using Code = ExportResult::Code;

// An agent's socket on 127.0.0.1, at `port` or at a free one.
class Agent {
 public:
  explicit Agent(std::uint16_t port = 0) {
    fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Agent() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& host = "127.0.0.1") const {
    return "udp://" + host + ":" + std::to_string(port_);
  }
  // The next datagram; empty when none comes for half a minute.
  std::string receive() {
    std::string datagram(70'000, '\0');
    pollfd entry{fd_, POLLIN, 0};
    if (::poll(&entry, 1, 30'000) <= 0) return {};
    const ssize_t size = ::recv(fd_, datagram.data(), datagram.size(), 0);
    datagram.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return datagram;
  }

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

BatchBuilder span_named(const std::string& name) {
  BatchBuilder builder;
  builder.span(span_message('\1', '\2', name));
  return builder;
}

std::string datagram_of(const BatchBuilder& builder) {
  std::size_t dropped = 0;
  return formats::to_jaeger_datagrams(builder.batch(), 65'000, dropped).at(0);
}

ExportResult send(SpanExporter& exporter, const BatchBuilder& builder) {
  const ExportDeadline deadline(ExportDeadline::Clock::now() + std::chrono::seconds(30));
  return exporter.export_batch(builder.batch(), deadline);
}

TEST(JaegerUdpExporter, SendsDatagrams) {
  Agent agent;
  std::string error;
  const auto exporter = jaeger_udp(agent.url(), error);
  ASSERT_NE(exporter, nullptr) << error;
  EXPECT_EQ(exporter->description(), "jaeger " + agent.url());
  for (const char* name : {"a", "b"}) {
    EXPECT_EQ(send(*exporter, span_named(name)).code, Code::kSent);
    EXPECT_EQ(agent.receive(), datagram_of(span_named(name)));
  }
}

TEST(JaegerUdpExporter, FindsAHostByItsName) {
  Agent agent;
  std::string error;
  const auto exporter = jaeger_udp(agent.url("localhost"), error);
  EXPECT_EQ(send(*exporter, span_named("a")).code, Code::kSent);
  EXPECT_EQ(agent.receive(), datagram_of(span_named("a")));
}

TEST(JaegerUdpExporter, SaysWhenNobodyListensAndSendsAgainWhenSomebodyDoes) {
  Agent agent;
  const std::uint16_t port = agent.port();
  std::string error;
  const auto exporter = jaeger_udp(agent.url(), error);
  EXPECT_EQ(send(*exporter, span_named("a")).code, Code::kSent);
  agent.close();
  const ExportResult refused = send(*exporter, span_named("b"));
  EXPECT_EQ(refused.code, Code::kFailed);
  EXPECT_THAT(refused.message, HasSubstr("Connection refused"));
  Agent next(port);
  EXPECT_EQ(send(*exporter, span_named("c")).code, Code::kSent);
  EXPECT_EQ(next.receive(), datagram_of(span_named("c")));
}

TEST(JaegerUdpExporter, CountsSpansThatDoNotFitIntoADatagram) {
  Agent agent;
  std::string error;
  const auto exporter = jaeger_udp(agent.url(), error);
  BatchBuilder builder;
  builder.span(span_message('\1', '\2', std::string(65'000, 'n')))
      .span(span_message('\1', '\3', "b"));
  const ExportResult result = send(*exporter, builder);
  EXPECT_EQ(result.code, Code::kSent);
  EXPECT_EQ(result.rejected, 1U);
  EXPECT_THAT(result.message, HasSubstr("1 spans are larger"));
  EXPECT_FALSE(agent.receive().empty());
}

TEST(JaegerUdpExporter, AHostThatDoesNotExistIsAFailure) {
  std::string error;
  const auto exporter = jaeger_udp("udp://cairn.invalid:6831", error);
  ASSERT_NE(exporter, nullptr) << error;
  const ExportResult result = send(*exporter, span_named("a"));
  EXPECT_EQ(result.code, Code::kFailed);
  EXPECT_THAT(result.message, HasSubstr("cairn.invalid"));
}

TEST(JaegerUdpExporter, SendsAfterAFork) {
  Agent agent;
  std::string error;
  const auto exporter = jaeger_udp(agent.url(), error);
  EXPECT_EQ(send(*exporter, span_named("a")).code, Code::kSent);
  EXPECT_EQ(agent.receive(), datagram_of(span_named("a")));
  // In a child indeed: what the parent was in the middle of is left behind there.
  const auto child = [&] {
    exporter->after_fork_in_child();
    ::_exit(send(*exporter, span_named("b")).code == Code::kSent ? 0 : 1);
  };
  EXPECT_EXIT(child(), ::testing::ExitedWithCode(0), "");
  EXPECT_EQ(agent.receive(), datagram_of(span_named("b")));
}

TEST(JaegerUdpExporter, ReadsAddresses) {
  const auto is_address = [](const std::string& url) {
    std::string error;
    const bool is_made = jaeger_udp(url, error) != nullptr;
    EXPECT_EQ(is_made, error.empty()) << url;
    return is_made;
  };
  for (const char* good : {"udp://agent", "udp://agent:6831", "udp://agent:6831/",
                           "udp://[::1]:6831", "udp://[::1]", "udp://10.0.0.1/"}) {
    EXPECT_TRUE(is_address(good)) << good;
  }
  for (const char* bad :
       {"", "udp://", "udp://:6831", "agent:6831", "http://agent:6831",
        "udp://agent:", "udp://agent:0", "udp://agent:65536", "udp://agent:x", "udp://::1",
        "udp://[::1", "udp://[::1]6831", "udp://user@agent", "udp://agent/path", "udp://[]:1"}) {
    EXPECT_FALSE(is_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace cairn::trace
