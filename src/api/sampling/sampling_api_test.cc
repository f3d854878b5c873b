// SPDX-License-Identifier: Apache-2.0
//
// The routes on a real port, so that their patterns are tried as clients ask for them.
#include "api/sampling/sampling_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/server.h"
#include "net/testing/http2_client.h"
#include "net/testing/raw_client.h"
#include "wire/sampling/strategy_protobuf.h"

namespace cairn::api::sampling {
namespace {

using model::SamplingStrategy;
using net::testing::Http2Answer;
using net::testing::Http2Client;
using net::testing::HttpAnswer;
using testing::HasSubstr;

// Who asks is told its name's length in traces a second; "half" one half.
class FakeStrategies final : public ::cairn::sampling::StrategyProvider {
 public:
  std::shared_ptr<const SamplingStrategy> strategy_for(std::string_view service) override {
    if (service == "half") {
      return std::make_shared<const SamplingStrategy>(SamplingStrategy::probabilistic(0.5));
    }
    return std::make_shared<const SamplingStrategy>(
        SamplingStrategy::rate_limiting(static_cast<std::int32_t>(service.size())));
  }
};

class SamplingApiTest : public testing::Test {
 protected:
  SamplingApiTest() {
    std::vector<net::Listener> listeners(2);
    listeners[0].name = "agent";
    api_.add_http_routes(listeners[0].router);
    api_.add_grpc_routes(listeners[0].router);
    listeners[1].name = "collector";
    api_.add_collector_routes(listeners[1].router);
    auto started =
        net::Server::start({.io_threads = 1, .limits = {}}, std::move(listeners), metrics_);
    EXPECT_TRUE(started);
    server_ = *std::move(started);
  }

  HttpAnswer get(const std::string& target, const std::string& listener = "agent") {
    net::testing::RawClient client(server_->port_of(listener));
    client.send("GET " + target + " HTTP/1.1\r\nhost: x\r\n\r\n");
    return net::testing::read_answer(client);
  }
  Http2Answer ask_grpc(const std::string& message) {
    Http2Client client(server_->port_of("agent"));
    return client.wait(client.call("/jaeger.api_v2.SamplingManager/GetSamplingStrategy", message));
  }

  MetricsRegistry metrics_;
  FakeStrategies strategies_;
  SamplingApi api_{strategies_, metrics_};
  std::unique_ptr<net::Server> server_;
};

TEST_F(SamplingApiTest, TellsTheEnumByNameWhereClientsReadNames) {
  for (const char* path : {"/sampling", "/api/sampling"}) {
    const HttpAnswer answer = get(std::string(path) + "?service=half");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    EXPECT_EQ(answer.body,
              R"({"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5}})");
  }
}

TEST_F(SamplingApiTest, TellsTheEnumByNumberWhereTheOldestClientsAsk) {
  EXPECT_EQ(get("/?service=half").body,
            R"({"strategyType":0,"probabilisticSampling":{"samplingRate":0.5}})");
  EXPECT_EQ(get("/?service=abc").body,
            R"({"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":3}})");
}

TEST_F(SamplingApiTest, ServesTheCollectorsPathBesideItsOthers) {
  EXPECT_EQ(get("/api/sampling?service=half", "collector").body,
            R"({"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5}})");
  EXPECT_EQ(get("/sampling?service=half", "collector").status, 404);
}

TEST_F(SamplingApiTest, DecodesTheName) {
  EXPECT_EQ(get("/sampling?service=%C3%BC%20x").body,
            R"({"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":4}})");
  // Some SDKs ask before they have a name.
  EXPECT_EQ(get("/sampling?service=").body,
            R"({"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":0}})");
}

TEST_F(SamplingApiTest, WantsTheServiceExactlyOnce) {
  for (const char* target : {"/", "/sampling", "/api/sampling?name=a",
                             "/sampling?service=a&service=b", "/baggageRestrictions"}) {
    const HttpAnswer answer = get(target);
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_EQ(answer.body, "'service' parameter must be provided once\n") << target;
    EXPECT_EQ(answer.headers.at("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
  }
  EXPECT_EQ(get("/sampling?service=%zz").status, 400);
}

TEST_F(SamplingApiTest, RestrictsNoBaggage) {
  EXPECT_EQ(get("/baggageRestrictions?service=cart").body, "[]");
}

TEST_F(SamplingApiTest, AnswersOverGrpc) {
  const Http2Answer answer = ask_grpc("\x0a\x04half");
  EXPECT_EQ(answer.grpc_status(), 0);
  EXPECT_EQ(
      answer.body,
      Http2Client::framed(wire::sampling::encode_strategy(SamplingStrategy::probabilistic(0.5))));
  EXPECT_EQ(ask_grpc("").grpc_status(), 0) << "an empty name is one";
}

TEST_F(SamplingApiTest, RefusesAGrpcMessageThatIsNone) {
  const Http2Answer answer = ask_grpc("\x0a\x40");
  EXPECT_EQ(answer.grpc_status(), 3);
  EXPECT_THAT(answer.headers.at("grpc-message"), HasSubstr("SamplingStrategyParameters"));
}

TEST_F(SamplingApiTest, CountsWhoAsked) {
  get("/sampling?service=a");
  get("/sampling");
  ask_grpc("");
  const std::string text = metrics_.render_prometheus();
  for (const char* line :
       {"cairn_sampling_requests_total{transport=\"http\",outcome=\"answered\"} 1\n",
        "cairn_sampling_requests_total{transport=\"http\",outcome=\"refused\"} 1\n",
        "cairn_sampling_requests_total{transport=\"grpc\",outcome=\"answered\"} 1\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

}  // namespace
}  // namespace cairn::api::sampling
