// SPDX-License-Identifier: Apache-2.0
//
// libpqxx, traced: transactions whose exec*() and commit() have spans.
//
//   cairn::trace::TracedWork tx(connection);          // a pqxx::work
//   auto row = tx.exec_params1("select name from users where id = $1", id);
//   tx.commit();
//
// TracedTransaction<T> is a T and goes where a T goes; but T's functions are not virtual, so calls
// through a reference to T (or by streams, cursors and pipelines) are not traced. No rows, or too
// many, is success: the call said it by an exception, the database did not fail. Exceptions pass
// through. Thread rule: as libpqxx's. Source: libpqxx 6.4, "transaction_base".
#pragma once

#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>

#include <cairn/adapters/sql_span.h>
#include <pqxx/pqxx>

namespace cairn::trace {

template <class Transaction>
class TracedTransaction : public Transaction {
 public:
  explicit TracedTransaction(::pqxx::connection_base& connection, const std::string& name = {})
      : ::pqxx::internal::namedclass("transaction", name), Transaction(connection, name) {}

  ::pqxx::result exec(const std::string& query, const std::string& description = {}) {
    return traced(text({}, query), [&] { return Transaction::exec(query, description); });
  }
  ::pqxx::result exec0(const std::string& query, const std::string& description = {}) {
    return traced(text({}, query), [&] { return Transaction::exec0(query, description); });
  }
  ::pqxx::row exec1(const std::string& query, const std::string& description = {}) {
    return traced(text({}, query), [&] { return Transaction::exec1(query, description); });
  }
  ::pqxx::result exec_n(std::size_t rows, const std::string& query,
                        const std::string& description = {}) {
    return traced(text({}, query), [&] { return Transaction::exec_n(rows, query, description); });
  }

  template <class... Args>
  ::pqxx::result exec_params(const std::string& query, Args&&... args) {
    return traced(text({}, query),
                  [&] { return Transaction::exec_params(query, std::forward<Args>(args)...); });
  }
  template <class... Args>
  ::pqxx::result exec_params0(const std::string& query, Args&&... args) {
    return traced(text({}, query),
                  [&] { return Transaction::exec_params0(query, std::forward<Args>(args)...); });
  }
  template <class... Args>
  ::pqxx::row exec_params1(const std::string& query, Args&&... args) {
    return traced(text({}, query),
                  [&] { return Transaction::exec_params1(query, std::forward<Args>(args)...); });
  }
  template <class... Args>
  ::pqxx::result exec_params_n(std::size_t rows, const std::string& query, Args&&... args) {
    return traced(text({}, query), [&] {
      return Transaction::exec_params_n(rows, query, std::forward<Args>(args)...);
    });
  }

  template <class... Args>
  ::pqxx::result exec_prepared(const std::string& statement, Args&&... args) {
    return traced(prepared(statement), [&] {
      return Transaction::exec_prepared(statement, std::forward<Args>(args)...);
    });
  }
  template <class... Args>
  ::pqxx::result exec_prepared0(const std::string& statement, Args&&... args) {
    return traced(prepared(statement), [&] {
      return Transaction::exec_prepared0(statement, std::forward<Args>(args)...);
    });
  }
  template <class... Args>
  ::pqxx::row exec_prepared1(const std::string& statement, Args&&... args) {
    return traced(prepared(statement), [&] {
      return Transaction::exec_prepared1(statement, std::forward<Args>(args)...);
    });
  }
  template <class... Args>
  ::pqxx::result exec_prepared_n(std::size_t rows, const std::string& statement, Args&&... args) {
    return traced(prepared(statement), [&] {
      return Transaction::exec_prepared_n(rows, statement, std::forward<Args>(args)...);
    });
  }

  // A span only where there is something to commit: not for a nontransaction.
  void commit() {
    if constexpr (std::is_base_of_v<::pqxx::dbtransaction, Transaction>) {
      traced(text("Exec", "COMMIT"), [&] { Transaction::commit(); });
    } else {
      Transaction::commit();
    }
  }

 private:
  SqlCall call(std::string_view method) {
    SqlCall call;
    call.system = "postgresql";
    call.method = method;
    call.database = or_empty(this->conn().dbname());
    call.server_address = or_empty(this->conn().hostname());
    const int port = std::atoi(or_empty(this->conn().port()));
    if (port != 5432) call.server_port = port;
    return call;
  }
  SqlCall text(std::string_view method, std::string_view statement) {
    SqlCall with_text = call(method);
    with_text.statement = statement;
    return with_text;
  }
  SqlCall prepared(const std::string& name) {
    SqlCall with_name = call("Exec");
    with_name.prepared = name;
    return with_name;
  }
  static const char* or_empty(const char* text) { return text != nullptr ? text : ""; }

  template <class Run>
  static auto traced(const SqlCall& call, Run&& run) -> decltype(run()) {
    SqlSpan span(call);
    try {
      if constexpr (std::is_void_v<decltype(run())>) {
        run();
        span.succeed();
      } else {
        auto result = run();
        span.succeed();
        return result;
      }
    } catch (const ::pqxx::unexpected_rows&) {
      span.succeed();
      throw;
    } catch (const ::pqxx::sql_error& error) {
      span.fail_with(error, error.sqlstate());
      throw;
    } catch (const std::exception& error) {
      span.fail_with(error, {});
      throw;
    }
  }
};

using TracedWork = TracedTransaction<::pqxx::work>;
using TracedReadTransaction = TracedTransaction<::pqxx::read_transaction>;
using TracedNontransaction = TracedTransaction<::pqxx::nontransaction>;

}  // namespace cairn::trace
