// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/adapters/db/testing/postgres_server.h"
#include "sdk/adapters/db/testing/redis_server.h"
#include "sdk/auto/testing/traced_run.h"

namespace cairn::trace::zero_code {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const std::string kPrograms = CAIRN_PROGRAMS;
constexpr char kStable[] =
    "Name: shop\nTelemetry:\n  Batcher: file\n  Endpoint: $FILE\n  Semconv: stable\n";

TEST(AutoSqlite, StockShellHasASpanForEachStatement) {
  if (std::system("sqlite3 --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no sqlite3";
  TracedRun run;
  run.configure(kStable);
  const Outcome outcome = run("sqlite3 :memory: 'create table t (a); insert into t values (1)'");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.names(), ElementsAre("create t", "insert t"));
}

TEST(AutoSqlite, AFailedStatementIsAnError) {
  TracedRun run;
  run.configure(kStable);
  const Outcome outcome = run(kPrograms + "sqlite :memory: none");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "0 calls\n");
  ASSERT_THAT(outcome.names(), ElementsAre("create users", "insert users", "insert users"));
  EXPECT_FALSE(outcome.spans[1].has("SQLITE_CONSTRAINT"));
  EXPECT_TRUE(outcome.spans[2].has("SQLITE_CONSTRAINT")) << outcome.spans[2].json;
}

TEST(AutoSqlite, AHookOfTheProgramIsCalledBesideOurs) {
  TracedRun run;
  const Outcome outcome = run(kPrograms + "sqlite :memory: own");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "3 calls\n");
  EXPECT_THAT(outcome.spans, SizeIs(3));
}

TEST(AutoSqlite, GivesWayToAHookOfTheOldKind) {
  TracedRun run;
  const Outcome outcome = run(kPrograms + "sqlite :memory: old");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "3 calls\n");
  EXPECT_THAT(outcome.spans, SizeIs(0));
}

TEST(AutoSqlite, AHookForTheEndOfTheConnectionIsCalled) {
  TracedRun run;
  const Outcome outcome = run(kPrograms + "sqlite :memory: closing");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "1 calls\n");
  EXPECT_THAT(outcome.spans, SizeIs(3));
}

TEST(AutoSqlite, TakingAwayAHookOfTheOldKindLeavesOurs) {
  TracedRun run;
  const Outcome outcome = run(kPrograms + "sqlite :memory: clear");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.spans, SizeIs(3));
}

// An interpreter's module brings its library out of the program's sight.
TEST(AutoSqlite, TheLibraryOfAPluginIsTraced) {
  if (std::system("python3 -c 'import sqlite3' 2>/dev/null") != 0) GTEST_SKIP() << "no python3";
  TracedRun run;
  const Outcome outcome =
      run("python3 -c 'import sqlite3; print(sqlite3.connect(\":memory:\").execute(\"select 7\")"
          ".fetchall())'");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "[(7,)]\n");
  EXPECT_THAT(outcome.names(), ElementsAre("sql"));
}

TEST(AutoPq, StockPsqlHasASpanForEachQuery) {
  const std::string psql = testing::find_program("psql", {"/usr/lib/postgresql/*/bin"});
  std::string error;
  const auto server = testing::PostgresServer::start(error);
  if (server == nullptr || psql.empty()) GTEST_SKIP() << "no PostgreSQL: " << error;
  TracedRun run;
  run.configure(kStable);
  const Outcome outcome = run(psql + " -XAt -h " + server->host() +
                              " -U postgres -c 'select 1+1' -c 'select * from nothing'");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "2\n");
  ASSERT_THAT(outcome.spans, SizeIs(2)) << outcome.resources;
  EXPECT_FALSE(outcome.spans[0].has("error.type"));
  EXPECT_TRUE(outcome.spans[1].has("42P01")) << outcome.spans[1].json;
}

TEST(AutoRedis, CommandsAndPipelinesHaveSpans) {
  std::string error;
  const auto server = testing::RedisServer::start(error);
  if (server == nullptr) GTEST_SKIP() << error;
  TracedRun run;
  run.configure(kStable);
  const Outcome outcome = run(kPrograms + "redis " + server->path());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "7 good\n");
  EXPECT_THAT(outcome.names(), ElementsAre("SET", "GET", "PIPELINE", "PING", "GET", "PING"));
}

}  // namespace
}  // namespace cairn::trace::zero_code
