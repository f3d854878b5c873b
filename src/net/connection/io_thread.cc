// SPDX-License-Identifier: Apache-2.0
#include "net/connection/io_thread.h"

#include <vector>

#include <boost/asio/post.hpp>

#include "base/thread.h"
#include "net/connection/connection.h"

namespace cairn::net {

namespace asio = boost::asio;

bool Census::try_enter() {
  MutexLock lock(mutex_);
  if (open_ >= limit_) return false;
  ++open_;
  return true;
}

void Census::leave() {
  {
    MutexLock lock(mutex_);
    --open_;
  }
  left_.notify_all();
}

bool Census::wait_empty(std::chrono::steady_clock::time_point until) {
  MutexLock lock(mutex_);
  while (open_ > 0) {
    if (!left_.wait_until(mutex_, until)) return open_ == 0;
  }
  return true;
}

IoThread::IoThread(std::string name, Census& census)
    : census_(census),
      work_(asio::make_work_guard(context_)),
      scratch_(new std::byte[kScratchBytes]),
      thread_(start_thread(std::move(name), [this](const std::stop_token&) { context_.run(); })) {
}

IoThread::~IoThread() {
  stop();
}

void IoThread::stop() {
  work_.reset();
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void IoThread::post_connection(asio::ip::tcp::socket socket, Site& site) {
  asio::post(context_, [this, &site, moved = std::move(socket)]() mutable {
    auto connection = std::make_shared<Connection>(std::move(moved), site, *this);
    connections_.insert(connection);
    connection->start();
    if (draining_) connection->start_drain();
  });
}

void IoThread::post_drain() {
  asio::post(context_, [this] {
    draining_ = true;
    const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
    for (const auto& connection : all) connection->start_drain();
  });
}

void IoThread::post_close_all() {
  asio::post(context_, [this] {
    const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
    for (const auto& connection : all) connection->close();
  });
}

void IoThread::forget(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) > 0) census_.leave();
}

}  // namespace cairn::net
