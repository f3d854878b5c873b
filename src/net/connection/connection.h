// SPDX-License-Identifier: Apache-2.0
//
// One accepted socket: moves bytes between transport and session, keeps the time, closes.
// Thread rule: lives on one I/O thread; other threads reach it through its Mailbox alone.
// Ownership: held by its IoThread until it closes, and by the operations it waits for.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/connection/mailbox.h"
#include "net/connection/session.h"
#include "net/connection/site.h"
#include "net/connection/transport.h"
#include "net/connection/write_queue.h"

namespace cairn::net {

class IoThread;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Both outlive it.
  Connection(boost::asio::ip::tcp::socket socket, Site& site, IoThread& thread);
  ~Connection();

  void start();
  void start_drain();
  // Idempotent. Cancels what is under way and gives up the place in the IoThread.
  void close();

 private:
  void on_readable();
  bool read_once(bool& drained);
  void feed(ByteView bytes);
  void choose_session(ByteView bytes);
  void discard_input();
  void pump();
  bool write_out();
  void start_progress();
  void watch_for_reset();
  void begin_lingering();
  void wait_readable();
  void wait_writable();
  void run_mailbox();
  bool wants_read() const;
  TimePoint next_time() const;
  void update_timer();
  void on_timer();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  Site& site_;
  IoThread& thread_;
  std::unique_ptr<Transport> transport_;
  std::shared_ptr<Mailbox> mailbox_;
  WriteQueue out_;
  std::unique_ptr<Session> session_;  // null until the first bytes tell which

  std::string opening_;      // the first bytes, while they could still be either protocol's
  TimePoint since_;          // accepted, or the first byte came
  TimePoint write_since_;    // when writing began or last made enough progress
  std::size_t written_ = 0;  // since then
  bool all_written_ = true;  // nothing waited to be written since
  TimePoint linger_until_;
  TimePoint timer_at_ = TimePoint::max();  // what the timer is set to
  std::size_t lingered_bytes_ = 0;
  bool reading_ = false;  // a wait for readability is under way
  bool writing_ = false;  // likewise for writability: the socket is full
  bool ended_ = false;    // the peer will send no more
  bool draining_ = false;
  bool lingering_ = false;  // all is written; the peer's rest is thrown away until it ends
  bool closed_ = false;
};

}  // namespace cairn::net
