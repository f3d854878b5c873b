// SPDX-License-Identifier: Apache-2.0
#include "net/connection/connection.h"

#include <boost/asio/post.hpp>

#include "net/connection/io_thread.h"

namespace cairn::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::string_view kHttp2Opening = "PRI ";
// Reads before other connections of the thread get their turn.
constexpr int kReadsInARow = 4;
// After the last byte we wait so long, or for so much, for the peer to end its side: closing with
// unread input would reset the connection and could destroy an answer on its way.
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr std::size_t kLingerBytes = 16_MiB;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

std::string peer_of(const tcp::socket& socket) {
  boost::system::error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return "unknown";
  const std::string address = peer.address().to_string();
  const std::string port = std::to_string(peer.port());
  return peer.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

}  // namespace

Connection::Connection(tcp::socket socket, Site& site, IoThread& thread)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      site_(site),
      thread_(thread),
      transport_(make_tcp_transport(socket_.native_handle())),
      since_(now()) {
  site_.connections().add(1);
}

Connection::~Connection() {
  if (mailbox_) mailbox_->close();
  site_.connections().add(-1);
}

void Connection::start() {
  boost::system::error_code ignored;  // both only make it faster
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  const std::weak_ptr<Connection> weak = weak_from_this();
  mailbox_ = std::make_shared<Mailbox>([weak, executor = socket_.get_executor()] {
    asio::post(executor, [weak] {
      if (const auto self = weak.lock()) self->run_mailbox();
    });
  });
  wait_readable();
  update_timer();
}

void Connection::run_mailbox() {
  if (closed_) return;
  if (session_) {
    const Mailbox::Scope scope(mailbox_.get(), *session_);
    mailbox_->run_all(*session_);
  }
  pump();
}

void Connection::wait_readable() {
  if (reading_) return;
  reading_ = true;
  socket_.async_wait(tcp::socket::wait_read,
                     [self = shared_from_this()](const boost::system::error_code&) {
                       self->reading_ = false;
                       self->on_readable();
                     });
}

void Connection::wait_writable() {
  if (writing_) return;
  writing_ = true;
  socket_.async_wait(tcp::socket::wait_write,
                     [self = shared_from_this()](const boost::system::error_code&) {
                       self->writing_ = false;
                       self->pump();
                     });
}

bool Connection::wants_read() const {
  if (ended_ || closed_) return false;
  return lingering_ || session_ == nullptr || session_->wants_read();
}

void Connection::on_readable() {
  if (closed_) return;
  if (lingering_) {
    discard_input();
    return;
  }
  bool drained = false;
  for (int i = 0; i < kReadsInARow && !drained && wants_read(); ++i) {
    if (!read_once(drained)) return;
  }
  pump();
}

// False when the connection is closed.
bool Connection::read_once(bool& drained) {
  const std::span<std::byte> direct = session_ ? session_->direct_space() : std::span<std::byte>();
  std::span<std::byte> space = direct;
  if (direct.empty()) {
    space = thread_.scratch();
    if (session_) space = space.first(std::min(space.size(), session_->read_limit()));
  }
  const Transport::Outcome outcome = transport_->read(space);
  drained = outcome.drained;
  switch (outcome.state) {
    case Transport::State::kMoved:
      if (!direct.empty()) {
        const Mailbox::Scope scope(mailbox_.get(), *session_);
        session_->on_direct(outcome.bytes);
      } else {
        feed(space.first(outcome.bytes));
      }
      return true;
    case Transport::State::kWantRead:
    case Transport::State::kWantWrite:
      drained = true;
      return true;
    case Transport::State::kEnd:
      ended_ = true;
      if (session_) {
        const Mailbox::Scope scope(mailbox_.get(), *session_);
        session_->on_end();
        watch_for_reset();
        return true;
      }
      [[fallthrough]];
    case Transport::State::kBroken:
      close();
      return false;
  }
  return false;
}

// The peer has ended its side and may still read: only a reset tells that it is gone.
void Connection::watch_for_reset() {
  socket_.async_wait(tcp::socket::wait_error,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!error) self->close();
                     });
}

void Connection::feed(ByteView bytes) {
  if (!session_) choose_session(bytes);
  if (!session_) return;
  const Mailbox::Scope scope(mailbox_.get(), *session_);
  if (!opening_.empty()) {
    const std::string opening = std::move(opening_);
    opening_.clear();
    session_->on_bytes(as_bytes(opening));
  } else {
    session_->on_bytes(bytes);
  }
}

