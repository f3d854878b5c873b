// SPDX-License-Identifier: Apache-2.0
// PostgreSQL by libpqxx.
#include <string>

#include <cairn/adapters/pqxx.h>

namespace {

// [snippet: query]
std::string name_of(pqxx::connection& db, int id) {
  cairn::trace::TracedWork tx(db);  // in place of pqxx::work
  const pqxx::row row = tx.exec_params1("select name from users where id = $1", id);
  tx.commit();
  return row[0].as<std::string>();
}
// [end]

}  // namespace

int main() {
  pqxx::connection db;
  return name_of(db, 7).empty() ? 1 : 0;
}
