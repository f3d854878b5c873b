// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <stdexcept>
#include <string>

#include <cairn/adapters/httplib.h>
#include <gtest/gtest.h>

#include "sdk/adapters/http/testing/raw_http.h"
#include "sdk/adapters/http/testing/servers.h"
#include "sdk/adapters/http/testing/tracing.h"

namespace cairn::trace::testing {
namespace {

using httplib::Request;
using httplib::Response;
using Unhandled = httplib::Server::HandlerResponse;

const std::string kParent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

void ok(const Request&, Response& response) {
  response.set_content("ok", "text/plain");
}

TEST(TracedServer, TakesThePatternForTheRoute) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  service->Get(R"(/user/(\d+))", ok);
  service.run();
  EXPECT_EQ(get_raw(service.port(), "/user/7", {}).status, 200);
  EXPECT_EQ(tracing.only_span().name, R"(/user/(\d+))");
}

TEST(TracedServer, TracesEveryMethod) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  service->Get("/x", ok).Post("/x", ok).Put("/x", ok).Patch("/x", ok).Delete("/x", ok).Options("/x",
                                                                                               ok);
  service.run();
  TracedClient client(service.url());
  EXPECT_EQ(client.Get("/x")->status, 200);
  EXPECT_EQ(client.Head("/x")->status, 200);
  EXPECT_EQ(client.Post("/x", "body", "text/plain")->status, 200);
  EXPECT_EQ(client.Put("/x", "body", "text/plain")->status, 200);
  EXPECT_EQ(client.Patch("/x", "body", "text/plain")->status, 200);
  EXPECT_EQ(client.Delete("/x")->status, 200);
  EXPECT_EQ(client.Options("/x")->status, 200);
  std::map<std::string, int> seen;
  for (const FinishedSpan& span : tracing.spans()) {
    ++seen[(span.kind == SpanKind::kServer ? "server " : "client ") +
           span.attributes.at("http.method")];
    EXPECT_EQ(span.name, "/x");
  }
  EXPECT_EQ(seen.size(), 14u);
}

TEST(TracedServer, TracesHandlersThatReadTheBodyThemselves) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  std::string body;
  service->Post("/upload", [&](const Request&, Response&, const httplib::ContentReader& reader) {
    reader([&](const char* data, std::size_t size) {
      body.append(data, size);
      return true;
    });
  });
  service.run();
  EXPECT_EQ(httplib::Client(service.url()).Post("/upload", "hello", "text/plain")->status, 200);
  EXPECT_EQ(body, "hello");
  EXPECT_EQ(tracing.only_span().name, "/upload");
  EXPECT_EQ(tracing.only_span().attributes.at("http.request_content_length"), "5");
}

TEST(TracedServer, TracesWhatNoRouteMatches) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  service->Get("/known", ok);
  service.run();
  EXPECT_EQ(get_raw(service.port(), "/un%20known?q=1", {kParent}).status, 404);
  const FinishedSpan span = tracing.only_span();
  EXPECT_EQ(span.name, "/un%20known");
  EXPECT_EQ(span.attributes.at("http.status_code"), "404");
  EXPECT_EQ(span.status, StatusCode::kUnset);
  EXPECT_TRUE(span.parent_span_id.is_valid());
}

TEST(TracedServer, RecordsWhatAHandlerThrows) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  service->Get("/", [](const Request&, Response&) { throw std::runtime_error("no stock"); });
  service.run();
  const RawResponse response = get_raw(service.port(), "/", {});
  EXPECT_EQ(response.status, 500);
  EXPECT_NE(response.header("traceparent"), "");
  EXPECT_EQ(response.header("EXCEPTION_WHAT"), "no stock");  // as without tracing
  const FinishedSpan span = tracing.only_span();
  EXPECT_EQ(span.status, StatusCode::kError);
  EXPECT_EQ(span.status_message, "no stock");
  ASSERT_EQ(span.events.size(), 1u);
  EXPECT_EQ(span.events[0].attributes.at("exception.message"), "no stock");
  EXPECT_EQ(span.events[0].attributes.at("exception.type"), "std::runtime_error");
}

TEST(TracedServer, RecordsWhatIsNoException) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  service->Get("/", [](const Request&, Response&) { throw 7; });
  service.run();
  EXPECT_EQ(get_raw(service.port(), "/", {}).status, 500);
  EXPECT_EQ(tracing.only_span().status, StatusCode::kError);
}

