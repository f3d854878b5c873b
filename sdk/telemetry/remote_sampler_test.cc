// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <cairn/telemetry/remote_sampler.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sdk/export/testing/resolver_trap.h"
#include "sdk/sampling/sampling_testing.h"
#include "sdk/telemetry/http_get.h"
#include "sdk/telemetry/http_server_testing.h"

namespace cairn::telemetry {
namespace {

using telemetry_testing::HttpServer;
using trace::sampling_testing::ask;
using trace::sampling_testing::id_with;
using trace::sampling_testing::samples;
using trace::transport::testing::ResolverTrap;

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

TEST(RemoteSampler, RefusesAHeadWithoutEnd) {
  const std::string line = "X-More: " + std::string(1000, 'x') + "\r\n";
  std::string headers, interim;
  while (headers.size() < 200 * 1024) headers += line;
  while (interim.size() < 200 * 1024) interim += "HTTP/1.1 100 Continue\r\n" + line + "\r\n";
  const std::string good = std::string("Content-Length: 44\r\n\r\n") + kAll;
  for (const std::string& answer :
       {"HTTP/1.1 200 OK\r\n" + headers + good, interim + "HTTP/1.1 200 OK\r\n" + good}) {
    HttpServer server([&](const std::string&) { return answer; });
    std::atomic<int> complaints{0};
    RemoteSamplerOptions options = options_for(server);
    options.log = [&](const std::string&) { ++complaints; };
    const trace::SamplerPtr sampler = jaeger_remote(options);
    EXPECT_TRUE(eventually([&] { return complaints == 1; }));
    EXPECT_FALSE(samples(sampler));
  }
}

TEST(RemoteSampler, FollowsNoRedirect) {
  HttpServer elsewhere([](const std::string&) { return kAll; });
  HttpServer server([&](const std::string&) {
    return "HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url() +
           "/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  });
  const trace::SamplerPtr sampler = jaeger_remote(options_for(server));
  ASSERT_TRUE(server.wait_for(3));
  EXPECT_FALSE(samples(sampler));
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST(RemoteSampler, CutsAnAnswerAtAnyByteWithoutBelievingIt) {
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n" + std::string(kAll);
  std::atomic<std::size_t> size{5};  // less the server takes for a body
  HttpServer server([&](const std::string&) { return whole.substr(0, size); });
  HttpGet get(1000);
  for (; size < whole.size(); ++size) {
    const HttpAnswer answer = get.get(server.url(), std::chrono::seconds(10));
    EXPECT_NE(answer.error, "") << size;
  }
  EXPECT_EQ(get.get(server.url(), std::chrono::seconds(10)).body, kAll);
}

// A wait that runs past the end of the clock is no wait.
TEST(RemoteSampler, AsksOnceWhenItsIntervalIsForEver) {
  HttpServer server([](const std::string&) { return kAll; });
  RemoteSamplerOptions options = options_for(server);
  options.interval = std::chrono::milliseconds::max();
  options.timeout = std::chrono::milliseconds::max();
  {
    const trace::SamplerPtr sampler = jaeger_remote(options);
    EXPECT_TRUE(eventually([&] { return samples(sampler); }));
    // Another one, as a clock: it has asked ten times by the time the first could have asked twice.
    HttpServer other([](const std::string&) { return kAll; });
    HttpGet get(1000);
    for (int i = 0; i < 10; ++i)
      EXPECT_EQ(get.get(other.url(), std::chrono::seconds(10)).error, "");
  }
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(RemoteSampler, LeavesItsConnectionToNoProgramThatIsExecuted) {
  HttpServer server([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 44\r\n\r\n" + std::string(kAll);
  });
  HttpGet get(1000);
  EXPECT_EQ(get.get(server.url(), std::chrono::seconds(10)).body, kAll);
  int found = 0;
  for (int socket = 3; socket < 256; ++socket) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    // The server's own end has its port on this side.
    if (server.url() != "http://127.0.0.1:" + std::to_string(ntohs(peer.sin_port))) continue;
    ++found;
    EXPECT_NE(::fcntl(socket, F_GETFD) & FD_CLOEXEC, 0) << socket;
  }
  EXPECT_EQ(found, 1);
}

TEST(RemoteSampler, ShowsNoPasswordAndSurvivesALogThatThrows) {
  HttpServer server([](const std::string&) { return kNotFound; });
  std::mutex mutex;
  std::string line;
  RemoteSamplerOptions options = options_for(server);
  options.endpoint.replace(0, 7, "http://me:secret@");
  options.log = [&](const std::string& text) {
    const std::lock_guard lock(mutex);
    line = text;
    throw std::runtime_error("no room for a line");
  };
  const trace::SamplerPtr sampler = jaeger_remote(options);
  ASSERT_TRUE(server.wait_for(3));
  EXPECT_THAT(server.requests().at(0), testing::HasSubstr("Authorization: Basic"));
  const std::lock_guard lock(mutex);
  EXPECT_THAT(line, testing::HasSubstr(server.url() + "/sampling: HTTP 404"));
  EXPECT_THAT(line + sampler->description(), testing::Not(testing::HasSubstr("secret")));
}

TEST(RemoteSampler, StopsAtOnceThoughTheNameServerIsSilent) {
  const ResolverTrap trap;
  RemoteSamplerOptions options;
  options.endpoint = std::string("http://") + ResolverTrap::kHost + ":1/sampling";
  options.timeout = std::chrono::minutes(10);
  trace::SamplerPtr sampler = jaeger_remote(options);
  ASSERT_TRUE(trap.wait_until_entered());
  const auto before = std::chrono::steady_clock::now();
  sampler.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
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
