// SPDX-License-Identifier: Apache-2.0
//
// SQLite, traced: a span for every statement of a connection, from its first step to its last.
//
//   cairn::trace::trace_all_sqlite();           // every connection opened from now on
//   cairn::trace::trace_sqlite(db);             // or this one
//
// SQLite calls back when a statement starts and ends, so nothing else has to change; what triggers
// and SQL functions run inside a statement is part of its span. It does not say whether a statement
// failed: that is seen only through step() and exec() below; without them the status stays unset.
// A connection has room for one trace callback: sqlite3_trace_v2() elsewhere takes it away.
//
// Thread rule: any thread, as SQLite's own. The parent is the context current at the first step.
// Open statements of a process: at most 4096 have spans. Source: SQLite, "SQL Trace Hook" and
// "Automatically Load Statically Linked Extensions".
#pragma once

#include <sqlite3.h>

namespace cairn::trace {

// SQLITE_OK, or SQLite's error; then the connection is not traced. Again: no change.
int trace_sqlite(sqlite3* database);
// Stops it; open statements end with the status unset.
int untrace_sqlite(sqlite3* database);
// Connections opened from now on. SQLITE_OK, or SQLite's error. Call it before the threads that
// open.
int trace_all_sqlite();
// Takes trace_all_sqlite() back; connections that are traced stay so.
void stop_tracing_new_sqlite();

namespace sqlite {

// sqlite3_step(), and its result as the span's status when it ends the statement.
int step(sqlite3_stmt* statement);
// sqlite3_exec(), with its callback, message and results. A statement that cannot be compiled has a
// span too. The connection must be traced.
int exec(sqlite3* database, const char* sql, int (*callback)(void*, int, char**, char**),
         void* argument, char** message);

}  // namespace sqlite
}  // namespace cairn::trace
