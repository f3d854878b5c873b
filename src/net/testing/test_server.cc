// SPDX-License-Identifier: Apache-2.0
#include "net/testing/test_server.h"

#include "base/check.h"
#include "net/http/query_string.h"

namespace cairn::net::testing {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr std::size_t kPieceBytes = 64_KiB;

Response echo(const Request& request) {
  Response answer;
  answer.headers.add("content-type",
                     std::string(request.headers.get("content-type").value_or("text/plain")));
  answer.body = request.body;
  return answer;
}

std::size_t pieces_of(const Request& request) {
  const auto query = QueryString::parse(request.query);
  return query ? std::stoul(std::string(query->get("pieces").value_or("1"))) : 1;
}

}  // namespace

TestServer::TestServer(ServerLimits limits, std::optional<CorsOptions> cors) {
  Listener listener;
  listener.name = "test";
  listener.setting = "test.port";
  listener.router = routes();
  listener.cors = std::move(cors);
  std::vector<Listener> listeners;
  listeners.push_back(std::move(listener));
  ServerOptions options;
  options.io_threads = 2;
  options.limits = limits;
  auto started = Server::start(options, std::move(listeners), metrics_);
  CAIRN_CHECK(started.has_value());
  server_ = *std::move(started);
  port_ = server_->port_of("test");
}

TestServer::~TestServer() {
  release();
  server_.reset();
  std::vector<std::jthread> producers;
  std::vector<std::unique_ptr<std::stop_callback<std::function<void()>>>> watched;
  MutexLock lock(mutex_);
  producers.swap(producers_);
  watched.swap(watched_);
}

Router TestServer::routes() {
  Router router;
  router.add({.pattern = "/hello", .handler = [](Request, Responder responder) {
                responder.send(Response::of(200, "text/plain", "hello"));
              }});
  router.add({.pattern = "/long", .handler = [](Request, Responder responder) {
                responder.send(Response::json("\"" + std::string(4096, 'x') + "\""));
              }});
  router.add({.pattern = "/huge", .handler = [](Request, Responder responder) {
                responder.send(Response::of(200, "image/png", std::string(2_MiB, 'x')));
              }});
  router.add({.pattern = "/always",
              .handler =
                  [](Request, Responder responder) {
                    responder.send(Response::of(200, "text/plain", "always"));
                  },
              .even_when_busy = true});
  router.add({.method = "POST", .pattern = "/echo", .handler = [](Request request, Responder to) {
                to.send(echo(request));
              }});
  router.add({.pattern = "/items/{id}", .handler = [](Request request, Responder responder) {
                responder.send(
                    Response::of(200, "text/plain", std::string(request.path_parameter("id"))));
              }});
  const Handler keep_it = [this](Request request, Responder responder) {
    keep(std::move(request), std::move(responder));
  };
  router.add({.method = "POST", .pattern = "/later", .handler = keep_it});
  router.add({.pattern = "/never", .handler = keep_it});
  router.add({.pattern = "/dropped", .handler = [](Request, Responder) {}});
  router.add({.pattern = "/stream", .handler = [this](Request request, Responder responder) {
                produce(responder.start_stream(Response::of(200, "text/plain", "")),
                        pieces_of(request));
              }});
  router.add({.pattern = "/broken_stream", .handler = [](Request, Responder responder) {
                auto stream = responder.start_stream(Response::of(200, "text/plain", ""));
                (void)stream->write(PinnedBytes::own(std::string("some")));
                stream->finish(unavailable("the disk went away"));
              }});
  add_grpc_routes(router);
  return router;
}

void TestServer::add_grpc_routes(Router& router) {
  router.add(
      {.kind = RouteKind::kGrpcUnary,
       .pattern = "/test.Echo/Unary",
       .handler = [](Request request, Responder responder) { responder.send(echo(request)); }});
  router.add({.kind = RouteKind::kGrpcUnary,
              .pattern = "/test.Echo/Fail",
              .handler = [](Request, Responder responder) {
                Response failure = Response::failure(invalid_argument("100% w\xc3\xb6rong\n"));
                failure.error_details = "details";
                responder.send(std::move(failure));
              }});
  router.add({.kind = RouteKind::kGrpcUnary,
              .pattern = "/test.Echo/Later",
              .handler = [this](Request request, Responder responder) {
                keep(std::move(request), std::move(responder));
              }});
  router.add({.kind = RouteKind::kGrpcServerStreaming,
              .pattern = "/test.Echo/Stream",
              .handler = [this](Request request, Responder responder) {
                produce(responder.start_stream({}), std::stoul(std::string(request.body.text())));
              }});
}

void TestServer::keep(Request request, Responder responder) {
  auto watched = std::make_unique<std::stop_callback<std::function<void()>>>(
      request.deadline.cancelled, [this] {
        {
          MutexLock lock(mutex_);
          ++counts_.cancelled;
        }
        changed_.notify_all();
      });
  {
    MutexLock lock(mutex_);
    waiting_.push_back(
        std::make_unique<Waiting>(Waiting{std::move(request), std::move(responder)}));
    watched_.push_back(std::move(watched));
    counts_.waiting = waiting_.size();
  }
  changed_.notify_all();
}

void TestServer::produce(std::unique_ptr<ResponseStream> stream, std::size_t pieces) {
  MutexLock lock(mutex_);
  producers_.emplace_back([this, pieces, out = std::move(stream)] {
    for (std::size_t i = 0; i < pieces; ++i) {
      if (!out->write(PinnedBytes::own(std::string(kPieceBytes, 'p')))) break;
      MutexLock counting(mutex_);
      ++counts_.pieces;
      changed_.notify_all();
    }
    out->finish({});
    MutexLock counting(mutex_);
    ++counts_.streams_ended;
    changed_.notify_all();
  });
}

void TestServer::release() {
  std::vector<std::unique_ptr<Waiting>> ready;
  {
    MutexLock lock(mutex_);
    ready.swap(waiting_);
    counts_.waiting = 0;
  }
  for (const auto& one : ready) one->responder.send(echo(one->request));
}

bool TestServer::wait_for(std::size_t Counts::* which, std::size_t at_least) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  MutexLock lock(mutex_);
  while (counts_.*which < at_least) {
    if (!changed_.wait_until(mutex_, until)) return counts_.*which >= at_least;
  }
  return true;
}

bool TestServer::wait_waiting(std::size_t count) {
  return wait_for(&Counts::waiting, count);
}

bool TestServer::wait_cancelled(std::size_t count) {
  return wait_for(&Counts::cancelled, count);
}

bool TestServer::wait_streams_ended(std::size_t count) {
  return wait_for(&Counts::streams_ended, count);
}

bool TestServer::wait_pieces(std::size_t count) {
  return wait_for(&Counts::pieces, count);
}

std::size_t TestServer::cancelled() {
  MutexLock lock(mutex_);
  return counts_.cancelled;
}

std::size_t TestServer::pieces_written() {
  MutexLock lock(mutex_);
  return counts_.pieces;
}

bool TestServer::wait_metric(const std::string& line) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (metrics().find(line) == std::string::npos) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace cairn::net::testing
