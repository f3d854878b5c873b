// SPDX-License-Identifier: Apache-2.0
#include "net/http1/http1_session.h"

#include <algorithm>

#include "net/connection/mailbox.h"
#include "net/connection/stream_gate.h"
#include "net/connection/write_queue.h"

namespace cairn::net {
namespace {

// What a body may make us allocate before any of it has come; more grows with what comes.
constexpr std::size_t kTrustedBodyBytes = 1_MiB;
// Of the next requests, while one is handled: enough to notice that the client goes away.
constexpr std::size_t kReadAheadBytes = 4_KiB;
// The next pipelined request is started when less than this waits to be written.
constexpr std::size_t kUnsentBytes = 256_KiB;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

Http1Session::Http1Session(SessionContext context)
    : site_(context.site),
      mailbox_(std::move(context.mailbox)),
      out_(context.out),
      peer_(std::move(context.peer)),
      since_(now()) {
}

void Http1Session::set_state(State state) {
  state_ = state;
  since_ = now();
}

std::size_t Http1Session::read_limit() const {
  if (state_ == State::kHandling || state_ == State::kStreaming) return kReadAheadBytes;
  return state_ == State::kBody ? SIZE_MAX : site_.limits().header_bytes;
}

bool Http1Session::wants_read() const {
  if (peer_ended_ || state_ == State::kClosing) return false;
  if (state_ == State::kHead || state_ == State::kBody) return true;
  return input_.size() < kReadAheadBytes;
}

void Http1Session::on_bytes(ByteView bytes) {
  if (state_ == State::kClosing) return;
  if (input_.empty()) {
    run(bytes);
    input_.assign(as_text(bytes));
  } else {
    input_.append(as_text(bytes));
    run_input();
  }
}

// Starts the next request, when it has waited for its turn.
void Http1Session::fill() {
  if (running_) return;
  if (state_ == State::kIdle && !input_.empty()) run_input();
  close_if_ended();
}

// The peer sends no more, and what it has sent is answered or will never be whole.
void Http1Session::close_if_ended() {
  if (!peer_ended_) return;
  if (state_ == State::kHead || state_ == State::kBody ||
      (state_ == State::kIdle && input_.empty())) {
    set_state(State::kClosing);
  }
}

void Http1Session::run_input() {
  ByteView rest = as_bytes(input_);
  run(rest);
  input_.erase(0, input_.size() - rest.size());
  if (input_.empty()) input_ = std::string();  // an idle connection holds no buffer
}

void Http1Session::run(ByteView& input) {
  running_ = true;
  while (!input.empty() && step(input)) {
  }
  running_ = false;
}

// False when the input cannot be used now.
bool Http1Session::step(ByteView& input) {
  switch (state_) {
    case State::kIdle:
      if (out_.size() >= kUnsentBytes) return false;
      while (!input.empty() && (input[0] == std::byte{'\r'} || input[0] == std::byte{'\n'})) {
        input = input.subspan(1);  // empty lines before a request are tolerated
      }
      if (input.empty()) return false;
      parser_ = std::make_unique<RequestParser>(site_.limits().header_bytes);
      set_state(State::kHead);
      return true;
    case State::kHead:
      return read_head(input);
    case State::kBody:
      return read_body(input);
    default:
      return false;
  }
}

bool Http1Session::read_head(ByteView& input) {
  std::size_t used = 0;
  const RequestParser::Step outcome = parser_->parse_head(input, used);
  input = input.subspan(used);
  if (outcome == RequestParser::Step::kNeedMore) return false;
  ++id_;
  request_ = Request();
  http10_ = parser_->head().http10;
  keep_alive_ = false;
  if (outcome != RequestParser::Step::kDone) {
    close_with_error(parser_->failure());
    return false;
  }
  RequestParser::Head& head = parser_->head();
  request_.protocol = Protocol::kHttp1;
  request_.method = std::move(head.method);
  request_.headers = std::move(head.headers);
  request_.peer = peer_;
  if (!set_target(request_, head.target)) {
    close_with_error({400, "malformed request: the target is not a path", "malformed"});
    return false;
  }
  keep_alive_ = head.keep_alive && !draining_;
  const bool has_body = head.chunked || head.content_length > 0;
  if (auto refusal = make_plan(site_, request_, plan_)) {
    // What follows could be the body: it is not read, so nothing after it can be either.
    keep_alive_ = keep_alive_ && !has_body;
    refuse_request(*std::move(refusal));
    return true;
  }
  if (!head.chunked && head.content_length > plan_.wire_limit) {
    keep_alive_ = false;
    refuse_request(refuse_too_large(plan_.wire_limit));
    return false;
  }
  set_state(State::kBody);
  begin_body();
  if (has_body) {
    ask_for_body(!input.empty());
  } else {
    handle();
  }
  return true;
}

void Http1Session::begin_body() {
  body_ = RawBuffer(ByteLease(site_.budget()));
  chunks_.emplace(site_.limits().header_bytes);
  body_.reserve(std::min(parser_->head().content_length, kTrustedBodyBytes));
}

void Http1Session::ask_for_body(bool body_has_begun) {
  if (parser_->head().expects_continue && !body_has_begun) {
    out_.copy(std::string_view("HTTP/1.1 100 Continue\r\n\r\n"));
  }
}

bool Http1Session::read_body(ByteView& input) {
  if (!parser_->head().chunked) return read_sized_body(input);
  std::size_t used = 0;
  const ChunkDecoder::Step outcome = chunks_->feed(input, used, body_, plan_.wire_limit);
  input = input.subspan(used);
  switch (outcome) {
    case ChunkDecoder::Step::kNeedMore:
      return false;
    case ChunkDecoder::Step::kDone:
      handle();
      return true;
    case ChunkDecoder::Step::kTooLarge:
      keep_alive_ = false;
      refuse_request(refuse_too_large(plan_.wire_limit));
      return false;
    case ChunkDecoder::Step::kBusy:
      keep_alive_ = false;
      refuse_request(refuse_busy());
      return false;
    case ChunkDecoder::Step::kMalformed:
      close_with_error({400, "malformed chunked body", "malformed"});
      return false;
  }
  return false;
}

bool Http1Session::read_sized_body(ByteView& input) {
  const std::size_t length = parser_->head().content_length;
  const ByteView part = input.first(std::min(input.size(), length - body_.size()));
  if (!body_.append(part, length)) {
    keep_alive_ = false;
    refuse_request(refuse_busy());
    return false;
  }
  input = input.subspan(part.size());
  if (body_.size() == length) handle();
  return true;
}

std::span<std::byte> Http1Session::direct_space() {
  if (state_ != State::kBody || parser_->head().chunked || !input_.empty()) return {};
  const std::size_t length = parser_->head().content_length;
  if (body_.space().empty()) body_.grow(length);
  return body_.space().first(std::min(body_.space().size(), length - body_.size()));
}

void Http1Session::on_direct(std::size_t bytes) {
  if (!body_.commit(bytes)) {
    keep_alive_ = false;
    refuse_request(refuse_busy());
  } else if (body_.size() == parser_->head().content_length) {
    handle();
  }
}

void Http1Session::handle() {
  parser_.reset();
  cancel_ = std::stop_source();
  request_.body = std::move(body_).pin();
  deadline_ = now() + site_.limits().handle_time;
  request_.deadline = {deadline_, cancel_.get_token()};
  set_state(State::kHandling);
  const Headers for_cors = site_.cors() ? request_.headers : Headers();
  Request request = std::move(request_);
  request_ = Request();
  request_.method = request.method;
  request_.headers = for_cors;
  if (auto refusal = call_handler(site_, mailbox_, id_, plan_, std::move(request))) {
    refuse_request(*std::move(refusal));
  }
}

void Http1Session::refuse_request(Refusal refusal) {
  if (!refusal.reason.empty()) site_.count_refused(refusal.reason);
  add_site_headers(site_, request_.headers, refusal.response);
  write_answer(std::move(refusal.response), request_.method == "HEAD");
  end_request();
}

void Http1Session::close_with_error(const RequestParser::Failure& failure) {
  keep_alive_ = false;
  refuse_request(refuse(failure.status, failure.text, failure.reason));
}

void Http1Session::on_end() {
  peer_ended_ = true;
  close_if_ended();  // not what came whole: a client that half-closes may still read
}

void Http1Session::on_gone() {
  cancel_.request_stop();
  if (gate_) gate_->shut();
  set_state(State::kClosing);
}

void Http1Session::start_drain() {
  draining_ = true;
  keep_alive_ = false;
  if (state_ == State::kIdle) set_state(State::kClosing);
}

TimePoint Http1Session::next_time() const {
  const ServerLimits& limits = site_.limits();
  switch (state_) {
    case State::kIdle:
      return since_ + limits.idle_time;
    case State::kHead:
      return since_ + limits.header_time;
    case State::kBody:
      return since_ + limits.body_time;
    case State::kHandling:
      return deadline_;
    default:
      return TimePoint::max();
  }
}

void Http1Session::on_time(TimePoint at) {
  if (at < next_time()) return;
  switch (state_) {
    case State::kIdle:
      set_state(State::kClosing);
      break;
    case State::kHead:
      ++id_;
      close_with_error({408, "the request's headers took too long", "timeout"});
      break;
    case State::kBody:
      close_with_error({408, "the request's body took too long", "timeout"});
      break;
    case State::kHandling:
      cancel_.request_stop();
      refuse_request(
          {Response::failure(deadline_exceeded("the request took too long")), "timeout"});
      break;
    default:
      break;
  }
}

std::unique_ptr<Session> make_http1_session(SessionContext context) {
  return std::make_unique<Http1Session>(std::move(context));
}

}  // namespace cairn::net
