// SPDX-License-Identifier: Apache-2.0
// SQLite: connections get the adapter's trace hook when they are opened.
#include <cstdarg>

#include <cairn/adapters/sqlite.h>

#include "sdk/auto/call.h"
#include "sdk/auto/sqlite_hooks.h"

namespace cairn::trace::zero_code {
namespace {

#define CAIRN_FOREIGN(name) constinit Foreign<decltype(name)> next_##name(#name)
CAIRN_FOREIGN(sqlite3_open);
CAIRN_FOREIGN(sqlite3_open_v2);
CAIRN_FOREIGN(sqlite3_open16);
CAIRN_FOREIGN(sqlite3_close);
CAIRN_FOREIGN(sqlite3_close_v2);
CAIRN_FOREIGN(sqlite3_step);
CAIRN_FOREIGN(sqlite3_trace);
CAIRN_FOREIGN(sqlite3_trace_v2);
CAIRN_FOREIGN(sqlite3_sql);
CAIRN_FOREIGN(sqlite3_db_handle);
CAIRN_FOREIGN(sqlite3_db_filename);
CAIRN_FOREIGN(sqlite3_extended_errcode);
CAIRN_FOREIGN(sqlite3_errmsg);

// The adapter's hook: always the same.
std::atomic<unsigned> adapters_events{0};
std::atomic<SqliteHookFunction*> adapters_function{nullptr};

sqlite3* database_of(unsigned event, void* subject, const Library& library) noexcept {
  if (event == SQLITE_TRACE_CLOSE) return static_cast<sqlite3*>(subject);
  auto* const of = next_sqlite3_db_handle.in(library);
  return of != nullptr ? of(static_cast<sqlite3_stmt*>(subject)) : nullptr;
}

// What SQLite calls: our hook, then the program's.
int call_hooks(unsigned event, void* user, void* subject, void* detail) {
  const auto* const library = static_cast<const Library*>(user);
  if ((event & adapters_events.load(std::memory_order_relaxed)) != 0) {
    const Within within(Kind::kSqlite, library);
    const ProcessParent parent;
    adapters_function.load(std::memory_order_relaxed)(event, nullptr, subject, detail);
  }
  const SqliteHook own = SqliteHooks::instance().find(database_of(event, subject, *library));
  if ((own.events & event) == 0) return 0;
  return own.function(event, own.user, subject, detail);
}

int install(const Library& library, sqlite3* database, unsigned events) noexcept {
  auto* const trace = next_sqlite3_trace_v2.in(library);
  if (trace == nullptr) return SQLITE_ERROR;
  if (events == 0) return trace(database, 0, nullptr, nullptr);
  return trace(database, events, call_hooks, const_cast<Library*>(&library));
}

// A connection that was opened; SQLite gives one also when that failed.
int opened(const Call& call, int result, sqlite3** database) noexcept {
  if (result != SQLITE_OK || database == nullptr || *database == nullptr) return result;
  if (!call.outer() || !tracing()) return result;
  try {
    SqliteHooks& hooks = SqliteHooks::instance();
    if (hooks.add(*database) && trace_sqlite(*database) != SQLITE_OK) hooks.remove(*database);
  } catch (...) {  // no memory: not traced
  }
  return result;
}

int close_database(const Call& call, Foreign<int(sqlite3*)>& function, sqlite3* database) {
  const std::uint64_t number = SqliteHooks::instance().number_of(database);
  const int result = call.pass(function, SQLITE_ERROR, database);
  if (result == SQLITE_OK) SqliteHooks::instance().remove(database, number);
  return result;
}

int set_programs_hook(const Call& call, sqlite3* database, SqliteHook hook) {
  if (hook.events == 0 || hook.function == nullptr) hook = SqliteHook();
  const unsigned ours = adapters_events.load(std::memory_order_relaxed);
  if (call.library() == nullptr || !SqliteHooks::instance().set(database, hook)) {
    return call.pass(next_sqlite3_trace_v2, SQLITE_ERROR, database, hook.events, hook.function,
                     hook.user);
  }
  return install(*call.library(), database, ours | hook.events);
}

}  // namespace
}  // namespace cairn::trace::zero_code

using namespace cairn::trace::zero_code;

