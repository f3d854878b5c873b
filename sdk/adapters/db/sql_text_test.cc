// SPDX-License-Identifier: Apache-2.0
#include "sql_text.h"

#include <string>

#include <gtest/gtest.h>

namespace cairn::trace::detail {
namespace {

std::string sanitized(std::string_view text, SqlDialect dialect = SqlDialect::kStandard) {
  char out[kMaxQueryText];
  return {out, sanitize_sql(text, dialect, out)};
}

std::string summary(std::string_view text, SqlDialect dialect = SqlDialect::kStandard) {
  const SqlSummary one = summarize_sql(text, dialect);
  std::string out(one.operation);
  if (!one.collection.empty()) out.append(" ").append(one.collection);
  return out;
}

TEST(SqlText, LiteralsBecomeQuestionMarks) {
  EXPECT_EQ(sanitized("select * from users where name = 'Ann' and age > 42 and w < 1.5e-3"),
            "select * from users where name = ? and age > ? and w < ?");
  EXPECT_EQ(sanitized("insert into t values (1, 'it''s', x'ff', E'a\\'b', B'01', U&'d', null)"),
            "insert into t values (?, ?, ?, ?, ?, ?, null)");
  EXPECT_EQ(sanitized("select $body$ secret $x$ $body$, $$more$$"), "select ?, ?");
  EXPECT_EQ(sanitized("select 0xFF, .5, 1_000, 12abc"), "select ?, ?, ?, ?");
  EXPECT_EQ(sanitized("select 'déjà', name from größe"), "select ?, name from größe");
}

TEST(SqlText, NamesAndPlaceholdersStay) {
  EXPECT_EQ(sanitized("select t1.\"First 1\", c2 from t1 where id = $1 and x = ? and y = :name"),
            "select t1.\"First 1\", c2 from t1 where id = $1 and x = ? and y = :name");
  EXPECT_EQ(sanitized("select a::text, `b` from [t 1]", SqlDialect::kSqlite),
            "select a::text, `b` from [t 1]");
}

TEST(SqlText, ADoubleQuotedTextIsAStringWhereItMayBeOne) {
  EXPECT_EQ(sanitized("select * from t where a = \"secret\"", SqlDialect::kSqlite),
            "select * from t where a = ?");
  EXPECT_EQ(sanitized("select * from t where a = \"se\\\"cret\"", SqlDialect::kMysql),
            "select * from t where a = ?");
}

TEST(SqlText, BackslashesCountWhereTheDialectSaysSo) {
  EXPECT_EQ(sanitized("select 'a\\', b, 'c'"), "select ?, b, ?");
  EXPECT_EQ(sanitized("select 'a\\', b, ', c", SqlDialect::kMysql), "select ?, c");
}

TEST(SqlText, CommentsAndSpacesBecomeOneSpace) {
  EXPECT_EQ(sanitized("  select\n\t1 -- secret\n, /* a /* nested */ secret */ 2  "),
            "select ? , ?");
  EXPECT_EQ(sanitized("select 1 # secret", SqlDialect::kMysql), "select ?");
}

TEST(SqlText, WhatIsUnfinishedIsHidden) {
  EXPECT_EQ(sanitized("select 'secret"), "select ?");
  EXPECT_EQ(sanitized("select \"secret"), "select ?");
  EXPECT_EQ(sanitized("select $a$ secret $b$"), "select ?");
  EXPECT_EQ(sanitized("select /* secret"), "select");
  EXPECT_EQ(sanitized(""), "");
}

TEST(SqlText, LongTextIsCutAtACharacter) {
  const std::string out = sanitized("select " + std::string(2040, 'a') + "ééé");
  EXPECT_EQ(out, "select " + std::string(2040, 'a'));
  EXPECT_EQ(sanitized("select '" + std::string(1 << 20, 'a') + "', secret"), "select ?");
}

TEST(SqlText, ASummaryNamesTheOperationAndItsTable) {
  EXPECT_EQ(summary("SELECT * FROM users"), "SELECT users");
  EXPECT_EQ(summary("select extract(year from born) from shop.\"Users\" u"),
            "select shop.\"Users\"");
  EXPECT_EQ(summary("select 1"), "select");
  EXPECT_EQ(summary("select * from (select * from users) u"), "select");
  EXPECT_EQ(summary("/* hint */ (select * from a) union select * from b"), "select a");
  EXPECT_EQ(summary("insert or ignore into t(a) values (1)", SqlDialect::kSqlite), "insert t");
  EXPECT_EQ(summary("update only orders set a = 1"), "update orders");
  EXPECT_EQ(summary("delete from orders where id = 1"), "delete orders");
  EXPECT_EQ(summary("with old as (select * from a) delete from b using old"), "delete b");
  EXPECT_EQ(summary("create temp table if not exists t (a int)"), "create t");
  EXPECT_EQ(summary("create function f() returns int"), "create");
  EXPECT_EQ(summary("drop table t"), "drop t");
  EXPECT_EQ(summary("begin"), "begin");
  EXPECT_EQ(summary("insert into t select * from s; delete from u"), "insert t");
  EXPECT_EQ(summary(";;"), "");
  EXPECT_EQ(summary(""), "");
}

TEST(SqlText, ANameThatIsTooLongIsNoName) {
  EXPECT_EQ(summary("select * from " + std::string(129, 'a')), "select");
  EXPECT_EQ(summary(std::string(129, 'a')), "");
}

}  // namespace
}  // namespace cairn::trace::detail
