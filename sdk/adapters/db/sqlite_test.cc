// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <cairn/adapters/sqlite.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "testing/recording.h"

namespace cairn::trace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Lines;
using testing::Recording;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

Database open(const std::string& path = ":memory:") {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  return Database(database);
}
Database open_traced() {
  Database database = open();
  EXPECT_EQ(trace_sqlite(database.get()), SQLITE_OK);
  return database;
}
int run(const Database& database, const char* sql) {
  return sqlite3_exec(database.get(), sql, nullptr, nullptr, nullptr);
}
int run_traced(const Database& database, const char* sql) {
  return sqlite::exec(database.get(), sql, nullptr, nullptr, nullptr);
}
Statement prepare(const Database& database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database.get(), sql, -1, &statement, nullptr), SQLITE_OK);
  return Statement(statement);
}

std::string temporary_file() {
  const std::string name = "cairn-" + std::to_string(getpid()) + ".db";
  return (std::filesystem::temp_directory_path() / name).string();
}

TEST(Sqlite, EveryStatementHasASpanBeneathTheCurrentOne) {
  const Recording recording;
  const Database database = open_traced();
  const Span order = tracer("test").start("order");
  const Scope scope(order);
  run(database, "create table t(a int primary key); insert into t values(1), (2)");
  run(database, "select * from t");
  EXPECT_THAT(recording.lines(),
              ElementsAre("sql CLIENT of  {sql.method=Exec}", "sql CLIENT of  {sql.method=Exec}",
                          "sql CLIENT of  {sql.method=QueryRows}"));
}

TEST(Sqlite, TellsTheStableConventions) {
  const Recording recording(Conventions::kStable);
  const std::string path = temporary_file();
  {
    const Database database = open(path);
    trace_sqlite(database.get());
    run(database, "create table t(a int, b text)");
    run(database, "-- as written\nselect b from t where a = 7 and b = \"x\"");
  }
  std::filesystem::remove(path);
  const std::string file = path.substr(path.rfind('/') + 1);
  EXPECT_THAT(recording.lines(),
              ElementsAre("create t CLIENT {db.collection.name=t db.namespace=" + file +
                              " db.operation.name=create db.query.summary=create t "
                              "db.query.text=create table t(a int, b text) db.system.name=sqlite}",
                          "select t CLIENT {db.collection.name=t db.namespace=" + file +
                              " db.operation.name=select db.query.summary=select t "
                              "db.query.text=select b from t where a = ? and b = ? "
                              "db.system.name=sqlite}"));
}

TEST(Sqlite, ASpanLastsFromTheFirstStepToTheLast) {
  const Recording recording;
  const Database database = open_traced();
  const Statement statement = prepare(database, "select 1 union all select 2");
  EXPECT_EQ(sqlite3_step(statement.get()), SQLITE_ROW);
  tracer("test").start("between");
  EXPECT_EQ(sqlite3_step(statement.get()), SQLITE_ROW);
  EXPECT_EQ(sqlite3_step(statement.get()), SQLITE_DONE);
  const auto spans = recording.spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "between");
  EXPECT_LE(spans[1].start_unix_nanos, spans[0].start_unix_nanos);
  EXPECT_GE(spans[1].end_unix_nanos, spans[0].end_unix_nanos);
}

TEST(Sqlite, OpenStatementsDoNotMixUp) {
  const Recording recording(Conventions::kStable);
  const Database database = open_traced();
  const Statement first = prepare(database, "select 1 union all select 2");
  Statement second = prepare(database, "values (3), (4)");
  sqlite3_step(first.get());
  sqlite3_step(second.get());
  second.reset();  // before its end
  sqlite3_step(first.get());
  sqlite3_step(first.get());
  const auto spans = recording.spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "values");
  EXPECT_EQ(spans[1].name, "select");
}

TEST(Sqlite, WhatATriggerRunsIsPartOfItsStatement) {
  const Recording recording;
  const Database database = open_traced();
  run(database, "create table t(a int); create table log(a int)");
  run(database, "create trigger g after insert on t begin insert into log values(new.a); end");
  run(database, "insert into t values(1)");
  EXPECT_EQ(recording.spans().size(), 4U);
}

TEST(Sqlite, WhatFailsIsAnErrorThroughStepAndExec) {
  const Recording recording;
  const Database database = open_traced();
  run_traced(database, "create table t(a int primary key)");
  const Statement insert = prepare(database, "insert into t values(1)");
  EXPECT_EQ(sqlite::step(insert.get()), SQLITE_DONE);
  sqlite3_reset(insert.get());
  EXPECT_EQ(sqlite::step(insert.get()), SQLITE_CONSTRAINT);
  EXPECT_EQ(run_traced(database, "bogus 'secret'"), SQLITE_ERROR);
  const std::string failed = "UNIQUE constraint failed: t.a";
  const std::string bogus = "near \"?\": syntax error";
  EXPECT_THAT(recording.lines(),
              ElementsAre("sql CLIENT Ok {sql.method=Exec}", "sql CLIENT Ok {sql.method=Exec}",
                          "sql CLIENT Error(" + failed +
                              ") {sql.method=Exec} exception{exception.message=" + failed +
                              " exception.type=SQLITE_CONSTRAINT}",
                          "sql CLIENT Error(" + bogus +
                              ") {sql.method=Exec} exception{exception.message=" + bogus +
                              " exception.type=SQLITE_ERROR}"));
}

