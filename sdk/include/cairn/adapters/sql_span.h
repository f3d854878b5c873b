// SPDX-License-Identifier: Apache-2.0
//
// SqlSpan: the span of one call to an SQL database, as all SQL adapters write it.
//
// go-zero's conventions: span `sql`, attribute sql.method; status Ok, or Error with an `exception`
// event. Stable conventions: span `SELECT users`, db.system.name, db.query.summary, db.query.text
// (literals replaced by ?), and error.type. Values never reach a span: parameters are not looked at
// and literals are taken out. For a driver that has no adapter, use it by hand:
//
//   cairn::trace::SqlCall call;
//   call.system = "mysql";  call.statement = text;
//   cairn::trace::SqlSpan span(call);
//   if (mysql_query(db, text) == 0) span.succeed(); else span.fail(sqlstate, mysql_error(db));
//
// Thread rule: as Span's; one owner. Source: go-zero core/stores/sqlx, "trace"; OpenTelemetry
// semantic conventions, "SQL databases client operations".
#pragma once

#include <string_view>
#include <typeinfo>

#include <cairn/trace/span.h>
#include <cairn/trace/timestamp.h>
#include <cairn/trace/tracer.h>

namespace cairn::trace {

// Whether spans carry the text of the statement, its literals replaced by `?`, at most 2 KiB of it:
// db.query.text, with go-zero's conventions db.statement.
enum class QueryText : std::uint8_t {
  kByConvention,  // with the stable conventions only
  kNever,
  kAlways
};
// For the whole process, from now on. Any thread.
void set_query_text(QueryText when) noexcept;

// What is known when a call starts. Views live for the call of the constructor.
struct SqlCall {
  std::string_view system;          // db.system.name: postgresql, sqlite, mysql, mariadb, ...
  std::string_view method;          // sql.method: Exec, QueryRows, Prepare; empty: by the statement
  std::string_view statement;       // the SQL text; empty when only the server knows it
  std::string_view prepared;        // the prepared statement's name, when there is no text
  std::string_view database;        // db.namespace
  std::string_view server_address;  // a host, or a socket's path
  int server_port = 0;              // 0: the system's usual one, which is not written
  Timestamp start;                  // unset: now
};

class SqlSpan {
 public:
  // A span that does nothing.
  SqlSpan() noexcept = default;
  // Starts a CLIENT span beneath the current context. It does not become current.
  explicit SqlSpan(const SqlCall& call) noexcept;
  // Ends when it is destroyed, with the status unset when neither succeed() nor fail() was called.
  SqlSpan(SqlSpan&&) noexcept = default;
  SqlSpan& operator=(SqlSpan&&) noexcept = default;

  // It worked (finding no rows is success): Ok in go-zero's conventions, else left unset.
  void succeed() noexcept;
  // It did not. `code` is the database's (SQLSTATE, SQLITE_BUSY); of `message` the first line is
  // kept, at most 256 bytes: what follows tends to quote values. Where the code says that the first
  // line quotes one (22P02, a syntax error, MySQL's duplicate entry), ? stands for it.
  void fail(std::string_view code, std::string_view message) noexcept;
  // The same for a C++ exception: its type, and the first line of what().
  template <class Exception>
  void fail_with(const Exception& error, std::string_view code) noexcept {
    fail(code, error.what(), typeid(error).name());
  }
  // Now, or at `when`; the first call counts.
  void end(Timestamp when = {}) noexcept { span_.end(when); }

  const Span& span() const noexcept { return span_; }

 private:
  void fail(std::string_view code, std::string_view message, const char* mangled_type) noexcept;

  Span span_;
  bool stable_ = false;  // the conventions it was started with
};

}  // namespace cairn::trace
