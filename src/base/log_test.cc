// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(LogTest, WritesTextForPeople) {
  EXPECT_EQ(render_log_line(LogFormat::kText, "T", LogLevel::kInfo, "listening",
                            {{"port", "4317"}, {"why", "asked to"}}),
            "T info  listening port=4317 why=\"asked to\"");
}

TEST(LogTest, WritesJsonForMachines) {
  EXPECT_EQ(render_log_line(LogFormat::kJson, "T", LogLevel::kError, "lost", {{"n", "1\n"}}),
            R"({"time":"T","level":"error","msg":"lost","n":"1\n"})");
}

TEST(LogTest, ALineNeverHoldsANewline) {
  EXPECT_EQ(render_log_line(LogFormat::kText, "T", LogLevel::kWarn, "m", {{"v", "a\nb"}}),
            R"(T warn  m v="a\nb")");
}

TEST(LogTest, NamesTheLevelsItKnows) {
  EXPECT_EQ(*parse_log_level("WARNING"), LogLevel::kWarn);
  EXPECT_EQ(parse_log_level("loud").error().message,
            "log level 'loud' is not one of debug, info, warn, error, off");
}

}  // namespace
}  // namespace cairn