TEST(Sqlite, AStatementCompiledAgainWithinAStepHasOneSpan) {
  const Recording recording(Conventions::kStable);
  const std::string path = temporary_file();
  {
    const Database database = open(path);
    trace_sqlite(database.get());
    run(database, "create table t(a int)");
    const Statement select = prepare(database, "select * from t");
    // Seen only once the statement runs.
    run(open(path), "alter table t add column b int");
    EXPECT_EQ(sqlite::step(select.get()), SQLITE_DONE);
  }
  std::filesystem::remove(path);
  int selects = 0;
  for (const FinishedSpan& span : recording.spans()) selects += span.name == "select t" ? 1 : 0;
  EXPECT_EQ(selects, 1);
}

int collect(void* out, int columns, char** cells, char** names) {
  for (int i = 0; i < columns; ++i) {
    static_cast<Lines*>(out)->push_back(std::string(names[i]) + "=" +
                                        (cells[i] != nullptr ? cells[i] : "null"));
  }
  return 0;
}
int refuse(void*, int, char**, char**) {
  return 1;
}

TEST(Sqlite, ExecDoesWhatSqlitesDoes) {
  const Database database = open_traced();
  for (const char* sql : {"select 1 as a, null as b; ; select 'x' as c -- end", "", " -- nothing",
                          "create table t(a unique); insert into t values(1)",
                          "insert into t values(1); select 2", "select bogus", "select 1; bogus"}) {
    Lines theirs;
    Lines ours;
    char* message_of_theirs = nullptr;
    char* message = nullptr;
    // The same state for both.
    run(database, "savepoint s");
    const int expected = sqlite3_exec(database.get(), sql, collect, &theirs, &message_of_theirs);
    run(database, "rollback to s");
    EXPECT_EQ(sqlite::exec(database.get(), sql, collect, &ours, &message), expected) << sql;
    run(database, "release s");
    EXPECT_EQ(ours, theirs) << sql;
    EXPECT_STREQ(message, message_of_theirs) << sql;
    sqlite3_free(message);
    sqlite3_free(message_of_theirs);
  }
  char* message = nullptr;
  EXPECT_EQ(sqlite::exec(database.get(), "select 1", refuse, nullptr, &message), SQLITE_ABORT);
  EXPECT_STREQ(message, "query aborted");
  sqlite3_free(message);
}

TEST(Sqlite, ExecTakesANullConnectionAsSqliteDoes) {
  const Recording recording;
  EXPECT_EQ(sqlite::exec(nullptr, "select 1", nullptr, nullptr, nullptr), SQLITE_MISUSE);
}

// SQLite is C, but what its callbacks throw comes through.
TEST(Sqlite, AFunctionThatThrowsLeavesNothingBehind) {
  const Recording recording;
  sqlite3* unlocked = nullptr;  // SQLite would keep its own mutex
  ASSERT_EQ(
      sqlite3_open_v2(":memory:", &unlocked,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr),
      SQLITE_OK);
  const Database database(unlocked);
  ASSERT_EQ(trace_sqlite(unlocked), SQLITE_OK);
  sqlite3_create_function(
      database.get(), "explode", 0, SQLITE_UTF8, nullptr,
      +[](sqlite3_context*, int, sqlite3_value**) { throw std::runtime_error("boom"); }, nullptr,
      nullptr);
  {
    const Statement broken = prepare(database, "select explode()");
    EXPECT_THROW(sqlite::step(broken.get()), std::runtime_error);
  }
  EXPECT_EQ(run_traced(database, "select 1"), SQLITE_OK);
  // To SQLite the first is running still, so the second, being within it, has no span.
  EXPECT_THAT(recording.lines(), ElementsAre("sql CLIENT {sql.method=QueryRows}"));
}

TEST(Sqlite, ThreadsMayFinalizeWhatOthersRun) {
  const Recording recording;
  const Database database = open_traced();
  run(database, "create table t(a); insert into t values(1), (2)");
  for (int i = 0; i < 50; ++i) {
    Statement statement = prepare(database, "select a from t");
    EXPECT_EQ(sqlite::step(statement.get()), SQLITE_ROW);
    std::thread([&] { statement.reset(); }).join();
  }
  EXPECT_EQ(recording.spans().size(), 52U);
}

TEST(Sqlite, NewConnectionsAreTracedWhenAllAre) {
  const Recording recording;
  ASSERT_EQ(trace_all_sqlite(), SQLITE_OK);
  std::thread([] { run(open(), "select 1"); }).join();
  stop_tracing_new_sqlite();
  run(open(), "select 2");
  EXPECT_EQ(recording.spans().size(), 1U);
}

TEST(Sqlite, AnUntracedConnectionIsQuiet) {
  const Recording recording;
  const Database database = open_traced();
  const Statement open_one = prepare(database, "values (1), (2)");
  sqlite3_step(open_one.get());
  EXPECT_EQ(recording.lines(), Lines());
  untrace_sqlite(database.get());
  EXPECT_THAT(recording.lines(), ElementsAre("sql CLIENT {sql.method=QueryRows}"));
  run(database, "select 2");
  EXPECT_EQ(recording.spans().size(), 1U);
}

TEST(Sqlite, AConnectionThatCouldNotCloseStaysTraced) {
  const Recording recording;
  Database database = open_traced();
  Statement statement = prepare(database, "values (1), (2)");
  sqlite3_step(statement.get());
  EXPECT_EQ(sqlite3_close(database.get()), SQLITE_BUSY);
  EXPECT_THAT(recording.lines(), IsEmpty());
  // A zombie: gone with its last statement.
  sqlite3_close_v2(database.release());
  sqlite3_step(statement.get());
  statement.reset();
  EXPECT_EQ(recording.spans().size(), 1U);
}

}  // namespace
}  // namespace cairn::trace
