// SPDX-License-Identifier: Apache-2.0
#include "net/server.h"

#include <algorithm>
#include <thread>

#include "base/check.h"
#include "net/connection/acceptor.h"

namespace cairn::net {
namespace {

// How long a closed connection's last words may take at the end of drain().
constexpr auto kCloseTime = std::chrono::seconds(5);

class TcpServer final : public Server {
 public:
  TcpServer(const ServerOptions& options, MetricsRegistry& metrics)
      : limits_(options.limits),
        metrics_(metrics),
        census_(options.limits.connections),
        budget_(std::make_shared<ByteBudget>(options.limits.buffered_bytes)) {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t count = options.io_threads == 0 ? cores : options.io_threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads_.push_back(std::make_unique<IoThread>("io/" + std::to_string(i), census_));
    }
  }

  ~TcpServer() override { drain(Duration(0)); }

  Result<void> listen(std::vector<Listener> listeners) {
    for (Listener& listener : listeners) {
      const Address address{listener.name, listener.setting, listener.host, listener.port};
      sites_.push_back(std::make_unique<Site>(std::move(listener), limits_, budget_, metrics_));
      ASSIGN_OR_RETURN(auto acceptor, Acceptor::bind(address, *sites_.back(), census_, threads_));
      acceptors_.push_back(std::move(acceptor));
    }
    for (const auto& acceptor : acceptors_) acceptor->start();
    return {};
  }

  std::uint16_t port_of(const std::string& listener_name) const override {
    const auto found = std::find_if(
        acceptors_.begin(), acceptors_.end(),
        [&](const auto& acceptor) { return acceptor->site().name() == listener_name; });
    CAIRN_CHECK(found != acceptors_.end());
    return (*found)->port();
  }

  void drain(Duration patience) override {
    if (drained_) return;
    drained_ = true;
    const auto until = std::chrono::steady_clock::now() + patience;
    for (const auto& acceptor : acceptors_) acceptor->stop();
    for (const auto& thread : threads_) thread->post_drain();
    if (!census_.wait_empty(until)) {
      for (const auto& thread : threads_) thread->post_close_all();
      (void)census_.wait_empty(std::chrono::steady_clock::now() + kCloseTime);
    }
    for (const auto& thread : threads_) thread->stop();
  }

 private:
  const ServerLimits limits_;
  MetricsRegistry& metrics_;
  Census census_;
  const std::shared_ptr<ByteBudget> budget_;
  std::vector<std::unique_ptr<Site>> sites_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;  // last: they use the threads' loops
  bool drained_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options,
                                              std::vector<Listener> listeners,
                                              MetricsRegistry& metrics) {
  auto server = std::make_unique<TcpServer>(options, metrics);
  RETURN_IF_ERROR(server->listen(std::move(listeners)));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace cairn::net
