// SPDX-License-Identifier: Apache-2.0
//
// SqliteHooks: a connection has room for one trace hook; the program's own is kept here and called
// beside ours.
//
// Bounded: connections past the limit are not traced. Thread rule: any thread.
// Source: SQLite, "SQL Trace Hook".
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include <sqlite3.h>

#include "sdk/adapters/fork_mutex.h"

namespace cairn::trace::zero_code {

using SqliteHookFunction = int(unsigned event, void* user, void* subject, void* detail);

struct SqliteHook {
  unsigned events = 0;  // SQLITE_TRACE_*; 0: none
  SqliteHookFunction* function = nullptr;
  void* user = nullptr;
};

class SqliteHooks {
 public:
  static constexpr std::size_t kMaxConnections = 16384;

  static SqliteHooks& instance() {
    static auto* const one = new SqliteHooks();  // leaked: connections outlive static objects
    return *one;
  }

  // From now on ours is on this connection, and no other. False when there is no room.
  bool add(sqlite3* database) {
    const std::lock_guard lock(mutex_);
    if (hooks_.size() >= kMaxConnections && hooks_.count(database) == 0) return false;
    hooks_.insert_or_assign(database, Entry{SqliteHook(), ++last_number_});
    return true;
  }
  void remove(sqlite3* database) {
    const std::lock_guard lock(mutex_);
    hooks_.erase(database);
  }
  // Tells a connection from a later one at the same address; 0 when ours is not on it.
  std::uint64_t number_of(sqlite3* database) {
    const std::lock_guard lock(mutex_);
    const auto at = hooks_.find(database);
    return at != hooks_.end() ? at->second.number : 0;
  }
  // The connection of that number is gone; its address may be another's by now.
  void remove(sqlite3* database, std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto at = hooks_.find(database);
    if (at != hooks_.end() && at->second.number == number) hooks_.erase(at);
  }
  // False when ours is not on this connection.
  bool set(sqlite3* database, const SqliteHook& hook) {
    const std::lock_guard lock(mutex_);
    const auto at = hooks_.find(database);
    if (at == hooks_.end()) return false;
    at->second.hook = hook;
    if (hook.events != 0) any_.store(true, std::memory_order_release);
    return true;
  }
  bool has(sqlite3* database) { return number_of(database) != 0; }
  // The program's own; usually there is none, and no lock is taken.
  SqliteHook find(sqlite3* database) {
    if (!any_.load(std::memory_order_acquire)) return {};
    const std::lock_guard lock(mutex_);
    const auto at = hooks_.find(database);
    return at != hooks_.end() ? at->second.hook : SqliteHook();
  }

 private:
  struct Entry {
    SqliteHook hook;
    std::uint64_t number = 0;
  };

  detail::ForkMutex mutex_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<sqlite3*, Entry> hooks_;
  std::atomic<bool> any_{false};
};

}  // namespace cairn::trace::zero_code
