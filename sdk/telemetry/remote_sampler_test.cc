// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <cairn/telemetry/remote_sampler.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sdk/sampling/sampling_testing.h"
#include "sdk/telemetry/http_server_testing.h"

namespace cairn::telemetry {
namespace {

using telemetry_testing::HttpServer;
using trace::sampling_testing::ask;
using trace::sampling_testing::id_with;
using trace::sampling_testing::samples;

constexpr const char* kAll = R"({"probabilisticSampling":{"samplingRate":1}})";
constexpr const char* kNothing = R"({"probabilisticSampling":{"samplingRate":0}})";
constexpr const char* kNotFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

RemoteSamplerOptions options_for(const HttpServer& server) {
  RemoteSamplerOptions options;
  options.endpoint = server.url() + "/sampling";
  options.service = "shop & co";
  options.initial_ratio = 0;
  options.interval = std::chrono::milliseconds(100);
  return options;
}

// False after 30 s.
bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(RemoteSampler, AsksForItsServiceAndDoesAsItIsTold) {
  HttpServer server([](const std::string&) { return kAll; });
  const trace::SamplerPtr sampler = jaeger_remote(options_for(server));
  ASSERT_NE(sampler, nullptr);
  EXPECT_TRUE(eventually([&] { return samples(sampler); }));
  EXPECT_THAT(server.requests().at(0),
              testing::StartsWith("GET /sampling?service=shop%20%26%20co "));
  EXPECT_EQ(sampler->description(),
            "JaegerRemoteSampler{endpoint:" + server.url() + "/sampling,service:shop & co}");
}

TEST(RemoteSampler, SamplesItsInitialShareUntilItIsAnswered) {
  HttpServer server([](const std::string&) { return kNotFound; });
  RemoteSamplerOptions options = options_for(server);
  options.initial_ratio = 0.5;
  const trace::SamplerPtr sampler = jaeger_remote(options);
  ASSERT_TRUE(server.wait_for(2));
  EXPECT_FALSE(samples(sampler, {.trace_id = id_with(0)}));
  EXPECT_TRUE(samples(sampler, {.trace_id = id_with((std::uint64_t{1} << 56) - 1)}));
}

TEST(RemoteSampler, FollowsChangesAndKeepsTheLastGoodAnswer) {
  std::atomic<const char*> answer{kNothing};
  HttpServer server([&](const std::string&) { return answer.load(); });
  std::mutex mutex;
  std::vector<std::string> log;
  RemoteSamplerOptions options = options_for(server);
  options.initial_ratio = 1;
  options.log = [&](const std::string& line) {
    const std::lock_guard lock(mutex);
    log.push_back(line);
  };
  const auto lines = [&] {
    const std::lock_guard lock(mutex);
    return log;
  };
  const trace::SamplerPtr sampler = jaeger_remote(options);
  EXPECT_TRUE(eventually([&] { return !samples(sampler); }));
  answer = kAll;
  EXPECT_TRUE(eventually([&] { return samples(sampler); }));
  for (const char* bad : {kNotFound, "{", "{}", ""}) {
    answer = bad;
    ASSERT_TRUE(server.wait_for(server.requests().size() + 2));
    EXPECT_TRUE(samples(sampler)) << bad;
  }
  EXPECT_THAT(lines(), testing::ElementsAre(testing::HasSubstr("HTTP 404; keeping")));
  answer = kAll;
  EXPECT_TRUE(eventually([&] { return lines().size() == 2; }));
  EXPECT_THAT(lines().back(), testing::HasSubstr("answers again"));
}

TEST(RemoteSampler, TellsOperationsApartAndSaysWhy) {
  HttpServer server([](const std::string&) {
    return R"({"operationSampling":{"defaultSamplingProbability":0,
      "defaultLowerBoundTracesPerSecond":0.001,
      "perOperationStrategies":[{"operation":"all","probabilisticSampling":{"samplingRate":1}}]}})";
  });
  const trace::SamplerPtr sampler = jaeger_remote(options_for(server));
  ASSERT_TRUE(eventually([&] { return samples(sampler, {.name = "all"}); }));
  const trace::SamplingResult drawn = ask(sampler, {.name = "all"});
  ASSERT_EQ(drawn.attributes.size(), 2U);
  EXPECT_EQ(drawn.attributes[0].key.text(), "sampler.type");
  EXPECT_EQ(drawn.attributes[0].value.as_string(), "probabilistic");
  EXPECT_EQ(drawn.attributes[1].key.text(), "sampler.param");
  EXPECT_EQ(drawn.attributes[1].value.as_double(), 1);
  const trace::SamplingResult owed = ask(sampler, {.name = "other"});
  ASSERT_EQ(owed.attributes.size(), 2U);
  EXPECT_EQ(owed.attributes[0].value.as_string(), "lowerbound");
  EXPECT_FALSE(samples(sampler, {.name = "other"}));
}

TEST(RemoteSampler, LimitsTheRate) {
  HttpServer server([](const std::string&) {
    return R"({"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":0.001}})";
  });
  const trace::SamplerPtr sampler = jaeger_remote(options_for(server));
  ASSERT_TRUE(eventually([&] { return samples(sampler); }));
  ASSERT_TRUE(server.wait_for(3));
  EXPECT_FALSE(samples(sampler));
}

TEST(RemoteSampler, RefusesAnAnswerThatIsTooLarge) {
  HttpServer server(
      [](const std::string&) { return std::string(kAll) + std::string((1 << 20) + 1, ' '); });
  std::atomic<int> complaints{0};
  RemoteSamplerOptions options = options_for(server);
  options.log = [&](const std::string& line) {
    if (line.find("too large") != std::string::npos) ++complaints;
  };
  const trace::SamplerPtr sampler = jaeger_remote(options);
  EXPECT_TRUE(eventually([&] { return complaints == 1; }));
  EXPECT_FALSE(samples(sampler));
}

TEST(RemoteSampler, StopsAtOnceThoughTheServerIsSilent) {
  std::atomic<bool> asked{false};
  std::atomic<bool> release{false};
  HttpServer server([&](const std::string&) {
    asked = true;
    eventually([&] { return release.load(); });
    return kAll;
  });
  RemoteSamplerOptions options = options_for(server);
  options.timeout = std::chrono::minutes(10);
  trace::SamplerPtr sampler = jaeger_remote(options);
  ASSERT_TRUE(eventually([&] { return asked.load(); }));
  const auto before = std::chrono::steady_clock::now();
  sampler.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
  release = true;
}

TEST(RemoteSampler, KeepsWhatItKnowsInAChild) {
  HttpServer server([](const std::string&) { return kAll; });
  trace::SamplerPtr sampler = jaeger_remote(options_for(server));
  ASSERT_TRUE(eventually([&] { return samples(sampler); }));
  const pid_t child = ::fork();
  if (child == 0) {
    const bool sampled = samples(sampler);
    sampler.reset();  // must not wait for a thread that is not here
    ::_exit(sampled ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace cairn::telemetry
