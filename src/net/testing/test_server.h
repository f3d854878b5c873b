// SPDX-License-Identifier: Apache-2.0
//
// A server on a free port for tests, with routes whose names say what they do.
//   GET  /hello            "hello"            POST /echo      the body, with its content-type
//   GET  /long             4 KiB of JSON      GET  /items/{id}  the id
//   POST /later            answered when the test calls release(); counts in waiting()
//   GET  /huge             2 MiB              GET  /always    "always", even when busy
//   GET  /never            never answered; cancelled() counts when its client went
//   GET  /dropped          its Responder is dropped
//   GET  /stream?pieces=n  n pieces of 64 KiB from a thread; pieces_written() counts them
//   GET  /broken_stream    one piece, then an error
//   gRPC /test.Echo/Unary, /test.Echo/Fail, /test.Echo/Later, /test.Echo/Stream
// Thread rule: the methods may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "base/mutex.h"
#include "net/server.h"

namespace cairn::net::testing {

class TestServer {
 public:
  explicit TestServer(ServerLimits limits = {}, std::optional<CorsOptions> cors = std::nullopt);
  ~TestServer();

  std::uint16_t port() const { return port_; }
  Server& server() { return *server_; }

  // Answers everything that waits on /later and /test.Echo/Later.
  void release();
  // Waits until so many requests wait there; false after ten seconds.
  bool wait_waiting(std::size_t count);
  // Waits until so many requests of /never, /later or Later saw their client go.
  bool wait_cancelled(std::size_t count);
  // Waits until so many producers of /stream and Stream have stopped.
  bool wait_streams_ended(std::size_t count);
  // Waits until so many pieces of streams were written.
  bool wait_pieces(std::size_t count);
  std::size_t pieces_written();
  std::size_t cancelled();
  // Waits until the text of the metrics holds `line`.
  bool wait_metric(const std::string& line);
  std::string metrics() const { return metrics_.render_prometheus(); }

 private:
  struct Waiting {
    Request request;
    Responder responder;
  };
  Router routes();
  void add_grpc_routes(Router& router);
  void keep(Request request, Responder responder);
  void produce(std::unique_ptr<ResponseStream> stream, std::size_t pieces);
  struct Counts {
    std::size_t waiting = 0;
    std::size_t cancelled = 0;
    std::size_t streams_ended = 0;
    std::size_t pieces = 0;
  };
  bool wait_for(std::size_t Counts::* which, std::size_t at_least);

  Mutex mutex_;
  CondVar changed_;
  std::vector<std::unique_ptr<Waiting>> waiting_ GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<std::stop_callback<std::function<void()>>>> watched_
      GUARDED_BY(mutex_);
  Counts counts_ GUARDED_BY(mutex_);
  std::vector<std::jthread> producers_ GUARDED_BY(mutex_);
  MetricsRegistry metrics_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

}  // namespace cairn::net::testing
