// SPDX-License-Identifier: Apache-2.0
#include "net/udp/udp_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mutex.h"

namespace cairn::net {
namespace {

using std::chrono::steady_clock;

// Collects what a listener's handler is given.
class Inbox {
 public:
  DatagramHandler handler() {
    return [this](const PinnedBytes&, std::span<const ByteView> datagrams) {
      MutexLock lock(mutex_);
      for (const ByteView datagram : datagrams) texts_.emplace_back(as_text(datagram));
      changed_.notify_all();
    };
  }
  std::vector<std::string> wait_for(std::size_t count) {
    MutexLock lock(mutex_);
    const auto until = steady_clock::now() + std::chrono::seconds(20);
    while (texts_.size() < count && changed_.wait_until(mutex_, until)) {
    }
    return texts_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> texts_ GUARDED_BY(mutex_);
};

class Sender {
 public:
  explicit Sender(std::uint16_t port) : fd_(socket(AF_INET, SOCK_DGRAM, 0)) {
    to_.sin_family = AF_INET;
    to_.sin_port = htons(port);
    to_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  ~Sender() { close(fd_); }
  void send(const std::string& text) const {
    ASSERT_EQ(sendto(fd_, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to_),
                     sizeof(to_)),
              static_cast<ssize_t>(text.size()));
  }

 private:
  int fd_;
  sockaddr_in to_{};
};

UdpListener listener(const std::string& name, DatagramHandler handler) {
  UdpListener made;
  made.name = name;
  made.setting = "receivers." + name + ".port";
  made.handler = std::move(handler);
  return made;
}

TEST(UdpServer, HandsOverEachDatagramWholeAndInOrder) {
  MetricsRegistry metrics;
  Inbox inbox;
  auto server = UdpServer::start({}, {listener("a", inbox.handler())}, metrics);
  ASSERT_TRUE(server) << server.error().message;
  const Sender sender((*server)->port_of("a"));
  const std::string large(65'507, 'x');  // the most that IPv4 carries
  sender.send("one");
  sender.send("");
  sender.send(large);
  EXPECT_EQ(inbox.wait_for(3), (std::vector<std::string>{"one", "", large}));
}

TEST(UdpServer, TellsItsPortsApart) {
  MetricsRegistry metrics;
  Inbox a;
  Inbox b;
  auto server =
      UdpServer::start({}, {listener("a", a.handler()), listener("b", b.handler())}, metrics);
  ASSERT_TRUE(server);
  Sender((*server)->port_of("b")).send("for b");
  Sender((*server)->port_of("a")).send("for a");
  EXPECT_EQ(a.wait_for(1), (std::vector<std::string>{"for a"}));
  EXPECT_EQ(b.wait_for(1), (std::vector<std::string>{"for b"}));
}

TEST(UdpServer, HandsOverWhatHasArrivedWhenItStops) {
  MetricsRegistry metrics;
  Inbox inbox;
  auto server = UdpServer::start({}, {listener("a", inbox.handler())}, metrics);
  ASSERT_TRUE(server);
  const Sender sender((*server)->port_of("a"));
  for (int i = 0; i < 200; ++i) sender.send(std::to_string(i));
  (*server)->stop();
  EXPECT_EQ(inbox.wait_for(0).size(), 200U);
}

TEST(UdpServer, CountsWhatTheKernelDropped) {
  MetricsRegistry metrics;
  Inbox inbox;
  Mutex gate;
  const auto guarded = [&, next = inbox.handler()](const PinnedBytes& block,
                                                   std::span<const ByteView> datagrams) {
    MutexLock wait(gate);
    next(block, datagrams);
  };
  UdpOptions options;
  options.receive_buffer_bytes = 16_KiB;
  auto server = UdpServer::start(options, {listener("a", guarded)}, metrics);
  ASSERT_TRUE(server);
  const Sender sender((*server)->port_of("a"));
  constexpr std::size_t kSent = 500;
  {
    MutexLock closed(gate);
    for (std::size_t i = 0; i < kSent; ++i) sender.send(std::string(1000, 'x'));
  }
  auto& lost = metrics.counter("cairn_udp_datagrams_lost_total", "", {{"listener", "a"}});
  (*server)->stop();
  EXPECT_GT(lost.value(), 0U);
  EXPECT_EQ(inbox.wait_for(0).size() + lost.value(), kSent) << "none came after the drops";
}

TEST(UdpServer, SaysWhichSettingMovesATakenPort) {
  MetricsRegistry metrics;
  Inbox inbox;
  auto first = UdpServer::start({}, {listener("a", inbox.handler())}, metrics);
  ASSERT_TRUE(first);
  UdpListener second = listener("b", inbox.handler());
  second.port = (*first)->port_of("a");
  const auto refused = UdpServer::start({}, {second}, metrics);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(refused.error().message.find("receivers.b.port moves it"), std::string::npos);
}

}  // namespace
}  // namespace cairn::net
