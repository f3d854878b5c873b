// SPDX-License-Identifier: Apache-2.0
//
// One I/O thread: its event loop, its connections, and the buffer that all their reads share.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <unordered_set>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/bytes.h"
#include "base/mutex.h"
#include "net/connection/site.h"

namespace cairn::net {

class Connection;

// How many connections are open, over all threads. Thread rule: any thread.
class Census {
 public:
  explicit Census(std::size_t limit) : limit_(limit) {}
  // False when the limit is reached.
  [[nodiscard]] bool try_enter();
  void leave();
  // Waits until nobody is left; false when `until` comes first.
  bool wait_empty(std::chrono::steady_clock::time_point until);

 private:
  const std::size_t limit_;
  Mutex mutex_;
  CondVar left_;
  std::size_t open_ GUARDED_BY(mutex_) = 0;
};

// Thread rule: post_*() and stop() from any thread; the rest from the thread itself.
class IoThread {
 public:
  // `census` outlives it.
  IoThread(std::string name, Census& census);
  ~IoThread();

  boost::asio::io_context& context() { return context_; }

  // Takes over an accepted socket of this thread's context, which the census has counted.
  void post_connection(boost::asio::ip::tcp::socket socket, Site& site);
  void post_drain();
  void post_close_all();
  // Ends the loop and joins. Idempotent.
  void stop();

  // Where every read of the thread goes that has no better place.
  std::span<std::byte> scratch() { return {scratch_.get(), kScratchBytes}; }
  void forget(const std::shared_ptr<Connection>& connection);

 private:
  static constexpr std::size_t kScratchBytes = 128_KiB;

  Census& census_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<std::byte[]> scratch_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  bool draining_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace cairn::net
