// SPDX-License-Identifier: Apache-2.0
//
// How a handler answers: at once or later, from any thread, whole or as a stream.
#pragma once

#include <functional>
#include <memory>

#include "net/http/message.h"

namespace cairn::net {

// Many messages as one answer: HTTP/1.1 chunks, HTTP/2 data, gRPC messages.
// Thread rule: used by one thread at a time, never an I/O thread: write() may block.
class ResponseStream {
 public:
  // Ends the stream as cancelled (gRPC CANCELLED, a broken HTTP body) unless finish() came first.
  virtual ~ResponseStream() = default;

  // Sends one message (gRPC) or piece (HTTP). Blocks while more than the stream's buffer limit
  // waits for a slow reader. False when the client has gone or the deadline passed: stop producing.
  [[nodiscard]] virtual bool write(PinnedBytes message) = 0;

  // Ends it: an Error becomes gRPC trailers, or breaks off an HTTP body so that the client notices.
  virtual void finish(Result<void> outcome) = 0;
};

// The right to answer one request, exactly once. Movable; may outlive the handler's call.
class Responder {
 public:
  // What a connection does for a Responder.
  class Channel {
   public:
    virtual ~Channel() = default;
    virtual void send(Response response) = 0;
    virtual std::unique_ptr<ResponseStream> start_stream(Response head) = 0;
  };

  explicit Responder(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
  Responder(Responder&&) noexcept = default;
  // Answers what was held before as the destructor would.
  Responder& operator=(Responder&& other) noexcept;
  // Unanswered: sends kInternal "no answer", so that no client waits for ever.
  ~Responder();

  // REQUIRES: not answered yet. Callable from any thread; never blocks.
  void send(Response response);
  void fail(Error error) { send(Response::failure(std::move(error))); }
  // `head` carries status and headers; its body is ignored.
  std::unique_ptr<ResponseStream> start_stream(Response head);

 private:
  std::unique_ptr<Channel> channel_;
};

// Runs on an I/O thread and must not block: answer at once, or move the Responder elsewhere.
using Handler = std::function<void(Request request, Responder responder)>;

}  // namespace cairn::net
