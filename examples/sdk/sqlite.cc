// SPDX-License-Identifier: Apache-2.0
// SQLite: one call, and every statement of every connection has a span.
#include <cstdio>

#include <cairn/adapters/sqlite.h>
#include <cairn/testing.h>

namespace {

// [snippet: all connections]
sqlite3* open_database() {
  cairn::trace::trace_all_sqlite();  // once, before the first connection
  sqlite3* db = nullptr;
  sqlite3_open(":memory:", &db);
  return db;
}
// [end]

// [snippet: status]
void add_user(sqlite3* db) {
  // sqlite3_exec() would be traced as well; this one also tells whether it worked.
  cairn::trace::sqlite::exec(db, "insert into users values (7, 'ann')", nullptr, nullptr, nullptr);
}
// [end]

}  // namespace

int main() {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  cairn::trace::start(std::move(options));
  sqlite3* db = open_database();
  sqlite3_exec(db, "create table users (id integer, name text)", nullptr, nullptr, nullptr);
  add_user(db);
  sqlite3_close(db);
  cairn::trace::stop();
  const auto spans = memory->spans();
  const bool good = spans.size() == 2 && spans[1].name == "sql" &&
                    spans[1].status == cairn::trace::StatusCode::kOk;
  std::puts(good ? "as it should be" : "not as it should be");
  return good ? 0 : 1;
}
