// SPDX-License-Identifier: Apache-2.0
//
// The way from any thread to a connection that may be gone by then. Outlives the connection, the
// I/O thread and the server.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "net/connection/session.h"

namespace cairn::net {

// Thread rule: post() from any thread; the rest from the connection's I/O thread.
class Mailbox {
 public:
  using Task = std::function<void(Session&)>;

  // Says that this thread is working on the connection of that mailbox.
  class Scope {
   public:
    Scope(const Mailbox* mailbox, Session& session)
        : mailbox_(mailbox), session_(session), outer_(current) {
      current = this;
    }
    ~Scope() { current = outer_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    friend class Mailbox;
    static inline thread_local const Scope* current = nullptr;
    const Mailbox* mailbox_;
    Session& session_;
    const Scope* outer_;
  };

  // `wake` asks the I/O thread to call run_all() soon; called from any thread, under the lock.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  // Runs the task on the connection's thread, in the order of posting. False when it has closed.
  bool post(Task task) {
    MutexLock lock(mutex_);
    if (!wake_) return false;
    tasks_.push_back(std::move(task));
    if (tasks_.size() == 1) wake_();
    return true;
  }

  // Runs the task at once when this thread is inside one of the connection's Scopes, so that a
  // handler that answers at once costs no detour; else as post().
  bool run_or_post(Task task) {
    const Scope* scope = Scope::current;
    if (scope == nullptr || scope->mailbox_ != this) return post(std::move(task));
    task(scope->session_);
    return true;
  }

  // Tasks posted by the tasks run later, after another wake.
  void run_all(Session& session) {
    std::vector<Task> tasks;
    {
      MutexLock lock(mutex_);
      tasks.swap(tasks_);
    }
    for (const Task& task : tasks) task(session);
  }

  // Drops what is waiting; every later post() fails.
  void close() {
    std::vector<Task> dropped;  // declared first: freed after the lock is
    MutexLock lock(mutex_);
    wake_ = nullptr;
    dropped.swap(tasks_);
  }

 private:
  Mutex mutex_;
  std::function<void()> wake_ GUARDED_BY(mutex_);
  std::vector<Task> tasks_ GUARDED_BY(mutex_);
};

}  // namespace cairn::net
