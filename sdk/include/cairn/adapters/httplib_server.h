// SPDX-License-Identifier: Apache-2.0
//
// TracedServer: an httplib::Server whose requests are traced. See httplib.h.
//
// Source: cpp-httplib 0.11, `Server`.
#pragma once

#include <exception>
#include <string>
#include <type_traits>
#include <utility>

#include <cairn/adapters/httplib_in_flight.h>

namespace cairn::trace {

// A handler with the name of its route; what traced() returns.
template <class Handler>
class TracedRoute {
 public:
  TracedRoute(std::string route, Handler handler)
      : route_(std::move(route)), handler_(std::move(handler)) {}

  template <class... Reader, class = std::enable_if_t<std::is_invocable_v<
                                 Handler&, const httplib::Request&, httplib::Response&, Reader...>>>
  void operator()(const httplib::Request& request, httplib::Response& response,
                  Reader&&... reader) {
    auto& in_flight = detail::HttplibInFlight::of_this_thread();
    if (!in_flight.is(request)) return answer_alone(request, response, reader...);
    in_flight.open(request, route_);
    try {
      handler_(request, response, reader...);
    } catch (...) {
      in_flight.thrown(std::current_exception());
      throw;
    }
  }

 private:
  // A server that is not a TracedServer: nothing but this handler is known of.
  template <class... Reader>
  void answer_alone(const httplib::Request& request, httplib::Response& response,
                    Reader&... reader) {
    ServerSpan span = detail::httplib_server_span(request, route_, {});
    const Scope scope(span.context());
    detail::HttplibWriter headers(response.headers);
    span.inject(headers);
    try {
      handler_(request, response, reader...);
    } catch (const std::exception& error) {
      span.record_exception(error);
      span.finish(500);
      throw;
    } catch (...) {
      span.fail("unknown", "not a std::exception");
      span.finish(500);
      throw;
    }
    if (response.status != -1) {
      span.finish(response.status);
    } else {
      span.finish(request.ranges.empty() ? 200 : 206);  // what httplib will make of it
    }
  }

  std::string route_;
  Handler handler_;
};

// Names the route of a handler: server.Get(R"(/user/(\d+))", traced("/user/:id", handler)). On a
// plain httplib::Server it is also all that is needed; then only requests with a route have spans,
// and what a handler throws counts as 500.
template <class Handler>
TracedRoute<std::decay_t<Handler>> traced(std::string route, Handler&& handler) {
  return {std::move(route), std::forward<Handler>(handler)};
}

// Use it in place of httplib::Server, by its own name: a reference to the base class adds handlers
// without route names, and replaces hooks. Base: httplib::Server or httplib::SSLServer.
template <class Base>
class BasicTracedServer : public Base {
 public:
  using Request = httplib::Request;
  using Response = httplib::Response;

  template <class... Args>
  explicit BasicTracedServer(Args&&... args) : Base(std::forward<Args>(args)...) {
    Base::set_pre_routing_handler(
        [this](const Request& request, Response& response) { return start(request, response); });
    Base::set_post_routing_handler(
        [this](const Request& request, Response& response) { respond(request, response); });
    Base::set_logger([this](const Request& request, const Response& response) {
      if (logger_) logger_(request, response);
      auto& in_flight = detail::HttplibInFlight::of_this_thread();
      if (in_flight.is(request)) in_flight.end(response.status);
    });
  }

#define CAIRN_TRACED_METHOD(Method)                                             \
  template <class Handler>                                                      \
  BasicTracedServer& Method(const std::string& pattern, Handler&& handler) {    \
    Base::Method(pattern, with_route(pattern, std::forward<Handler>(handler))); \
    return *this;                                                               \
  }
  CAIRN_TRACED_METHOD(Get)
  CAIRN_TRACED_METHOD(Post)
  CAIRN_TRACED_METHOD(Put)
  CAIRN_TRACED_METHOD(Patch)
  CAIRN_TRACED_METHOD(Delete)
  CAIRN_TRACED_METHOD(Options)
#undef CAIRN_TRACED_METHOD

  // Runs inside the span, which then starts before its route is known: samplers and ignored paths
  // see the path.
  BasicTracedServer& set_pre_routing_handler(httplib::Server::HandlerWithResponse handler) {
    pre_routing_ = std::move(handler);
    return *this;
  }
  BasicTracedServer& set_post_routing_handler(httplib::Server::Handler handler) {
    post_routing_ = std::move(handler);
    return *this;
  }
  template <class Handler>
  BasicTracedServer& set_error_handler(Handler handler) {
    using Result = std::invoke_result_t<Handler&, const Request&, Response&>;
    using Function = std::conditional_t<std::is_void_v<Result>, httplib::Server::Handler,
                                        httplib::Server::HandlerWithResponse>;
    Base::set_error_handler(
        Function([handler](const Request& request, Response& response) mutable -> Result {
          auto& in_flight = detail::HttplibInFlight::of_this_thread();
          if (in_flight.is(request)) in_flight.open(request, {});
          return handler(request, response);
        }));
    return *this;
  }
  // Runs when the response has been written, inside the span.
  BasicTracedServer& set_logger(httplib::Logger logger) {
    logger_ = std::move(logger);
    return *this;
  }

 private:
  template <class Handler>
  static auto with_route(const std::string& pattern, Handler&& handler) {
    return traced(pattern, std::forward<Handler>(handler));
  }
  template <class Handler>
  static TracedRoute<Handler> with_route(const std::string&, TracedRoute<Handler> handler) {
    return handler;
  }

  httplib::Server::HandlerResponse start(const Request& request, Response& response) {
    auto& in_flight = detail::HttplibInFlight::of_this_thread();
    in_flight.begin(request);
    if (!pre_routing_) return httplib::Server::HandlerResponse::Unhandled;
    in_flight.open(request, {});
    try {
      return pre_routing_(request, response);
    } catch (...) {
      in_flight.thrown(std::current_exception());
      throw;
    }
  }
  void respond(const Request& request, Response& response) {
    auto& in_flight = detail::HttplibInFlight::of_this_thread();
    // Requests refused before routing come here first; those that were not understood have nothing
    // to tell.
    if (!in_flight.is(request) && !request.target.empty()) in_flight.begin(request);
    if (in_flight.is(request)) in_flight.respond(request, response);
    if (post_routing_) post_routing_(request, response);
  }

  httplib::Server::HandlerWithResponse pre_routing_;
  httplib::Server::Handler post_routing_;
  httplib::Logger logger_;
};

using TracedServer = BasicTracedServer<httplib::Server>;

}  // namespace cairn::trace