TEST(TracedServer, AnExceptionAnsweredBelow500IsNoError) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  service->set_exception_handler(
      [](const Request&, Response& response, std::exception_ptr) { response.status = 404; });
  service->Get("/", [](const Request&, Response&) { throw std::out_of_range("no such user"); });
  service.run();
  EXPECT_EQ(get_raw(service.port(), "/", {}).status, 404);
  EXPECT_EQ(tracing.only_span().status, StatusCode::kUnset);
  EXPECT_EQ(tracing.only_span().events.size(), 1u);
}

TEST(TracedServer, RunsTheCallersHooksInsideTheSpan) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  std::atomic<int> traced_hooks{0};
  const auto look = [&] { traced_hooks += current_span().is_recording() ? 1 : 0; };
  service->set_pre_routing_handler([&](const Request&, Response&) {
    look();
    return Unhandled::Unhandled;
  });
  service->set_post_routing_handler([&](const Request&, Response& response) {
    look();
    response.set_header("X-Post", "1");
  });
  service->set_error_handler([&](const Request&, Response&) { look(); });
  service->set_logger([&](const Request&, const Response&) { look(); });
  service->Get("/user/7", traced("/user/:id", [](const Request&, Response& response) {
                 response.status = 404;
               }));
  service.run();
  EXPECT_EQ(get_raw(service.port(), "/user/7", {}).header("X-Post"), "1");
  EXPECT_EQ(tracing.only_span().name, "/user/:id");
  EXPECT_EQ(traced_hooks, 4);
}

TEST(TracedServer, APreRoutingHandlerMayAnswer) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  service->set_pre_routing_handler([](const Request&, Response& response) {
    response.status = 401;
    return Unhandled::Handled;
  });
  service.run();
  EXPECT_EQ(get_raw(service.port(), "/user/7", {}).status, 401);
  EXPECT_EQ(tracing.only_span().attributes.at("http.status_code"), "401");
}

TEST(TracedServer, ErrorHandlersRunInTheSpanOfWhatNoRouteMatches) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  std::atomic<bool> recording{false};
  service->set_error_handler([&](const Request&, Response& response) {
    recording = current_span().is_recording();
    response.set_content("nothing here", "text/plain");
    return httplib::Server::HandlerResponse::Handled;
  });
  service.run();
  EXPECT_EQ(get_raw(service.port(), "/", {}).body, "nothing here");
  EXPECT_TRUE(recording);
}

TEST(TracedServer, KeepsRequestsOfOneConnectionApart) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  service->Get("/x", ok);
  service.run();
  httplib::Client client(service.url());
  client.set_keep_alive(true);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Get("/x")->status, 200);
  EXPECT_EQ(client.Get("/y")->status, 404);
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 4u);
  EXPECT_EQ(spans[3].name, "/y");
  EXPECT_FALSE(spans[0].context.trace_id == spans[1].context.trace_id);
  EXPECT_FALSE(spans[1].parent_span_id.is_valid());
}

TEST(TracedServer, OutlivesRequestsItCannotRead) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  service->Get("/x", ok);
  service.run();
  EXPECT_EQ(send_raw(service.port(), "nonsense\r\n\r\n").status, 400);
  EXPECT_EQ(send_raw(service.port(), "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n").status,
            414);
  EXPECT_EQ(get_raw(service.port(), "/x", {"Range: nonsense=1"}).status, 416);
  EXPECT_EQ(get_raw(service.port(), "/x", {}).status, 200);
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].attributes.at("http.status_code"), "416");
  EXPECT_EQ(spans[1].attributes.at("http.status_code"), "200");
}

TEST(TracedServer, SpansLastUntilTheBodyIsSent) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  std::atomic<bool> recording{false};
  service->Get("/x", [&](const Request&, Response& response) {
    response.set_content_provider(2, "text/plain",
                                  [&](std::size_t, std::size_t, httplib::DataSink& sink) {
                                    recording = current_span().is_recording();
                                    return sink.write("ok", 2);
                                  });
  });
  service.run();
  EXPECT_EQ(get_raw(service.port(), "/x", {}).body, "ok");
  EXPECT_TRUE(recording);
}

TEST(TracedServer, GivesHandlersTheBaggage) {
  Tracing tracing;
  HttplibService<TracedServer> service;
  std::string name, path;
  service->Get("/", [&](const Request&, Response&) {
    const Baggage baggage = Context::current().baggage();
    baggage.get("name", name);
    baggage.get("path", path);
  });
  service.run();
  // cpp-httplib decodes headers; what it cannot have been is encoded again.
  get_raw(service.port(), "/", {kParent, "baggage: name=J%C3%BCrgen%20%22J%22 , path=50%25"});
  tracing.spans();
  EXPECT_EQ(name, "J\xC3\xBCrgen \"J\"");
  EXPECT_EQ(path, "50%");
}

