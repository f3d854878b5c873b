// SPDX-License-Identifier: Apache-2.0
//
// The answering half of Http1Session: whole answers and streamed ones.
#include <array>
#include <charconv>

#include "net/connection/stream_gate.h"
#include "net/connection/write_queue.h"
#include "net/http1/http1_session.h"
#include "net/http1/response_head.h"

namespace cairn::net {
namespace {

// Below it a copy is cheaper than one more piece in the system call.
constexpr std::size_t kCopyBelow = 1024;

// 204 and 304 have no body and no length; 1xx never come from handlers.
bool has_no_body(int status) {
  return status == 204 || status == 304 || status < 200;
}

}  // namespace

void Http1Session::write_answer(Response response, bool head_only) {
  HeadOptions options;
  options.http10 = http10_;
  options.close = !keep_alive_;
  if (!has_no_body(response.status)) options.content_length = response.body.size();
  out_.copy(render_head(response, options));
  if (!head_only && !has_no_body(response.status)) {
    if (response.body.size() < kCopyBelow || !response.body.owner) {
      out_.copy(response.body.view);
    } else {
      out_.add(std::move(response.body));
    }
  }
  site_.count_request(Protocol::kHttp1, response.status);
}

void Http1Session::end_request() {
  ++id_;  // a late answer finds nobody
  if (gate_) gate_->shut();
  gate_ = nullptr;
  parser_ = nullptr;
  request_ = Request();
  body_ = RawBuffer();
  set_state(keep_alive_ ? State::kIdle : State::kClosing);
}

void Http1Session::answer(RequestId id, Response response) {
  if (id != id_ || state_ != State::kHandling) return;
  write_answer(std::move(response), request_.method == "HEAD");
  end_request();
}

void Http1Session::start_stream(RequestId id, Response head, std::shared_ptr<StreamGate> gate) {
  if (id != id_ || state_ != State::kHandling) {
    gate->shut();
    return;
  }
  gate_ = std::move(gate);
  HeadOptions options;
  options.http10 = http10_;
  options.chunked = !http10_;
  if (http10_) keep_alive_ = false;  // only the end of the connection ends such a body
  options.close = !keep_alive_;
  out_.copy(render_head(head, options));
  site_.count_request(Protocol::kHttp1, head.status);
  set_state(State::kStreaming);
}

void Http1Session::stream_piece(RequestId id, PinnedBytes piece) {
  if (id != id_ || state_ != State::kStreaming || piece.empty()) return;
  if (request_.method == "HEAD") return;
  if (http10_) {
    out_.add(std::move(piece));
    return;
  }
  std::array<char, 20> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16).ptr;
  out_.copy(std::string_view(size.data(), static_cast<std::size_t>(end - size.data())));
  out_.copy(std::string_view("\r\n"));
  out_.add(std::move(piece));
  out_.copy(std::string_view("\r\n"));
}

void Http1Session::end_stream(RequestId id, Result<void> outcome) {
  if (id != id_ || state_ != State::kStreaming) return;
  if (!outcome) {
    cancel_stream(id);
    return;
  }
  if (!http10_ && request_.method != "HEAD") out_.copy(std::string_view("0\r\n\r\n"));
  end_request();
}

void Http1Session::cancel_stream(RequestId id) {
  if (id != id_ || state_ != State::kStreaming) return;
  // Without the last chunk the client knows that something is missing.
  keep_alive_ = false;
  end_request();
}

}  // namespace cairn::net
