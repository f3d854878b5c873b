// SPDX-License-Identifier: Apache-2.0
//
// One HTTP/1.1 connection: one request at a time, pipelined ones wait their turn in the input.
//
//   kIdle ─first byte─► kHead ─► kBody ─► kHandling ─► kStreaming ─► kIdle
//     any of them ─► kClosing: nothing more is read; the connection closes when all is written
// Thread rule: the connection's I/O thread.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "net/connection/session.h"
#include "net/connection/site.h"
#include "net/http/dispatch.h"
#include "net/http1/chunk_decoder.h"
#include "net/http1/request_parser.h"

namespace cairn::net {

class Http1Session final : public Session {
 public:
  explicit Http1Session(SessionContext context);

  std::span<std::byte> direct_space() override;
  void on_direct(std::size_t bytes) override;
  std::size_t read_limit() const override;
  void on_bytes(ByteView bytes) override;
  void on_end() override;
  void on_gone() override;
  bool wants_read() const override;
  void fill() override;
  bool finished() const override { return state_ == State::kClosing; }
  TimePoint next_time() const override;
  void on_time(TimePoint now) override;
  void start_drain() override;

  void answer(RequestId id, Response response) override;
  void start_stream(RequestId id, Response head, std::shared_ptr<StreamGate> gate) override;
  void stream_piece(RequestId id, PinnedBytes piece) override;
  void end_stream(RequestId id, Result<void> outcome) override;
  void cancel_stream(RequestId id) override;

 private:
  enum class State { kIdle, kHead, kBody, kHandling, kStreaming, kClosing };

  void run_input();
  void close_if_ended();
  void run(ByteView& input);
  bool step(ByteView& input);
  bool read_head(ByteView& input);
  void begin_body();
  bool read_body(ByteView& input);
  bool read_sized_body(ByteView& input);
  void ask_for_body(bool body_has_begun);
  void handle();
  void refuse_request(Refusal refusal);
  void write_answer(Response response, bool head_only);
  void end_request();
  void close_with_error(const RequestParser::Failure& failure);
  void set_state(State state);

  Site& site_;
  const std::shared_ptr<Mailbox> mailbox_;
  WriteQueue& out_;
  const std::string peer_;

  State state_ = State::kIdle;
  TimePoint since_;       // when the state began
  TimePoint deadline_;    // kHandling
  bool running_ = false;  // inside run(): its loop goes on, nobody else starts it
  bool draining_ = false;
  bool peer_ended_ = false;
  std::string input_;  // received, not parsed yet

  // The request under way.
  RequestId id_ = 0;
  std::unique_ptr<RequestParser> parser_;
  std::optional<ChunkDecoder> chunks_;
  Request request_;
  Plan plan_;
  RawBuffer body_;
  bool keep_alive_ = true;
  bool http10_ = false;
  std::stop_source cancel_{std::nostopstate};
  std::shared_ptr<StreamGate> gate_;
};

}  // namespace cairn::net
