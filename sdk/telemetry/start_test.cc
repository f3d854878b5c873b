// SPDX-License-Identifier: Apache-2.0
//
// Starts and stops tracing by YAML, and looks at what arrives.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <cairn/telemetry.h>
#include <cairn/trace.h>
#include <cairn/trace/instrumentation.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sdk/telemetry/http_server_testing.h"

namespace cairn::telemetry {
namespace {

using telemetry_testing::HttpServer;
using testing::HasSubstr;
using testing::Not;

// A folder that goes when the test ends; tracing is off before and after.
class Start : public testing::Test {
 protected:
  Start() {
    std::string pattern = testing::TempDir() + "cairn-start-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
  }
  ~Start() override {
    trace::stop();
    trace::set_propagator(standard_);
    trace::set_instrumentation({});
    std::filesystem::remove_all(folder_);
  }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  static std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  static void make_span(const char* name) { trace::tracer("start_test").start(name).end(); }
  static std::map<std::string, std::string> injected(const trace::Span& span) {
    std::map<std::string, std::string> headers;
    trace::inject(headers, trace::Context(span));
    return headers;
  }

  std::string folder_;
  const trace::Propagator& standard_ = trace::propagator();
};

TEST_F(Start, WritesSpansToTheFileOfTheBlock) {
  const std::string yaml = path("shop.yaml");
  std::ofstream(yaml) << "Name: shop\nTelemetry:\n  Endpoint: " << path("spans.jsonl")
                      << "\n  Batcher: file\n  Resource: {team: blue}\n";
  const StartResult result = start_from_file(yaml);
  EXPECT_EQ(result.code, StartCode::kStarted) << result.error;
  make_span("hello");
  EXPECT_EQ(stop(), trace::FlushResult::kOk);
  const std::string spans = content(path("spans.jsonl"));
  EXPECT_THAT(spans, HasSubstr("\"hello\""));
  EXPECT_THAT(spans, HasSubstr("\"shop\""));
  EXPECT_THAT(spans, HasSubstr("\"team\""));
  EXPECT_THAT(spans, HasSubstr("\"telemetry.sdk.name\""));
}

TEST_F(Start, SendsSpansToTheCollectorOfTheBlock) {
  HttpServer server([](const std::string&) { return ""; });
  const StartResult result = start_from_yaml(
      "Telemetry:\n  Name: shop\n  Batcher: otlphttp\n"
      "  Endpoint: " +
      server.url().substr(7) + "\n  OtlpHeaders: {tenant: blue}\n");
  EXPECT_EQ(result.code, StartCode::kStarted) << result.error;
  make_span("to the collector");
  EXPECT_EQ(flush(), trace::FlushResult::kOk);
  ASSERT_TRUE(server.wait_for(1));
  const std::string request = server.requests().front();
  EXPECT_THAT(request, testing::StartsWith("POST /v1/traces HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("tenant: blue\r\n"));
  EXPECT_THAT(request, HasSubstr("to the collector"));
}

TEST_F(Start, WithoutAnEndpointGivesIdsAndSendsNothing) {
  EXPECT_EQ(start_from_yaml("Telemetry: {Name: shop}").code, StartCode::kStarted);
  const trace::Span span = trace::tracer("t").start("x");
  EXPECT_TRUE(span.context().is_valid());
  EXPECT_TRUE(span.context().is_sampled());
  EXPECT_FALSE(span.is_recording());
}

TEST_F(Start, TheFirstWins) {
  EXPECT_EQ(start_from_yaml("Telemetry: {Name: first, Propagators: [b3]}").code,
            StartCode::kStarted);
  EXPECT_EQ(start_from_yaml("Telemetry: {Name: second}").code, StartCode::kAlreadyStarted);
  EXPECT_EQ(trace::instrumentation().service_name, "first");
  EXPECT_EQ(injected(trace::tracer("t").start("x")).count("b3"), 1U);
  stop();
  EXPECT_EQ(start_from_yaml("Telemetry: {Name: third}").code, StartCode::kStarted);
}

TEST_F(Start, ThatIsDisabledStillPassesContextsOn) {
  const StartResult result = start_from_yaml("Telemetry: {Name: a, Disabled: true, Endpoint: h}");
  EXPECT_EQ(result.code, StartCode::kDisabled);
  EXPECT_TRUE(result);
  std::map<std::string, std::string> headers = {
      {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
  const trace::Context incoming = trace::extract(headers);
  EXPECT_TRUE(incoming.span_context().is_valid());
  std::map<std::string, std::string> outgoing;
  trace::inject(outgoing, incoming);
  EXPECT_EQ(outgoing["traceparent"], headers["traceparent"]);
}

TEST_F(Start, ThatCannotWorkLeavesTracingOffAndSaysWhy) {
  const StartResult result = start_from_yaml("Telemetry:\n  Batcher: otlp\n", "etc/shop.yaml");
  EXPECT_EQ(result.code, StartCode::kInvalid);
  EXPECT_FALSE(result);
  EXPECT_THAT(result.error, testing::StartsWith("etc/shop.yaml:2: Batcher: `otlp` is not one of"));
  EXPECT_FALSE(trace::tracer("t").enabled());
  EXPECT_EQ(start_from_file(path("absent.yaml")).code, StartCode::kInvalid);
  EXPECT_EQ(start_from_yaml("Telemetry: {Endpoint: h, Tls: {CaFile: /nowhere/ca.pem}}").code,
            StartCode::kInvalid);
  // A later one may still start.
  EXPECT_EQ(start_from_yaml("Telemetry: {Name: a}").code, StartCode::kStarted);
}

TEST_F(Start, LogsNoMoreThanItIsToldTo) {
  const auto logged = [](const char* level) {
    ::setenv("OTEL_LOG_LEVEL", level, 1);
    testing::internal::CaptureStderr();
    const StartResult result =
        start_from_yaml("Telemetry: {\"Sp\\need\": 9, Sampler: x}", "a.yaml");
    EXPECT_EQ(result.code, StartCode::kInvalid);
    EXPECT_EQ(result.warnings.size(), 1U);
    ::unsetenv("OTEL_LOG_LEVEL");
    return testing::internal::GetCapturedStderr();
  };
  const std::string warning = "cairn: warning: a.yaml:1: Sp eed: unknown key, ignored\n";
  const std::string error =
      "cairn: error: a.yaml:1: Sampler: expected a number, not `x`; tracing stays off\n";
  EXPECT_EQ(logged("info"), warning + error);
  EXPECT_EQ(logged("warn"), warning + error);
  EXPECT_EQ(logged("error"), error);
  EXPECT_EQ(logged("none"), "");
}

// A misspelt block or Endpoint is no error: it is told, so that nobody looks for spans in vain.
TEST_F(Start, SaysThatNothingWillBeSent) {
  const auto logged = [](const char* yaml) {
    testing::internal::CaptureStderr();
    EXPECT_TRUE(start_from_yaml(yaml, "a.yaml"));
    trace::stop();
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(logged("Telemetri: {Endpoint: h}"),
            "cairn: info: a.yaml: no Telemetry block, and no OTEL_* variable names an exporter or "
            "endpoint: nothing is traced\n");
  EXPECT_EQ(logged("Telemetry: {Name: shop}"),
            "cairn: info: a.yaml: no Endpoint, and no OTEL_* variable names an exporter or "
            "endpoint: spans have ids, nothing is sent\n");
  EXPECT_EQ(logged("Telemetry: {Disabled: true}"), "");
  ::setenv("OTEL_TRACES_EXPORTER", "none", 1);
  EXPECT_EQ(logged("Telemetry: {Name: shop}"), "");
  ::unsetenv("OTEL_TRACES_EXPORTER");
}

// What the recorder has to say is told as much.
TEST_F(Start, TellsTheRecorderHowMuchToLog) {
  HttpServer server(
      [](const std::string&) { return "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"; });
  const std::string yaml =
      "Telemetry: {Name: a, Batcher: zipkin, Endpoint: '" + server.url() + "'}";
  for (const char* level : {"none", "error"}) {
    ::setenv("OTEL_LOG_LEVEL", level, 1);
    testing::internal::CaptureStderr();
    EXPECT_EQ(start_from_yaml(yaml).code, StartCode::kStarted);
    make_span("lost");
    EXPECT_EQ(trace::stop(std::chrono::seconds(30)), trace::FlushResult::kFailed);
    ::unsetenv("OTEL_LOG_LEVEL");
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(log.find("dropped 1 span: HTTP 400") != std::string::npos,
              std::string(level) == "error")
        << log;
  }
}

TEST_F(Start, OfAFileWithoutABlockDoesNothing) {
  EXPECT_EQ(start_from_yaml("Name: shop\n").code, StartCode::kDisabled);
  EXPECT_FALSE(trace::tracer("t").enabled());
}

TEST_F(Start, AppliesTheSettingsOfAdapters) {
  start_from_yaml(
      "Telemetry: {Name: a, Semconv: stable, MessageEvents: no, IgnorePaths: [/health]}");
  const trace::InstrumentationSettings& settings = trace::instrumentation();
  EXPECT_EQ(settings.conventions, trace::Conventions::kStable);
  EXPECT_FALSE(settings.message_events);
  EXPECT_THAT(settings.ignored_paths, testing::ElementsAre("/health"));
}

TEST_F(Start, AppliesSamplerAndRules) {
  start_from_yaml("Telemetry: {Name: a, Sampler: 1, Rules: [{Name: 'GET /health*', Sampler: 0}]}");
  EXPECT_FALSE(trace::tracer("t").start("GET /health").context().is_sampled());
  EXPECT_TRUE(trace::tracer("t").start("GET /users").context().is_sampled());
  stop();
  start_from_yaml("Telemetry: {Name: a, Sampler: 0}");
  EXPECT_FALSE(trace::tracer("t").start("GET /users").context().is_sampled());
}

TEST_F(Start, AsksARemoteSamplerForTheService) {
  HttpServer server(
      [](const std::string&) { return R"({"probabilisticSampling":{"samplingRate":1}})"; });
  start_from_yaml("Telemetry: {Name: shop, Sampler: 0, Sampling: {Remote: '" + server.url() +
                  "', Interval: 1h}}");
  ASSERT_TRUE(server.wait_for(1));
  EXPECT_THAT(server.requests().front(), testing::StartsWith("GET /sampling?service=shop "));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!trace::tracer("t").start("x").context().is_sampled() &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(trace::tracer("t").start("x").context().is_sampled());
}

}  // namespace
}  // namespace cairn::telemetry
