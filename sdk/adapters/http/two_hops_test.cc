// SPDX-License-Identifier: Apache-2.0
// client -> service A -> service B, with each client and in both conventions; the trace is compared
// span by span.
#include <functional>
#include <string>

#include <cairn/adapters/curl.h>
#include <gtest/gtest.h>

#include "sdk/adapters/http/testing/raw_http.h"
#include "sdk/adapters/http/testing/servers.h"
#include "sdk/adapters/http/testing/tracing.h"

namespace cairn::trace::testing {
namespace {

std::size_t discard(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

int curl_get(int port, const std::string& target) {
  CURL* const curl = curl_easy_init();
  const std::string url = "http://me:secret@127.0.0.1:" + std::to_string(port) + target;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
  const CURLcode code = curl_perform(curl, nullptr);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_cleanup(curl);
  return code == CURLE_OK ? static_cast<int>(status) : 0;
}

int httplib_get(int port, const std::string& target) {
  TracedClient client("127.0.0.1", port);
  const auto answer = client.Get(target);
  return answer ? answer->status : 0;
}

// cpp-httplib decodes what comes in; what goes out again must not end a header.
TEST(TwoHopsOfAnAttacker, NoHeaderBreaksOutOfAnother) {
  static const Propagator* const parts[] = {&b3_single(), &b3_multi(), &jaeger_propagation(),
                                            &w3c_trace_context(), &w3c_baggage()};
  static const CompositePropagator all(parts);
  const Propagator& usual = propagator();
  set_propagator(all);
  for (const auto get : {curl_get, httplib_get, beast_get}) {
    Tracing tracing;
    const Recorder next;
    HttplibService<TracedServer> service;
    service->Get("/", [&](const httplib::Request&, httplib::Response&) { get(next.port(), "/"); });
    service.run();
    const std::string evil = "%0d%0aX-Evil: 1";
    const std::string trace = "0af7651916cd43dd8448eb211c80319c", span = "b7ad6b7169203331";
    EXPECT_EQ(
        get_raw(
            service.port(), "/",
            {"traceparent: 00-" + trace + "-" + span + "-01", "tracestate: a=b" + evil,
             "baggage: a=b" + evil + ",c=d;p=q" + evil, "b3: " + trace + "-" + span + "-1" + evil,
             "x-b3-traceid: " + trace + evil, "x-b3-spanid: " + span,
             "uber-trace-id: " + trace + ":" + span + ":0:1" + evil, "uberctx-a: b" + evil})
            .status,
        200);
    EXPECT_NE(next.header("traceparent"), "");
    EXPECT_NE(next.header("baggage"), "");
    EXPECT_EQ(next.header("X-Evil"), "");
  }
  set_propagator(usual);
}

class TwoHops : public ::testing::Test {
 protected:
  void run(const InstrumentationSettings& settings, int (*get)(int, const std::string&)) {
    Tracing tracing(settings);
    HttplibService<TracedServer> a, b;
    b->Get(R"(/stock/(\d+))",
           traced("/stock/:id", [](const httplib::Request&, httplib::Response& response) {
             response.status = 503;
           }));
    a->Get(R"(/user/(\d+))",
           traced("/user/:id", [&](const httplib::Request& request, httplib::Response& response) {
             TracedClient client(b.url());
             const auto answer = client.Get("/stock/" + request.matches[1].str() + "?exact=1");
             response.status = answer && answer->status == 503 ? 404 : 500;
           }));
    b.run();
    a.run();
    EXPECT_EQ(get(a.port(), "/user/7"), 404);
    tree = tracing.tree({{a.port(), "{A}"}, {b.port(), "{B}"}});
  }
  std::string tree;
};

// Below the client's own span all clients have the same trace.
constexpr const char* kGoZeroServers =
    "    /user/:id (server)\n"
    "      http.client_ip: 127.0.0.1\n"
    "      http.flavor: 1.1\n"
    "      http.host: 127.0.0.1:{A}\n"
    "      http.method: GET\n"
    "      http.route: /user/:id\n"
    "      http.scheme: http\n"
    "      http.server_name: shop\n"
    "      http.status_code: 404\n"
    "      http.target: /user/7\n"
    "      USER_AGENT"
    "        /stock/7 (client) ERROR\n"
    "          http.flavor: 1.1\n"
    "          http.host: 127.0.0.1:{B}\n"
    "          http.method: GET\n"
    "          http.scheme: http\n"
    "          http.status_code: 503\n"
    "          http.url: http://127.0.0.1:{B}/stock/7?exact=1\n"
    "            /stock/:id (server) ERROR\n"
    "              http.client_ip: 127.0.0.1\n"
    "              http.flavor: 1.1\n"
    "              http.host: 127.0.0.1:{B}\n"
    "              http.method: GET\n"
    "              http.route: /stock/:id\n"
    "              http.scheme: http\n"
    "              http.server_name: shop\n"
    "              http.status_code: 503\n"
    "              http.target: /stock/7?exact=1\n"
    "              http.user_agent: cpp-httplib/0.11.4\n";

constexpr const char* kStableServers =
    "    GET /user/:id (server)\n"
    "      client.address: 127.0.0.1\n"
    "      http.request.method: GET\n"
    "      http.response.status_code: 404\n"
    "      http.route: /user/:id\n"
    "      network.peer.address: 127.0.0.1\n"
    "      network.protocol.version: 1.1\n"
    "      server.address: 127.0.0.1\n"
    "      server.port: {A}\n"
    "      url.path: /user/7\n"
    "      url.scheme: http\n"
    "      USER_AGENT"
    "        GET (client) ERROR\n"
    "          error.type: 503\n"
    "          http.request.method: GET\n"
    "          http.response.status_code: 503\n"
    "          network.protocol.version: 1.1\n"
    "          server.address: 127.0.0.1\n"
    "          server.port: {B}\n"
    "          url.full: http://127.0.0.1:{B}/stock/7?exact=1\n"
    "            GET /stock/:id (server) ERROR\n"
    "              client.address: 127.0.0.1\n"
    "              error.type: 503\n"
    "              http.request.method: GET\n"
    "              http.response.status_code: 503\n"
    "              http.route: /stock/:id\n"
    "              network.peer.address: 127.0.0.1\n"
    "              network.protocol.version: 1.1\n"
    "              server.address: 127.0.0.1\n"
    "              server.port: {B}\n"
    "              url.path: /stock/7\n"
    "              url.query: exact=1\n"
    "              url.scheme: http\n"
    "              user_agent.original: cpp-httplib/0.11.4\n";

std::string with_agent(std::string servers, const std::string& line) {
  const std::string mark = "      USER_AGENT";
  return servers.replace(servers.find(mark), mark.size(),
                         line.empty() ? "" : "      " + line + "\n");
}

TEST_F(TwoHops, CurlInGoZerosWords) {
  run(go_zero(), curl_get);
  EXPECT_EQ(tree,
            "/user/7 (client) ERROR\n"
            "  http.flavor: 1.1\n"
            "  http.host: 127.0.0.1:{A}\n"
            "  http.method: GET\n"
            "  http.scheme: http\n"
            "  http.status_code: 404\n"
            "  http.url: http://127.0.0.1:{A}/user/7\n"
            "  net.peer.ip: 127.0.0.1\n" +
                with_agent(kGoZeroServers, ""));
}

TEST_F(TwoHops, CurlInStableWords) {
  run(stable(), curl_get);
  EXPECT_EQ(tree,
            "GET (client) ERROR\n"
            "  error.type: 404\n"
            "  http.request.method: GET\n"
            "  http.response.status_code: 404\n"
            "  network.peer.address: 127.0.0.1\n"
            "  network.protocol.version: 1.1\n"
            "  server.address: 127.0.0.1\n"
            "  server.port: {A}\n"
            "  url.full: http://127.0.0.1:{A}/user/7\n" +
                with_agent(kStableServers, ""));
}

TEST_F(TwoHops, HttplibInGoZerosWords) {
  run(go_zero(), httplib_get);
  EXPECT_EQ(tree,
            "/user/7 (client) ERROR\n"
            "  http.flavor: 1.1\n"
            "  http.host: 127.0.0.1:{A}\n"
            "  http.method: GET\n"
            "  http.scheme: http\n"
            "  http.status_code: 404\n"
            "  http.url: http://127.0.0.1:{A}/user/7\n" +
                with_agent(kGoZeroServers, "http.user_agent: cpp-httplib/0.11.4"));
}

TEST_F(TwoHops, HttplibInStableWords) {
  run(stable(), httplib_get);
  EXPECT_EQ(tree,
            "GET (client) ERROR\n"
            "  error.type: 404\n"
            "  http.request.method: GET\n"
            "  http.response.status_code: 404\n"
            "  network.protocol.version: 1.1\n"
            "  server.address: 127.0.0.1\n"
            "  server.port: {A}\n"
            "  url.full: http://127.0.0.1:{A}/user/7\n" +
                with_agent(kStableServers, "user_agent.original: cpp-httplib/0.11.4"));
}

TEST_F(TwoHops, BeastInGoZerosWords) {
  run(go_zero(), beast_get);
  EXPECT_EQ(tree,
            "/user/7 (client) ERROR\n"
            "  http.flavor: 1.1\n"
            "  http.host: 127.0.0.1:{A}\n"
            "  http.method: GET\n"
            "  http.scheme: http\n"
            "  http.status_code: 404\n"
            "  http.url: http://127.0.0.1:{A}/user/7\n"
            "  http.user_agent: beast\n" +
                with_agent(kGoZeroServers, "http.user_agent: beast"));
}

TEST_F(TwoHops, BeastInStableWords) {
  run(stable(), beast_get);
  EXPECT_EQ(tree,
            "GET (client) ERROR\n"
            "  error.type: 404\n"
            "  http.request.method: GET\n"
            "  http.response.status_code: 404\n"
            "  network.protocol.version: 1.1\n"
            "  server.address: 127.0.0.1\n"
            "  server.port: {A}\n"
            "  url.full: http://127.0.0.1:{A}/user/7\n"
            "  user_agent.original: beast\n" +
                with_agent(kStableServers, "user_agent.original: beast"));
}

}  // namespace
}  // namespace cairn::trace::testing