TEST(TracedServer, IgnoresPathsByTheirRoute) {
  InstrumentationSettings settings;
  settings.ignored_paths = {"/health/:part"};
  Tracing tracing(settings);
  HttplibService<TracedServer> service;
  std::atomic<bool> recording{true}, knows_caller{false};
  service->Get("/health/db", traced("/health/:part", [&](const Request&, Response&) {
                 recording = current_span().is_recording();
                 knows_caller = current_span_context().is_remote;
               }));
  service.run();
  EXPECT_EQ(get_raw(service.port(), "/health/db", {kParent}).header("traceparent"), "");
  EXPECT_TRUE(tracing.spans().empty());
  EXPECT_FALSE(recording);
  EXPECT_TRUE(knows_caller);
}

TEST(Traced, IsEnoughForAPlainServer) {
  Tracing tracing;
  HttplibService<httplib::Server> service;
  service->Get("/user/7", traced("/user/:id", ok));
  service->Get("/throws", traced("/throws", [](const Request&, Response&) {
                 throw std::runtime_error("no stock");
               }));
  service.run();
  EXPECT_NE(get_raw(service.port(), "/user/7", {}).header("traceparent"), "");
  EXPECT_EQ(get_raw(service.port(), "/throws", {}).status, 500);
  EXPECT_EQ(get_raw(service.port(), "/other", {}).status, 404);
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].name, "/user/:id");
  EXPECT_EQ(spans[0].attributes.at("http.status_code"), "200");
  EXPECT_EQ(spans[1].status, StatusCode::kError);
  EXPECT_EQ(spans[1].attributes.at("http.status_code"), "500");
}

TEST(TracedClient, ReplacesTheHeadersOfAnEarlierTrace) {
  Tracing tracing;
  const Recorder server;
  TracedClient client(server.url());
  const httplib::Headers stale{
      {"TraceParent", "old"}, {"tracestate", "old=1"}, {"Baggage", "old=1"}, {"X-Mine", "1"}};
  EXPECT_EQ(client.Get("/", stale)->status, 200);
  EXPECT_EQ(server.header("traceparent").size(), 55u);
  EXPECT_EQ(server.header("tracestate"), "");
  EXPECT_EQ(server.header("baggage"), "");
  EXPECT_EQ(server.header("X-Mine"), "1");
}

TEST(TracedClient, TellsWhyThereIsNoAnswer) {
  Tracing tracing;
  TracedClient client("127.0.0.1", closed_port());
  EXPECT_FALSE(client.Get("/x"));
  const FinishedSpan span = tracing.only_span();
  EXPECT_EQ(span.status, StatusCode::kError);
  ASSERT_EQ(span.events.size(), 1u);
  EXPECT_EQ(span.events[0].name, "exception");
  EXPECT_EQ(span.events[0].attributes.at("exception.type"), "httplib::Error");
  EXPECT_NE(span.events[0].attributes.at("exception.message"), "");
}

TEST(TracedClient, LetsWhatAReceiverThrowsThrough) {
  Tracing tracing;
  const Recorder server;
  TracedClient client(server.url());
  EXPECT_THROW(
      (void)client.Get(
          "/", [](const char*, std::size_t) -> bool { throw std::runtime_error("disk full"); }),
      std::runtime_error);
  EXPECT_EQ(tracing.only_span().status_message, "disk full");
}

TEST(TracedClient, AReceiverMayThrowAnything) {
  Tracing tracing;
  const Recorder server;
  TracedClient client(server.url());
  EXPECT_THROW((void)client.Get("/", [](const char*, std::size_t) -> bool { throw 7; }), int);
  EXPECT_EQ(tracing.only_span().status, StatusCode::kError);
}

TEST(TracedClient, SendsRequestsOfAnyKind) {
  Tracing tracing;
  const Recorder server;
  TracedClient client(server.url());
  Request request;
  request.method = "GET";
  request.path = "/any";
  request.headers = {{"User-Agent", "mine"}};
  EXPECT_EQ(client.send(request)->status, 200);
  EXPECT_EQ(tracing.only_span().attributes.at("http.user_agent"), "mine");
  EXPECT_EQ(server.header("traceparent").size(), 55u);
}

}  // namespace
}  // namespace cairn::trace::testing
