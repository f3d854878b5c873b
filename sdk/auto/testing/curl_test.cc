// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/auto/testing/traced_run.h"

namespace cairn::trace::zero_code {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kCurl = "curl -sS ";
const std::string kProgram = std::string(CAIRN_PROGRAMS) + "curl ";

TEST(AutoCurl, StockCurlSendsTheContextAndLeavesASpan) {
  TracedRun run;
  const HeadRecorder server;
  const Outcome outcome = run(kCurl + server.url());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "ok");
  EXPECT_EQ(outcome.err, "");
  ASSERT_THAT(outcome.names(), ElementsAre("/orders"));
  const SpanText& span = outcome.spans[0];
  EXPECT_EQ(span.parent_span_id, "");
  EXPECT_THAT(server.values("traceparent"),
              ElementsAre(HasSubstr(span.trace_id + "-" + span.span_id)));
  EXPECT_THAT(outcome.resources, HasSubstr("\"shop\""));
}

TEST(AutoCurl, HeadersOfTheProgramGoAlong) {
  TracedRun run;
  const HeadRecorder server;
  const Outcome outcome = run(kCurl + "-H 'X-Own: yes' " + server.url());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(server.values("x-own"), ElementsAre("yes"));
  EXPECT_THAT(server.values("traceparent"), SizeIs(1));
}

TEST(AutoCurl, TheEnvironmentIsTheParent) {
  TracedRun run;
  run.set("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  run.set("TRACESTATE", "vendor=1");
  const HeadRecorder server;
  const Outcome outcome = run(kCurl + server.url());
  ASSERT_THAT(outcome.spans, SizeIs(1));
  EXPECT_EQ(outcome.spans[0].trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(outcome.spans[0].parent_span_id, "b7ad6b7169203331");
  EXPECT_THAT(server.values("tracestate"), ElementsAre("vendor=1"));
}

TEST(AutoCurl, ParallelTransfersOfStockCurlHaveASpanEach) {
  TracedRun run;
  const HeadRecorder server;
  const Outcome outcome =
      run(kCurl + "--parallel " + server.url() + " " + server.url() + " " + server.url());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.names(), ElementsAre("/orders", "/orders", "/orders"));
  EXPECT_THAT(server.values("traceparent"), SizeIs(3));
}

TEST(AutoCurl, ThreadsHaveTheirOwnTracesAndHeaders) {
  TracedRun run;
  const HeadRecorder server;
  const Outcome outcome = run(kProgram + "threads " + server.url());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.spans, SizeIs(20));
  EXPECT_THAT(server.values("x-own"), SizeIs(20));
  const auto parents = server.values("traceparent");
  EXPECT_THAT(parents, SizeIs(20));
  EXPECT_THAT(std::set<std::string>(parents.begin(), parents.end()), SizeIs(20));
}

TEST(AutoCurl, MultiTransfersSurviveCleanupInAnyOrder) {
  TracedRun run;
  const HeadRecorder server;
  const Outcome outcome = run(kProgram + "multi " + server.url());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.names(), ElementsAre("/orders", "/orders", "/orders"));
  for (const SpanText& span : outcome.spans) EXPECT_FALSE(span.has("canceled")) << span.json;
}

TEST(AutoCurl, AHandleOutlivesTheMultiHandleItIsIn) {
  TracedRun run;
  const HeadRecorder server;
  const Outcome outcome = run(kProgram + "unread " + server.url());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(server.values("traceparent"), SizeIs(2));
  EXPECT_THAT(outcome.names(), ElementsAre("/orders", "/orders"));
  for (const SpanText& span : outcome.spans) EXPECT_FALSE(span.has("canceled")) << span.json;
}

TEST(AutoCurl, AThreadThatIsCanceledEndsAloneAndNotTheProgram) {
  TracedRun run;
  const SilentServer server;
  const Outcome outcome = run(kProgram + "cancel " + server.url());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "canceled\n");
  EXPECT_THAT(outcome.names(), ElementsAre("/orders"));
}

TEST(AutoCurl, ChildrenOfBusyThreadsDoNotHang) {
  TracedRun run;
  EXPECT_EQ(run(kProgram + "forks http://127.0.0.1/").exit_code, 0);
}

TEST(AutoCurl, AChildAfterForkIsTracedToo) {
  TracedRun run;
  const HeadRecorder server;
  const Outcome outcome = run(kProgram + "fork " + server.url());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.spans, SizeIs(2));
  EXPECT_THAT(server.values("traceparent"), SizeIs(2));
}

// git has the other libcurl, while the exporter brings the OpenSSL one into the same process.
TEST(AutoCurl, TheGnuTlsFlavourOfGitIsTracedWhileTheExporterUsesTheOther) {
  if (std::system("git --exec-path >/dev/null 2>&1") != 0) GTEST_SKIP() << "git is not installed";
  TracedRun run;
  const HeadRecorder collector;
  const HeadRecorder server;
  run.configure("Name: shop\nTelemetry:\n  Batcher: otlphttp\n  Endpoint: " +
                collector.url().substr(7, collector.url().rfind('/') - 7) + "\n");
  const Outcome outcome = run("git ls-remote " + server.url());
  EXPECT_LE(outcome.exit_code, 128) << outcome.err;  // "ok" says little to git; but no signal
  EXPECT_THAT(server.heads(), Not(IsEmpty())) << outcome.err;
  EXPECT_THAT(server.values("traceparent"), SizeIs(server.heads().size()));
  EXPECT_THAT(collector.heads(), Contains(HasSubstr("post /v1/traces")));
  EXPECT_THAT(collector.values("traceparent"), IsEmpty());
}

}  // namespace
}  // namespace cairn::trace::zero_code