void Connection::choose_session(ByteView bytes) {
  std::string_view first = as_text(bytes);
  if (!opening_.empty() || first.size() < kHttp2Opening.size()) {
    if (opening_.empty()) since_ = now();
    opening_.append(first);
    first = opening_;
  }
  const std::string_view seen = first.substr(0, kHttp2Opening.size());
  if (seen.size() < kHttp2Opening.size() && kHttp2Opening.starts_with(seen)) return;
  SessionContext context{site_, mailbox_, out_, peer_of(socket_)};
  session_ = seen == kHttp2Opening ? make_http2_session(std::move(context))
                                   : make_http1_session(std::move(context));
  if (draining_) session_->start_drain();
}

void Connection::discard_input() {
  while (true) {
    const Transport::Outcome outcome = transport_->read(thread_.scratch());
    lingered_bytes_ += outcome.bytes;
    if (outcome.state == Transport::State::kMoved && lingered_bytes_ < kLingerBytes) {
      if (!outcome.drained) continue;
    } else if (outcome.state != Transport::State::kWantRead) {
      close();
      return;
    }
    wait_readable();
    return;
  }
}

// Everything that may have become possible, after whatever happened.
void Connection::pump() {
  if (closed_) return;
  if (session_ && !lingering_) {
    const Mailbox::Scope scope(mailbox_.get(), *session_);
    if (!write_out()) {
      close();
      return;
    }
    if (out_.empty() && session_->finished()) begin_lingering();
  }
  if (closed_) return;
  if (wants_read()) wait_readable();
  update_timer();
}

// False when the connection is broken.
bool Connection::write_out() {
  while (!writing_) {
    session_->fill();
    if (out_.empty()) return true;
    if (all_written_) start_progress();
    WriteQueue::Slots slots;
    const Transport::Outcome outcome = transport_->write(out_.front(slots));
    switch (outcome.state) {
      case Transport::State::kMoved:
        out_.consume(outcome.bytes);
        written_ += outcome.bytes;
        if (written_ >= kLeastProgress) start_progress();
        all_written_ = out_.empty();
        break;
      case Transport::State::kWantRead:
      case Transport::State::kWantWrite:
        wait_writable();
        return true;
      case Transport::State::kEnd:
      case Transport::State::kBroken:
        return false;
    }
  }
  return true;
}

void Connection::start_progress() {
  write_since_ = now();
  written_ = 0;
  all_written_ = false;
}

void Connection::begin_lingering() {
  if (ended_) {
    close();
    return;
  }
  lingering_ = true;
  linger_until_ = now() + kLingerTime;
  mailbox_->close();
  session_->on_gone();
  transport_->end_writing();
}

void Connection::start_drain() {
  draining_ = true;
  if (closed_ || lingering_) return;
  if (session_) {
    const Mailbox::Scope scope(mailbox_.get(), *session_);
    session_->start_drain();
    pump();
  } else if (opening_.empty()) {
    close();  // it has not asked for anything
  }
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  mailbox_->close();
  if (session_) session_->on_gone();
  out_.clear();
  timer_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
  thread_.forget(shared_from_this());
}

TimePoint Connection::next_time() const {
  if (lingering_) return linger_until_;
  TimePoint next = TimePoint::max();
  if (session_) {
    next = session_->next_time();
  } else {
    const ServerLimits& limits = site_.limits();
    next = since_ + (opening_.empty() ? limits.idle_time : limits.header_time);
  }
  if (writing_) next = std::min(next, write_since_ + site_.limits().write_time);
  return next;
}

void Connection::update_timer() {
  // Set only when it would fire too late: most times move away, and an early one just looks again.
  const TimePoint next = closed_ ? TimePoint::max() : next_time();
  if (next >= timer_at_) return;
  timer_at_ = next;
  timer_.expires_at(next);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error || self->closed_) return;
    self->timer_at_ = TimePoint::max();
    self->on_timer();
  });
}

void Connection::on_timer() {
  const TimePoint at = now();
  if (lingering_ && at >= linger_until_) {
    close();
  } else if (!lingering_ && writing_ && at >= write_since_ + site_.limits().write_time) {
    site_.count_refused("timeout");
    close();
  } else if (!lingering_ && session_) {
    const Mailbox::Scope scope(mailbox_.get(), *session_);
    session_->on_time(at);
  } else if (!lingering_ && at >= next_time()) {
    if (!opening_.empty()) site_.count_refused("timeout");
    close();
  }
  pump();
  update_timer();
}

}  // namespace cairn::net
