// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/auto/testing/traced_run.h"

namespace cairn::trace::zero_code {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kCurl = "curl -sS ";

TEST(AutoProcess, AProgramThatUsesNoneOfThemIsUntouched) {
  TracedRun run;
  const Outcome outcome = run(std::string(CAIRN_PROGRAMS) + "plain");
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_EQ(outcome.out, "Threads:\t1\n");
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.spans, IsEmpty());
}

TEST(AutoProcess, TheEnvironmentAloneIsEnough) {
  TracedRun run;
  run.set("CAIRN_CONFIG", "");
  run.set("OTEL_TRACES_EXPORTER", "none");
  const HeadRecorder server;
  const Outcome outcome = run(kCurl + server.url());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(server.values("traceparent"), SizeIs(1));
}

TEST(AutoProcess, AServiceWithoutANameIsCalledAsTheProgram) {
  TracedRun run;
  run.configure("Telemetry:\n  Batcher: file\n  Endpoint: $FILE\n");
  const HeadRecorder server;
  EXPECT_THAT(run(kCurl + server.url()).resources, HasSubstr("unknown_service:curl"));
}

TEST(AutoProcess, ABrokenConfigurationIsSaidOnceAndChangesNothing) {
  TracedRun run;
  run.configure("Telemetry:\n  Batcher: pigeon\n  Endpoint: localhost:1\n");
  const HeadRecorder server;
  const Outcome outcome = run(kCurl + server.url() + " " + server.url());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "okok");
  EXPECT_THAT(outcome.err, HasSubstr("pigeon"));
  EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
  EXPECT_THAT(server.values("traceparent"), IsEmpty());
}

TEST(AutoProcess, WithoutTheOtherLibrariesOfTheSdkTheProgramRunsUntraced) {
  TracedRun run;
  const std::string alone = run.folder() + "/libcairn-auto.so";
  std::filesystem::copy_file(CAIRN_AUTO, alone);
  run.set("LD_PRELOAD", alone);
  const HeadRecorder server;
  const Outcome outcome = run(kCurl + server.url());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "ok");
  EXPECT_THAT(outcome.err, HasSubstr("libcairn-auto-start.so"));
  EXPECT_THAT(server.values("traceparent"), IsEmpty());
}

TEST(AutoProcess, SwitchedOffItChangesNothing) {
  TracedRun run;
  run.set("OTEL_SDK_DISABLED", "true");
  const HeadRecorder server;
  const Outcome outcome = run(kCurl + server.url());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(server.values("traceparent"), IsEmpty());
}

}  // namespace
}  // namespace cairn::trace::zero_code
