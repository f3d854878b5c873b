// SPDX-License-Identifier: Apache-2.0
//
// One HTTP/2 connection, HTTP and gRPC requests mixed. nghttp2 does the framing; this decides.
// Files: http2_session.cc drives nghttp2, http2_request.cc receives, http2_answer.cc answers.
// Thread rule: the connection's I/O thread.
// Source: RFC 9113; gRPC over HTTP/2.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <nghttp2/nghttp2.h>

#include "net/connection/session.h"
#include "net/connection/site.h"
#include "net/grpc/call.h"
#include "net/http2/http2_stream.h"
#include "net/http2/rate_limit.h"

namespace cairn::net {

// The fields as nghttp2 wants them. Ownership: borrows; nghttp2 copies what it is given.
std::vector<nghttp2_nv> to_nghttp2(const FieldList& fields);

class Http2Session final : public Session {
 public:
  explicit Http2Session(SessionContext context);
  ~Http2Session() override;

  void on_bytes(ByteView bytes) override;
  void on_end() override { failed_ = true; }
  void on_gone() override;
  bool wants_read() const override;
  void fill() override;
  bool finished() const override;
  TimePoint next_time() const override;
  void on_time(TimePoint now) override;
  void start_drain() override;

  void answer(RequestId id, Response response) override;
  void start_stream(RequestId id, Response head, std::shared_ptr<StreamGate> gate) override;
  void stream_piece(RequestId id, PinnedBytes piece) override;
  void end_stream(RequestId id, Result<void> outcome) override;
  void cancel_stream(RequestId id) override;

 private:
  friend struct Http2Callbacks;  // the C functions that nghttp2 calls, in http2_session.cc

  // What nghttp2 reports.
  bool open_stream(std::int32_t id);
  bool admit_field(std::size_t bytes);
  void on_header(std::int32_t id, std::string_view name, std::string_view value);
  void on_frame(const nghttp2_frame& frame);
  void on_data(std::int32_t id, ByteView bytes);
  void on_sent(const nghttp2_frame& frame);
  void on_closed(std::int32_t id);
  ssize_t read_body(std::int32_t id, std::span<std::uint8_t> to, std::uint32_t& flags);

  // Requests.
  void begin_request(Http2Stream& stream);
  void begin_http(Http2Stream& stream);
  void begin_grpc(Http2Stream& stream);
  void end_request(Http2Stream& stream);
  std::optional<PinnedBytes> take_message(Http2Stream& stream);
  void call_grpc(Http2Stream& stream);
  void fail_grpc_busy(Http2Stream& stream, const std::string& message);
  void refuse_stream(Http2Stream& stream, Refusal refusal);
  void expire(Http2Stream& stream);
  void count_abuse(RateLimit& rate, std::uint32_t limit, std::string_view reason);

  // Answers.
  void submit_http(Http2Stream& stream, Response response, bool streamed);
  void submit_grpc_head(Http2Stream& stream);
  void add_message(Http2Stream& stream, PinnedBytes message);
  void finish_grpc(Http2Stream& stream, const GrpcStatus& status);
  void fail_grpc(Http2Stream& stream, const GrpcStatus& status, std::string_view reason);
  void submit_head(Http2Stream& stream, const FieldList& fields, bool with_body);
  void resume(Http2Stream& stream);
  void reset(std::int32_t id, std::uint32_t code);
  Http2Stream* find(RequestId id);
  void expect_at(TimePoint at) { next_time_ = std::min(next_time_, at); }

  struct FreeSession {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  Site& site_;
  const std::shared_ptr<Mailbox> mailbox_;
  WriteQueue& out_;
  const std::string peer_;
  std::unordered_map<std::int32_t, Http2Stream> streams_;
  std::size_t unanswered_ = 0;  // handlers that still hold a Responder, also of closed streams
  RateLimit resets_;
  RateLimit pings_;
  TimePoint idle_since_;
  TimePoint head_since_;         // when an unfinished preface or header block began, or max()
  std::size_t block_bytes_ = 0;  // decoded, of the header block being received
  TimePoint next_time_ = TimePoint::max();  // no stream wants attention before it
  bool failed_ = false;
  bool gone_ = false;
  bool draining_ = false;
  std::unique_ptr<nghttp2_session, FreeSession> session_;  // last: its end calls back
};

}  // namespace cairn::net
