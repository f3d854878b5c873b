// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include <cairn/adapters/pq.h>
#include <gmock/gmock.h>

#include "testing/postgres_server.h"
#include "testing/recording.h"
#include "testing/server_of_all_tests.h"

namespace cairn::trace {
namespace {

using ::testing::ElementsAre;
using testing::Lines;
using testing::Recording;
using ::testing::StartsWith;

testing::ServerOfAllTests<testing::PostgresServer> server;

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

// A connection with a table `items(id int primary key, name text)` of its own, with one row.
class Pq : public ::testing::Test {
 protected:
  void SetUp() override {
    connection_.reset(PQconnectdb(server->connection_string().c_str()));
    ASSERT_EQ(PQstatus(db()), CONNECTION_OK) << PQerrorMessage(db());
    PQclear(PQexec(db(), "create temp table items(id int primary key, name text)"));
    PQclear(PQexec(db(), "insert into items values (1, 'one')"));
  }
  PGconn* db() { return connection_.get(); }
  static ExecStatusType status(PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    return status;
  }
  // Takes results until a NULL; how many there were.
  int drain() {
    int count = 0;
    while (PGresult* result = pq::get_result(db())) {
      PQclear(result);
      ++count;
    }
    return count;
  }
  std::string stable(const std::string& name, const std::string& operation,
                     const std::string& collection, const std::string& text) {
    return name + " CLIENT {" +
           (collection.empty() ? "" : "db.collection.name=" + collection + " ") +
           "db.namespace=postgres db.operation.name=" + operation + " db.query.summary=" + name +
           (text.empty() ? "" : " db.query.text=" + text) +
           " db.system.name=postgresql server.address=" + server->host() + "}";
  }

  std::unique_ptr<PGconn, Finish> connection_;
};

const char* const kOne[] = {"1"};
constexpr char kDuplicate[] = "duplicate key value violates unique constraint \"items_pkey\"";

TEST_F(Pq, BlockingCallsAreGoZerosSpans) {
  const Recording recording;
  {
    const Span order = tracer("test").start("order");
    const Scope scope(order);
    EXPECT_EQ(status(pq::exec(db(), "select * from items where name = 'secret'")), PGRES_TUPLES_OK);
    EXPECT_EQ(status(pq::exec_params(db(), "delete from items where id = $1 + 5", 1, nullptr, kOne,
                                     nullptr, nullptr, 0)),
              PGRES_COMMAND_OK);
    EXPECT_EQ(status(pq::prepare(db(), "find", "select * from items where id = $1", 1, nullptr)),
              PGRES_COMMAND_OK);
    EXPECT_EQ(status(pq::exec_prepared(db(), "find", 1, kOne, nullptr, nullptr, 0)),
              PGRES_TUPLES_OK);
    EXPECT_EQ(status(pq::exec(db(), "insert into items values (1, 'two')")), PGRES_FATAL_ERROR);
  }
  EXPECT_THAT(recording.lines(),
              ElementsAre("sql CLIENT of order Ok {sql.method=QueryRows}",
                          "sql CLIENT of order Ok {sql.method=Exec}",
                          "sql CLIENT of order Ok {sql.method=Prepare}",
                          "sql CLIENT of order Ok {sql.method=Exec}",
                          std::string("sql CLIENT of order Error(") + kDuplicate +
                              ") {sql.method=Exec} exception{exception.message=" + kDuplicate +
                              " exception.type=23505}",
                          "order INTERNAL {}"));
}

TEST_F(Pq, BlockingCallsInTheStableConventions) {
  const Recording recording(Conventions::kStable);
  status(pq::exec(db(), "SELECT * FROM items WHERE name = 'secret'"));
  status(pq::prepare(db(), "find", "select * from items where id = $1", 1, nullptr));
  status(pq::exec_prepared(db(), "find", 1, kOne, nullptr, nullptr, 0));
  status(pq::exec(db(), "selec 1"));
  const Lines lines = recording.lines();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0],
            stable("SELECT items", "SELECT", "items", "SELECT * FROM items WHERE name = ?"));
  EXPECT_EQ(lines[1], stable("PREPARE select items", "PREPARE", "items",
                             "select * from items where id = $1"));
  EXPECT_EQ(lines[2], stable("EXECUTE find", "EXECUTE", "", ""));
  EXPECT_THAT(lines[3], StartsWith("selec CLIENT Error(syntax error at or near \"?\")"));
  const FinishedSpan failed = recording.spans().at(3);
  EXPECT_EQ(failed.attributes.at("error.type"), "42601");
  EXPECT_EQ(failed.attributes.at("db.response.status_code"), "42601");
}

TEST_F(Pq, NoValueReachesASpanByAnErrorsMessage) {
  const Recording recording(Conventions::kStable);
  const char* const secret[] = {"secret"};
  status(pq::exec_params(db(), "select $1::int", 1, nullptr, secret, nullptr, nullptr, 0));
  status(pq::exec(db(), "select 'secret'::date"));
  status(pq::exec(db(), "select * from items 'secret'"));
  ASSERT_EQ(recording.spans().size(), 3U);
  for (const std::string& line : recording.lines()) {
    EXPECT_EQ(line.find("secret"), std::string::npos) << line;
    EXPECT_NE(line.find("Error("), std::string::npos) << line;
  }
}