extern "C" CAIRN_INTERPOSED int sqlite3_open(const char* name, sqlite3** database) {
  const Call call(Kind::kSqlite, "sqlite3_open", CAIRN_CALLER);
  return opened(call, call.pass(next_sqlite3_open, SQLITE_ERROR, name, database), database);
}
extern "C" CAIRN_INTERPOSED int sqlite3_open_v2(const char* name, sqlite3** database, int flags,
                                                const char* files) {
  const Call call(Kind::kSqlite, "sqlite3_open_v2", CAIRN_CALLER);
  return opened(call, call.pass(next_sqlite3_open_v2, SQLITE_ERROR, name, database, flags, files),
                database);
}
extern "C" CAIRN_INTERPOSED int sqlite3_open16(const void* name, sqlite3** database) {
  const Call call(Kind::kSqlite, "sqlite3_open16", CAIRN_CALLER);
  return opened(call, call.pass(next_sqlite3_open16, SQLITE_ERROR, name, database), database);
}

extern "C" CAIRN_INTERPOSED int sqlite3_close(sqlite3* database) {
  const Call call(Kind::kSqlite, "sqlite3_close", CAIRN_CALLER);
  return close_database(call, next_sqlite3_close, database);
}
extern "C" CAIRN_INTERPOSED int sqlite3_close_v2(sqlite3* database) {
  const Call call(Kind::kSqlite, "sqlite3_close_v2", CAIRN_CALLER);
  return close_database(call, next_sqlite3_close_v2, database);
}

// Starts no span: adds the result to the one that the hook starts. So also for the steps that
// sqlite3_exec() makes, whose caller is SQLite.
extern "C" CAIRN_INTERPOSED int sqlite3_step(sqlite3_stmt* statement) {
  const Call call(Kind::kSqlite, "sqlite3_step", CAIRN_CALLER);
  if (call.library() == nullptr || adapters_events.load(std::memory_order_relaxed) == 0) {
    return call.pass(next_sqlite3_step, SQLITE_MISUSE, statement);
  }
  return cairn::trace::sqlite::step(statement);
}

extern "C" CAIRN_INTERPOSED int sqlite3_trace_v2(sqlite3* database, unsigned events,
                                                 SqliteHookFunction* function, void* user) {
  const Call call(Kind::kSqlite, "sqlite3_trace_v2", CAIRN_CALLER);
  return set_programs_hook(call, database, {events, function, user});
}
// The old interface takes the hook away: ours gives way.
extern "C" CAIRN_INTERPOSED void* sqlite3_trace(sqlite3* database,
                                                void (*function)(void*, const char*), void* user) {
  const Call call(Kind::kSqlite, "sqlite3_trace", CAIRN_CALLER);
  if (call.library() != nullptr && SqliteHooks::instance().has(database)) {
    if (function == nullptr) {  // takes away what there is, except ours
      set_programs_hook(call, database, {});
      return nullptr;
    }
    cairn::trace::untrace_sqlite(database);
    SqliteHooks::instance().remove(database);
  }
  return call.pass(next_sqlite3_trace, static_cast<void*>(nullptr), database, function, user);
}

// What the adapter calls: the linker gives it these (--wrap).
#define CAIRN_FORWARD(result, name, otherwise, parameters, ...)         \
  extern "C" result __wrap_##name parameters;                           \
  extern "C" result __wrap_##name parameters {                          \
    return forward(Kind::kSqlite, next_##name, otherwise, __VA_ARGS__); \
  }

extern "C" int __wrap_sqlite3_trace_v2(sqlite3* database, unsigned events,
                                       SqliteHookFunction* function, void* user);
extern "C" int __wrap_sqlite3_trace_v2(sqlite3* database, unsigned events,
                                       SqliteHookFunction* function, void*) {
  const Library* const library = current(Kind::kSqlite);
  if (library == nullptr) return SQLITE_ERROR;
  if (events != 0) {
    adapters_function.store(function, std::memory_order_relaxed);
    adapters_events.store(events, std::memory_order_relaxed);
  }
  return install(*library, database, events);
}
CAIRN_FORWARD(int, sqlite3_step, SQLITE_MISUSE, (sqlite3_stmt * s), s)
CAIRN_FORWARD(const char*, sqlite3_sql, static_cast<const char*>(nullptr), (sqlite3_stmt * s), s)
CAIRN_FORWARD(sqlite3*, sqlite3_db_handle, static_cast<sqlite3*>(nullptr), (sqlite3_stmt * s), s)
CAIRN_FORWARD(const char*, sqlite3_db_filename, static_cast<const char*>(nullptr),
              (sqlite3 * d, const char* n), d, n)
CAIRN_FORWARD(int, sqlite3_extended_errcode, SQLITE_ERROR, (sqlite3 * d), d)
CAIRN_FORWARD(const char*, sqlite3_errmsg, "", (sqlite3 * d), d)
