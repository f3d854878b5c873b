// SPDX-License-Identifier: Apache-2.0
//
// One connection's protocol, free of sockets, threads and timers: bytes in, bytes out, answers in
// between. HTTP/1.1 and HTTP/2 implement it; Connection drives it.
// Thread rule: everything here runs on the connection's I/O thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "net/http/message.h"

namespace cairn::net {

class Mailbox;
class Site;
class StreamGate;
class WriteQueue;

using RequestId = std::uint64_t;  // unique within its connection, never used again
using TimePoint = std::chrono::steady_clock::time_point;

// A reader has to take so much, or all there is, within ServerLimits::write_time: less is as good
// as nothing, and would hold whoever produces the answer.
constexpr std::size_t kLeastProgress = 64_KiB;

class Session {
 public:
  Session() = default;
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Where the next read should go, when the session has a better place than the shared buffer: the
  // rest of a body of known length. Empty: the shared buffer.
  virtual std::span<std::byte> direct_space() { return {}; }
  // So many bytes were read into direct_space().
  virtual void on_direct(std::size_t /*bytes*/) {}
  // The most that the next read may bring.
  virtual std::size_t read_limit() const { return SIZE_MAX; }
  // The next bytes, valid for the call only.
  virtual void on_bytes(ByteView bytes) = 0;
  // The peer will send no more.
  virtual void on_end() = 0;
  // The connection is gone: cancel what is under way.
  virtual void on_gone() = 0;

  // False while the session has enough to do.
  virtual bool wants_read() const = 0;
  // Moves output into the write queue, until that is well filled.
  virtual void fill() = 0;
  // All is done and the connection shall close, once the write queue is empty.
  virtual bool finished() const = 0;

  // When on_time() is wanted; max() for never.
  virtual TimePoint next_time() const = 0;
  virtual void on_time(TimePoint now) = 0;

  // No new requests; finished() once those under way are answered.
  virtual void start_drain() = 0;

  // Answers, from an Exchange. Unknown ids are ignored: their request is over already.
  virtual void answer(RequestId id, Response response) = 0;
  virtual void start_stream(RequestId id, Response head, std::shared_ptr<StreamGate> gate) = 0;
  virtual void stream_piece(RequestId id, PinnedBytes piece) = 0;
  virtual void end_stream(RequestId id, Result<void> outcome) = 0;
  virtual void cancel_stream(RequestId id) = 0;
};

// What a session is made from.
struct SessionContext {
  Site& site;  // outlives the session
  std::shared_ptr<Mailbox> mailbox;
  WriteQueue& out;   // outlives the session
  std::string peer;  // "127.0.0.1:54321"
};

std::unique_ptr<Session> make_http1_session(SessionContext context);
std::unique_ptr<Session> make_http2_session(SessionContext context);

}  // namespace cairn::net
