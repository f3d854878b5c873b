// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <string>

#include <cairn/adapters/sql_span.h>
#include <gmock/gmock.h>

#include "testing/recording.h"

namespace cairn::trace {
namespace {

using ::testing::ElementsAre;
using testing::Recording;

SqlCall query() {
  SqlCall call;
  call.system = "mysql";
  call.statement = "select name from users where id = 7";
  call.database = "shop";
  call.server_address = "db";
  call.server_port = 3307;
  return call;
}

TEST(SqlSpan, IsGoZerosByDefault) {
  const Recording recording;
  {
    const Span order = tracer("test").start("order");
    const Scope scope(order);
    SqlSpan(query()).succeed();
  }
  EXPECT_THAT(recording.lines(),
              ElementsAre("sql CLIENT of order Ok {sql.method=QueryRows}", "order INTERNAL {}"));
}

TEST(SqlSpan, FollowsTheStableConventions) {
  const Recording recording(Conventions::kStable);
  SqlSpan(query()).succeed();
  EXPECT_THAT(recording.lines(),
              ElementsAre("select users CLIENT {db.collection.name=users db.namespace=shop "
                          "db.operation.name=select db.query.summary=select users "
                          "db.query.text=select name from users where id = ? "
                          "db.system.name=mysql server.address=db server.port=3307}"));
}

TEST(SqlSpan, TellsAFailure) {
  SqlCall call = query();
  call.statement = "delete from users";
  {
    const Recording recording;
    SqlSpan(call).fail("23503", "still referenced\nDETAIL: Key (id)=(7)");
    EXPECT_THAT(recording.lines(),
                ElementsAre("sql CLIENT Error(still referenced) {sql.method=Exec} exception"
                            "{exception.message=still referenced exception.type=23503}"));
  }
  const Recording recording(Conventions::kStable);
  SqlSpan(call).fail_with(std::runtime_error("gone"), {});
  const FinishedSpan span = recording.spans().at(0);
  EXPECT_EQ(span.attributes.at("error.type"), "_OTHER");
  EXPECT_EQ(span.events.at(0).attributes.at("exception.type"), "std::runtime_error");
}

TEST(SqlSpan, KeepsABoundedMessage) {
  const Recording recording;
  SqlSpan(query()).fail("1", std::string(255, 'a') + "é");
  EXPECT_EQ(recording.spans().at(0).status_message, std::string(255, 'a'));
}

TEST(SqlSpan, MessagesThatQuoteValuesAreKeptWithoutThem) {
  struct Case {
    const char* code;
    const char* message;
    const char* kept;
  };
  for (const Case& one : {
           Case{"22P02", "invalid input syntax for type integer: \"a\"secret\"",
                "invalid input syntax for type integer: \"?\""},
           Case{"22003", "value \"secret\" is out of range", "value \"?\" is out of range"},
           Case{"42601", "syntax error at or near \"'secret'\"", "syntax error at or near \"?\""},
           Case{"23000", "Duplicate entry 'secret' for key 'name'", "Duplicate entry '?'"},
           Case{"22007", "Incorrect date value: 'secret' for column \"x\"",
                "Incorrect date value: '?\""},
           Case{"HY000", "Incorrect integer value: 'secret", "Incorrect integer value: '?'"},
           Case{"SQLITE_ERROR", "unrecognized token: \"'secret\"", "unrecognized token: \"?\""},
           // Names stay.
           Case{"23505", "duplicate key value violates unique constraint \"items_pkey\"", nullptr},
           Case{"42P01", "relation \"users\" does not exist", nullptr},
           Case{"42S02", "Table 'shop.users' doesn't exist", nullptr},
       }) {
    const Recording recording;
    SqlSpan(query()).fail(one.code, one.message);
    EXPECT_EQ(recording.spans().at(0).status_message, one.kept ? one.kept : one.message);
  }
}

TEST(SqlSpan, WithoutAnOutcomeHasNoStatus) {
  const Recording recording;
  SqlSpan span(query());
  span.end();
  EXPECT_EQ(recording.spans().at(0).status, StatusCode::kUnset);
}

TEST(SqlSpan, CarriesTextAsItIsTold) {
  set_query_text(QueryText::kAlways);
  {
    const Recording recording;
    SqlSpan(query()).succeed();
    EXPECT_THAT(recording.lines(),
                ElementsAre("sql CLIENT Ok {db.statement=select name from users where id = ? "
                            "sql.method=QueryRows}"));
  }
  set_query_text(QueryText::kNever);
  const Recording recording(Conventions::kStable);
  SqlSpan(query()).succeed();
  set_query_text(QueryText::kByConvention);
  EXPECT_EQ(recording.spans().at(0).attributes.count("db.query.text"), 0U);
}

TEST(SqlSpan, OfAPreparedStatementHasItsName) {
  const Recording recording(Conventions::kStable);
  SqlCall call;
  call.system = "postgresql";
  call.prepared = "find_user";
  SqlSpan(call).succeed();
  call = query();
  call.method = "Prepare";
  SqlSpan(call).succeed();
  call = SqlCall();
  call.system = "sqlite";
  SqlSpan(call).succeed();
  const auto spans = recording.spans();
  EXPECT_EQ(spans.at(0).name, "EXECUTE find_user");
  EXPECT_EQ(spans.at(1).name, "PREPARE select users");
  EXPECT_EQ(spans.at(2).name, "sqlite");
}

TEST(SqlSpan, DoesNothingWhenTracingIsOff) {
  SqlSpan span(query());
  span.fail("1", "no");
  EXPECT_FALSE(span.span().context().is_valid());
}

}  // namespace
}  // namespace cairn::trace
