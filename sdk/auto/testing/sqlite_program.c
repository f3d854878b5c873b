// SPDX-License-Identifier: Apache-2.0
// A program that knows nothing of tracing. "own": with a trace hook of its own; "old": with the
// old kind of hook; "closing": with one for the end of the connection; "clear": takes a hook of the
// old kind away that it never set. Prints how often it was called.
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static int calls;
static int count_call(unsigned event, void* user, void* subject, void* detail) {
  (void)event, (void)user, (void)subject, (void)detail;
  ++calls;
  return 0;
}
static void count_old(void* user, const char* text) {
  (void)user, (void)text;
  ++calls;
}

int main(int argc, char** argv) {
  sqlite3* db = NULL;
  sqlite3_stmt* statement = NULL;
  if (argc != 3 || sqlite3_open(argv[1], &db) != SQLITE_OK) return 1;
  if (strcmp(argv[2], "own") == 0) sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_call, NULL);
  if (strcmp(argv[2], "old") == 0) sqlite3_trace(db, count_old, NULL);
  if (strcmp(argv[2], "closing") == 0) sqlite3_trace_v2(db, SQLITE_TRACE_CLOSE, count_call, NULL);
  if (strcmp(argv[2], "clear") == 0 && sqlite3_trace(db, NULL, NULL) != NULL) return 3;
  sqlite3_exec(db, "create table users (id integer primary key)", NULL, NULL, NULL);
  sqlite3_exec(db, "insert into users values (7)", NULL, NULL, NULL);
  sqlite3_prepare_v2(db, "insert into users values (?)", -1, &statement, NULL);
  sqlite3_bind_int(statement, 1, 7);
  const int result = sqlite3_step(statement);  // it is there already
  sqlite3_finalize(statement);
  sqlite3_close(db);
  printf("%d calls\n", calls);
  return result == SQLITE_CONSTRAINT ? 0 : 2;
}
