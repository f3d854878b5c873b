// SPDX-License-Identifier: Apache-2.0
//
// OpenStatements: the spans of the SQLite statements that are running, found by statement.
//
// SQLite gives a callback no place to keep something per statement, and none per connection that is
// freed when a connection really goes, so they are kept here: 16 short lists, each with its lock.
// Bounded: a statement that finds no room has no span. Thread rule: any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include <cairn/adapters/sql_span.h>
#include <sqlite3.h>

#include "../fork_mutex.h"

namespace cairn::trace::sqlite {

class OpenStatements {
 public:
  static constexpr std::size_t kLists = 16;
  static constexpr std::size_t kMaxPerList = 256;

  static OpenStatements& instance() {
    // Leaked: statements may run while static objects are being destroyed.
    static OpenStatements* const one = new OpenStatements();
    return *one;
  }

  // Whether one more may have a span. Another thread may take the place: then add() ends its span.
  bool has_room(const sqlite3_stmt* statement) {
    List& list = list_of(statement);
    const std::lock_guard lock(list.mutex);
    return list.entries.size() < kMaxPerList;
  }
  // A statement that is there already (its end was not seen) gives way.
  void add(sqlite3_stmt* statement, SqlSpan span) {
    List& list = list_of(statement);
    const std::lock_guard lock(list.mutex);
    for (Entry& entry : list.entries) {
      if (entry.statement == statement) {
        std::swap(entry.span, span);  // the earlier one ends without the lock
        return;
      }
    }
    if (list.entries.size() >= kMaxPerList) return;
    list.entries.push_back({statement, sqlite3_db_handle(statement), static_cast<SqlSpan&&>(span)});
  }

  // False when it has no span.
  bool take(sqlite3_stmt* statement, SqlSpan& span) {
    List& list = list_of(statement);
    const std::lock_guard lock(list.mutex);
    for (Entry& entry : list.entries) {
      if (entry.statement != statement) continue;
      span = static_cast<SqlSpan&&>(entry.span);
      remove(list, entry);
      return true;
    }
    return false;
  }

  // Ends the spans of a connection.
  void forget(sqlite3* database) {
    std::vector<SqlSpan> ended;  // without the lock
    for (List& list : lists_) {
      const std::lock_guard lock(list.mutex);
      for (std::size_t i = list.entries.size(); i > 0; --i) {
        if (list.entries[i - 1].database != database) continue;
        ended.push_back(static_cast<SqlSpan&&>(list.entries[i - 1].span));
        remove(list, list.entries[i - 1]);
      }
    }
  }

 private:
  struct Entry {
    sqlite3_stmt* statement;
    sqlite3* database;
    SqlSpan span;
  };
  struct List {
    detail::ForkMutex mutex;
    std::vector<Entry> entries;
  };

  List& list_of(const sqlite3_stmt* statement) {
    const auto bits = reinterpret_cast<std::uintptr_t>(statement);
    return lists_[((bits >> 4) ^ (bits >> 12)) % kLists];
  }
  static void remove(List& list, Entry& entry) {
    if (&entry != &list.entries.back()) entry = static_cast<Entry&&>(list.entries.back());
    list.entries.pop_back();
  }

  List lists_[kLists];
};

}  // namespace cairn::trace::sqlite
