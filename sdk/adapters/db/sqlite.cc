// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstring>
#include <string_view>

#include <cairn/adapters/sqlite.h>

#include "sqlite_code.h"
#include "sqlite_open.h"

namespace cairn::trace {
namespace {

// The statement this thread steps through sqlite::step(): its span waits for the result.
struct Stepping {
  explicit Stepping(sqlite3_stmt* one) noexcept;
  ~Stepping();  // also when a callback of the program throws
  Stepping(const Stepping&) = delete;
  Stepping& operator=(const Stepping&) = delete;

  sqlite3_stmt* const statement;
  Stepping* const outer;
  SqlSpan span;
  bool done = false;
};
thread_local Stepping* stepping = nullptr;

Stepping::Stepping(sqlite3_stmt* one) noexcept : statement(one), outer(stepping) {
  stepping = this;
}
Stepping::~Stepping() {
  stepping = outer;
}

Stepping* stepping_of(const sqlite3_stmt* statement) {
  Stepping* one = stepping;
  while (one != nullptr && one->statement != statement) one = one->outer;
  return one;
}

SqlCall call_on(sqlite3* database, const char* text) {
  SqlCall call;
  call.system = "sqlite";
  call.statement = text != nullptr ? std::string_view(text) : std::string_view();
  // The file's name without its folders; a database in memory has none.
  if (const char* file = sqlite3_db_filename(database, "main"); file != nullptr) {
    const char* slash = std::strrchr(file, '/');
    call.database = slash != nullptr ? slash + 1 : file;
  }
  return call;
}

void statement_starts(sqlite3_stmt* statement, const char* text) {
  // What triggers and SQL functions run comes as a comment that SQLite made, "-- ..."; a statement
  // that itself starts with a comment is its own text.
  if (text == nullptr || text != sqlite3_sql(statement)) return;
  if (Stepping* one = stepping_of(statement); one != nullptr && one->done) {
    // It ended because the schema had changed, and runs again within the same step. (SQLite 3.39
    // and newer say the end twice and the start once.)
    one->done = false;
    sqlite::OpenStatements::instance().add(statement, static_cast<SqlSpan&&>(one->span));
    return;
  }
  if (!sqlite::OpenStatements::instance().has_room(statement)) return;
  SqlSpan span(call_on(sqlite3_db_handle(statement), text));
  sqlite::OpenStatements::instance().add(statement, static_cast<SqlSpan&&>(span));
}

void statement_ends(sqlite3_stmt* statement) {
  SqlSpan span;
  if (!sqlite::OpenStatements::instance().take(statement, span)) return;
  if (Stepping* one = stepping_of(statement)) {
    one->span = static_cast<SqlSpan&&>(span);
    one->done = true;
  } else {
    span.end();
  }
}

int handle_event(unsigned event, void*, void* subject, void* detail) {
  if (event == SQLITE_TRACE_STMT) {
    statement_starts(static_cast<sqlite3_stmt*>(subject), static_cast<const char*>(detail));
  } else if (event == SQLITE_TRACE_PROFILE) {
    statement_ends(static_cast<sqlite3_stmt*>(subject));
  }
  return 0;
}

// What sqlite3_auto_extension() calls for a new connection.
int attach(sqlite3* database, const char**, const struct sqlite3_api_routines*) {
  trace_sqlite(database);
  return SQLITE_OK;  // an untraced connection is better than none
}

using EntryPoint = void (*)();
EntryPoint entry_point() {
  return reinterpret_cast<EntryPoint>(&attach);
}

void fail(SqlSpan& span, sqlite3* database) {
  span.fail(sqlite::code_name(sqlite3_extended_errcode(database)), sqlite3_errmsg(database));
}

}  // namespace

int trace_sqlite(sqlite3* database) {
  return sqlite3_trace_v2(database, SQLITE_TRACE_STMT | SQLITE_TRACE_PROFILE, handle_event,
                          nullptr);
}

int untrace_sqlite(sqlite3* database) {
  const int result = sqlite3_trace_v2(database, 0, nullptr, nullptr);
  sqlite::OpenStatements::instance().forget(database);
  return result;
}

int trace_all_sqlite() {
  return sqlite3_auto_extension(entry_point());
}

void stop_tracing_new_sqlite() {
  sqlite3_cancel_auto_extension(entry_point());
}

namespace sqlite {

int step(sqlite3_stmt* statement) {
  Stepping self(statement);
  const int result = sqlite3_step(statement);
  stepping = self.outer;
  if (!self.done) return result;
  if (result == SQLITE_DONE || result == SQLITE_ROW) {
    self.span.succeed();
  } else {
    fail(self.span, sqlite3_db_handle(statement));
  }
  self.span.end();
  return result;
}

namespace {

// The row of a statement as sqlite3_exec()'s callback wants it: text, names, and a null after each.
class Row {
 public:
  explicit Row(int columns)
      : columns_(columns),
        cells_(static_cast<char**>(
            sqlite3_malloc64((2 * static_cast<sqlite3_uint64>(columns) + 2) * sizeof(char*)))) {}
  ~Row() { sqlite3_free(cells_); }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  bool fill(sqlite3_stmt* statement) {
    if (cells_ == nullptr) return false;
    for (int i = 0; i < columns_; ++i) {
      names()[i] = const_cast<char*>(sqlite3_column_name(statement, i));
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      cells_[i] = const_cast<char*>(text);
      if (text == nullptr && sqlite3_column_type(statement, i) != SQLITE_NULL) return false;
    }
    cells_[columns_] = nullptr;
    names()[columns_] = nullptr;
    return true;
  }
  char** cells() { return cells_; }
  char** names() { return cells_ + columns_ + 1; }

 private:
  int columns_;
  char** cells_;
};

// The span of a statement that could not be compiled.
void refuse(sqlite3* database, const char* sql, Timestamp start) {
  SqlCall call = call_on(database, sql);
  call.start = start;
  SqlSpan span(call);
  fail(span, database);
}

// Runs one compiled statement to its end.
int run(sqlite3_stmt* statement, int (*callback)(void*, int, char**, char**), void* argument) {
  const int columns = sqlite3_column_count(statement);
  Row row(columns);
  for (;;) {
    const int result = step(statement);
    if (result != SQLITE_ROW) return result;
    if (callback == nullptr) continue;
    if (!row.fill(statement)) return SQLITE_NOMEM;
    if (callback(argument, columns, row.cells(), row.names()) != 0) return SQLITE_ABORT;
  }
}

}  // namespace

int exec(sqlite3* database, const char* sql, int (*callback)(void*, int, char**, char**),
         void* argument, char** message) {
  if (database == nullptr) return sqlite3_exec(database, sql, callback, argument, message);
  int result = SQLITE_OK;
  if (message != nullptr) *message = nullptr;
  while (result == SQLITE_OK && sql != nullptr && *sql != '\0') {
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    const auto before = std::chrono::system_clock::now();
    result = sqlite3_prepare_v2(database, sql, -1, &statement, &rest);
    if (result != SQLITE_OK) {
      refuse(database, sql, before);
      break;
    }
    sql = rest;
    if (statement == nullptr) continue;  // only spaces and comments
    result = run(statement, callback, argument);
    const int finalized = sqlite3_finalize(statement);
    if (result == SQLITE_DONE) result = finalized;
  }
  if (result != SQLITE_OK && message != nullptr) {
    *message =
        sqlite3_mprintf("%s", result == SQLITE_ABORT ? "query aborted" : sqlite3_errmsg(database));
  }
  return result;
}

}  // namespace sqlite
}  // namespace cairn::trace
