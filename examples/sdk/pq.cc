// SPDX-License-Identifier: Apache-2.0
// PostgreSQL by libpq.
#include <cairn/adapters/pq.h>

namespace {

// [snippet: query]
PGresult* find_user(PGconn* db, const char* id) {
  // PQexecParams, with a span around it. Parameters are never recorded.
  return cairn::trace::pq::exec_params(db, "select name from users where id = $1", 1, nullptr, &id,
                                       nullptr, nullptr, 0);
}
// [end]

// [snippet: asynchronous]
void count_users(PGconn* db) {
  if (cairn::trace::pq::send_query(db, "select count(*) from users") == 0) return;
  // ... when the socket is readable:
  while (PGresult* rows = cairn::trace::pq::get_result(db)) PQclear(rows);
}  // the span ended with the last result
// [end]

}  // namespace

int main() {
  PGconn* db = PQconnectdb("");
  PQclear(find_user(db, "7"));
  count_users(db);
  PQfinish(db);
}
