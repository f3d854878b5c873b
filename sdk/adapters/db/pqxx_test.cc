// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include <cairn/adapters/pqxx.h>
#include <gmock/gmock.h>

#include "testing/postgres_server.h"
#include "testing/recording.h"
#include "testing/server_of_all_tests.h"

namespace cairn::trace {
namespace {

using ::testing::ElementsAre;
using testing::Recording;
using ::testing::StartsWith;

testing::ServerOfAllTests<testing::PostgresServer> server;

class Pqxx : public ::testing::Test {
 protected:
  Pqxx() : connection_(server->connection_string()) {
    ::pqxx::nontransaction setup(connection_);
    setup.exec("create temp table items(id int primary key, name text)");
    setup.exec("insert into items values (1, 'one')");
  }
  ::pqxx::connection connection_;
};

TEST_F(Pqxx, ATransactionsCallsAreGoZerosSpans) {
  const Recording recording;
  {
    const Span order = tracer("test").start("order");
    const Scope scope(order);
    connection_.prepare("find", "select name from items where id = $1");
    TracedWork work(connection_, "w");
    EXPECT_EQ(work.exec1("select name from items")[0].as<std::string>(), "one");
    work.exec_params0("insert into items values ($1, $2)", 2, "secret");
    EXPECT_EQ(work.exec_prepared("find", 2).size(), 1U);
    EXPECT_THROW(work.exec_prepared1("find", 3), ::pqxx::unexpected_rows);
    work.commit();
  }
  EXPECT_THAT(recording.lines(),
              ElementsAre("sql CLIENT of order Ok {sql.method=QueryRows}",
                          "sql CLIENT of order Ok {sql.method=Exec}",
                          "sql CLIENT of order Ok {sql.method=Exec}",
                          "sql CLIENT of order Ok {sql.method=Exec}",
                          "sql CLIENT of order Ok {sql.method=Exec}", "order INTERNAL {}"));
}

TEST_F(Pqxx, TheStableConventions) {
  const Recording recording(Conventions::kStable);
  {
    TracedWork work(connection_);
    work.exec_n(1, "select * from items where name = 'one'");
    work.commit();
  }
  {
    TracedNontransaction direct(connection_);
    EXPECT_THROW(direct.exec0("insert into items values (1)"), ::pqxx::unique_violation);
    direct.commit();
  }
  const std::string where = " db.system.name=postgresql server.address=" + server->host() + "}";
  const auto lines = recording.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0],
            "select items CLIENT {db.collection.name=items db.namespace=postgres "
            "db.operation.name=select db.query.summary=select items "
            "db.query.text=select * from items where name = ?" +
                where);
  EXPECT_EQ(lines[1],
            "COMMIT CLIENT {db.namespace=postgres db.operation.name=COMMIT "
            "db.query.summary=COMMIT db.query.text=COMMIT" +
                where);
  EXPECT_THAT(lines[2], StartsWith("insert items CLIENT Error(ERROR:  duplicate key value "
                                   "violates unique constraint \"items_pkey\")"));
  const FinishedSpan failed = recording.spans().at(2);
  EXPECT_EQ(failed.attributes.at("error.type"), "23505");
  EXPECT_EQ(failed.events.at(0).attributes.at("exception.type"), "pqxx::unique_violation");
  // The detail quotes the row.
  EXPECT_EQ(failed.events.at(0).attributes.at("exception.message").find("DETAIL"),
            std::string::npos);
}

TEST_F(Pqxx, IsATransactionLikeAnyOther) {
  const Recording recording;
  TracedReadTransaction reading(connection_);
  ::pqxx::transaction_base& any = reading;
  EXPECT_EQ(any.exec("select 1").size(), 1U);
  EXPECT_EQ(recording.spans().size(), 0U);
}

}  // namespace
}  // namespace cairn::trace