TEST_F(Pq, ASendIsASpanUntilTheLastResult) {
  const Recording recording;
  {
    const Span order = tracer("test").start("order");
    const Scope scope(order);
    ASSERT_EQ(pq::send_query(db(), "select 1; select 2"), 1);
  }
  // The parent is the context of the send; the span ends with the NULL, not before.
  PQclear(pq::get_result(db()));
  PQclear(pq::get_result(db()));
  EXPECT_EQ(recording.spans().size(), 1U);
  EXPECT_EQ(pq::get_result(db()), nullptr);
  EXPECT_EQ(pq::get_result(db()), nullptr);
  EXPECT_THAT(recording.lines(),
              ElementsAre("order INTERNAL {}", "sql CLIENT of order Ok {sql.method=QueryRows}"));
}

TEST_F(Pq, SendsThatFailAreErrors) {
  const Recording recording;
  ASSERT_EQ(pq::send_query_params(db(), "select 1 / ($1 - 1)::int", 1, nullptr, kOne, nullptr,
                                  nullptr, 0),
            1);
  // Another one cannot be sent before the first is read.
  EXPECT_EQ(pq::send_query(db(), "select 1"), 0);
  EXPECT_EQ(drain(), 1);
  ASSERT_EQ(pq::send_prepare(db(), "p", "select $1::int", 1, nullptr), 1);
  drain();
  ASSERT_EQ(pq::send_query_prepared(db(), "p", 1, kOne, nullptr, nullptr, 0), 1);
  drain();
  const auto spans = recording.spans();
  ASSERT_EQ(spans.size(), 4U);
  EXPECT_THAT(spans[0].status_message, StartsWith("another command is already in progress"));
  EXPECT_EQ(spans[1].status_message, "division by zero");
  EXPECT_EQ(spans[2].attributes.at("sql.method"), "Prepare");
  EXPECT_EQ(spans[3].status, StatusCode::kOk);
}

TEST_F(Pq, InAPipelineEachQueryHasItsSpan) {
  const Recording recording(Conventions::kStable);
  ASSERT_EQ(PQenterPipelineMode(db()), 1);
  const auto send = [&](const char* text) {
    EXPECT_EQ(pq::send_query_params(db(), text, 0, nullptr, nullptr, nullptr, nullptr, 0), 1);
  };
  send("select * from items");
  send("insert into items values (1)");
  ASSERT_EQ(pq::send_describe_prepared(db(), ""), 1);
  send("delete from items");
  ASSERT_EQ(PQpipelineSync(db()), 1);
  send("update items set id = 3");
  ASSERT_EQ(PQpipelineSync(db()), 1);
  EXPECT_EQ(recording.spans().size(), 0U);
  // Each query: its results and a NULL; each sync: one result.
  for (int syncs = 0; syncs < 2;) {
    PGresult* result = pq::get_result(db());
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) ++syncs;
    PQclear(result);
  }
  ASSERT_EQ(PQexitPipelineMode(db()), 1);
  const auto spans = recording.spans();
  ASSERT_EQ(spans.size(), 4U);
  EXPECT_EQ(spans[0].name, "select items");
  EXPECT_EQ(spans[0].status, StatusCode::kUnset);
  EXPECT_EQ(spans[1].name, "insert items");
  EXPECT_EQ(spans[1].status_message, kDuplicate);
  EXPECT_EQ(spans[2].name, "delete items");
  EXPECT_EQ(spans[2].status_message, "an earlier query of the pipeline failed");
  EXPECT_EQ(spans[3].name, "update items");
  EXPECT_EQ(spans[3].status, StatusCode::kUnset);
}

TEST_F(Pq, OfALongPipelineTheFirstQueriesHaveSpans) {
  const Recording recording;
  ASSERT_EQ(PQenterPipelineMode(db()), 1);
  ASSERT_EQ(PQsetnonblocking(db(), 1), 0);
  constexpr int kQueries = 1100;
  const auto send = [&] {
    EXPECT_EQ(pq::send_query_params(db(), "select 1", 0, nullptr, nullptr, nullptr, nullptr, 0), 1);
  };
  const auto take_until_sync = [&] {
    for (bool synced = false; !synced;) {
      PGresult* result = pq::get_result(db());
      synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
      PQclear(result);
    }
  };
  for (int i = 0; i < kQueries; ++i) send();
  PQpipelineSync(db());
  take_until_sync();
  EXPECT_EQ(recording.spans().size(), 1024U);
  // And once the order is clear again, spans come again.
  send();
  PQpipelineSync(db());
  take_until_sync();
  EXPECT_EQ(recording.spans().size(), 1025U);
}

TEST_F(Pq, WhatNobodyReadsIsAnErrorOfTheConnection) {
  const Recording recording;
  pq::send_query(db(), "select 1");
  status(pq::exec(db(), "select 2"));  // throws the results of the first away
  pq::send_query(db(), "select 3");
  PQreset(db());
  pq::send_query(db(), "select 4");
  connection_.reset();
  const auto spans = recording.spans();
  ASSERT_EQ(spans.size(), 4U);
  for (const std::size_t i : {0U, 2U, 3U}) {
    EXPECT_EQ(spans[i].status_message, "the results were never read") << i;
  }
  EXPECT_EQ(spans[1].status, StatusCode::kOk);
}

TEST_F(Pq, ALostConnectionIsAnError) {
  const Recording recording;
  EXPECT_EQ(status(pq::exec(db(), "select pg_terminate_backend(pg_backend_pid())")),
            PGRES_FATAL_ERROR);
  EXPECT_EQ(status(pq::exec(db(), "select 1")), PGRES_FATAL_ERROR);
  const auto spans = recording.spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].status, StatusCode::kError);
  EXPECT_EQ(spans[1].status, StatusCode::kError);
  EXPECT_FALSE(spans[1].status_message.empty());
}

}  // namespace
}  // namespace cairn::trace
