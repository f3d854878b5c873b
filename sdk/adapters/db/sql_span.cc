// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <cstring>

#include <cairn/adapters/sql_span.h>
#include <cairn/trace/instrumentation.h>

#include "error_text.h"
#include "sql_text.h"

namespace cairn::trace {
namespace {

constexpr Key kSqlMethod{"sql.method"};
constexpr Key kDbStatement{"db.statement"};
constexpr Key kSystem{"db.system.name"};
constexpr Key kNamespace{"db.namespace"};
constexpr Key kSummary{"db.query.summary"};
constexpr Key kOperation{"db.operation.name"};
constexpr Key kCollection{"db.collection.name"};
constexpr Key kQueryText{"db.query.text"};
constexpr Key kServerAddress{"server.address"};
constexpr Key kServerPort{"server.port"};
constexpr Key kStatusCode{"db.response.status_code"};
constexpr Key kErrorType{"error.type"};

constexpr std::size_t kMaxAttributes = 8;
constexpr std::size_t kMaxSpanName = 255;

std::atomic<QueryText> query_text{QueryText::kByConvention};

const Tracer& sql_tracer() {
  static const Tracer one = tracer("cairn.sql");
  return one;
}

// What goes into one start; filled from the front.
struct Started {
  Attribute attributes[kMaxAttributes];
  std::size_t count = 0;
  char name[kMaxSpanName];
  std::size_t name_size = 0;
  char text[detail::kMaxQueryText];

  void add(KeyRef key, Value value) { attributes[count++] = {key, value}; }
  void add_text(KeyRef key, std::string_view value) {
    if (!value.empty()) add(key, value);
  }
  void add_to_name(std::string_view word) {
    if (word.empty()) return;
    if (name_size != 0 && name_size < kMaxSpanName) name[name_size++] = ' ';
    const std::size_t part = std::min(word.size(), kMaxSpanName - name_size);
    std::memcpy(name + name_size, word.data(), part);
    name_size += part;
  }
};

bool wants_text(bool stable) {
  const QueryText when = query_text.load(std::memory_order_relaxed);
  return when == QueryText::kAlways || (stable && when == QueryText::kByConvention);
}

std::string_view method_of(const SqlCall& call, detail::SqlDialect dialect) {
  if (!call.method.empty()) return call.method;
  return detail::gives_rows(detail::summarize_sql(call.statement, dialect).operation) ? "QueryRows"
                                                                                      : "Exec";
}

void describe_go_zero(const SqlCall& call, detail::SqlDialect dialect, Started& started) {
  started.add_to_name("sql");
  started.add(kSqlMethod, method_of(call, dialect));
  if (!call.statement.empty() && wants_text(false)) {
    const std::size_t size = detail::sanitize_sql(call.statement, dialect, started.text);
    started.add(kDbStatement, std::string_view(started.text, size));
  }
}

void describe_stable(const SqlCall& call, detail::SqlDialect dialect, Started& started) {
  detail::SqlSummary summary = detail::summarize_sql(call.statement, dialect);
  std::string_view target = summary.collection;
  if (call.method == "Prepare") {
    started.add_to_name("PREPARE");
  } else if (call.statement.empty() && !call.prepared.empty()) {
    summary.operation = "EXECUTE";
    target = call.prepared;
  }
  started.add_to_name(summary.operation);
  started.add_to_name(target);
  started.add(kSystem, call.system);
  started.add_text(kSummary, std::string_view(started.name, started.name_size));
  if (started.name_size == 0) started.add_to_name(call.system);
  started.add_text(kOperation, call.method == "Prepare" ? "PREPARE" : summary.operation);
  started.add_text(kCollection, summary.collection);
  started.add_text(kNamespace, call.database);
  started.add_text(kServerAddress, call.server_address);
  if (call.server_port != 0 && !call.server_address.empty()) {
    started.add(kServerPort, call.server_port);
  }
  if (!call.statement.empty() && wants_text(true)) {
    const std::size_t size = detail::sanitize_sql(call.statement, dialect, started.text);
    started.add(kQueryText, std::string_view(started.text, size));
  }
}

// Which quotes stand around values in the messages of errors with this code; none: names, which
// stay. SQLSTATE classes 22 and 23 and syntax errors, of PostgreSQL in double quotes, of MySQL and
// MariaDB in single ones; SQLite's only code for syntax errors.
std::string_view quotes_of_values(std::string_view code) {
  if (code.size() == 5 && code.substr(0, 2) == "22") return "\"'";
  if (code == "HY000" || code == "42000" || code == "23000") return "'";
  return code == "42601" || code == "SQLITE_ERROR" ? "\"" : "";
}

}  // namespace

void set_query_text(QueryText when) noexcept {
  query_text.store(when, std::memory_order_relaxed);
}

SqlSpan::SqlSpan(const SqlCall& call) noexcept
    : stable_(instrumentation().conventions == Conventions::kStable) {
  if (!sql_tracer().enabled()) return;
  const detail::SqlDialect dialect = detail::sql_dialect(call.system);
  Started started;
  if (stable_) {
    describe_stable(call, dialect, started);
  } else {
    describe_go_zero(call, dialect, started);
  }
  SpanOptions options;
  options.kind = SpanKind::kClient;
  options.start = call.start;
  options.attributes = Attributes(started.attributes, started.count);
  span_ = sql_tracer().start(std::string_view(started.name, started.name_size), options);
}

void SqlSpan::succeed() noexcept {
  if (!stable_) span_.set_status(StatusCode::kOk);
}

void SqlSpan::fail(std::string_view code, std::string_view message) noexcept {
  fail(code, message, nullptr);
}

void SqlSpan::fail(std::string_view code, std::string_view message,
                   const char* mangled_type) noexcept {
  if (!span_.is_recording()) return;
  const detail::UnquotedText unquoted(message, quotes_of_values(code));
  message = unquoted.view();
  if (mangled_type != nullptr) {
    detail::record_exception(span_.ref().record(), mangled_type, message, {});
  } else {
    detail::add_exception_event(span_.ref(), code, message);
  }
  if (stable_) {
    if (!code.empty())
      span_.set({{kStatusCode, code}, {kErrorType, code}});
    else
      span_.set(kErrorType, "_OTHER");
  }
  span_.set_status(StatusCode::kError, message);
}

}  // namespace cairn::trace
