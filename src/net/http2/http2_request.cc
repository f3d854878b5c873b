// SPDX-License-Identifier: Apache-2.0
//
// The receiving half of Http2Session: heads, bodies and the calls of handlers.
#include "net/connection/exchange.h"
#include "net/encoding/decompress.h"
#include "net/http/fields.h"
#include "net/http2/http2_session.h"

namespace cairn::net {
namespace {

TimePoint now() {
  return std::chrono::steady_clock::now();
}

// As RFC 9113 counts a field for SETTINGS_MAX_HEADER_LIST_SIZE.
constexpr std::size_t kFieldOverhead = 32;
// Headers are read to their end for a proper refusal, up to so many times their limit.
constexpr std::size_t kHopelessHeaders = 4;

// What a content-length may make us allocate before the bytes have come.
constexpr std::size_t kTrustedBodyBytes = 1_MiB;

// Nullopt when there is none; nghttp2 has checked the digits, and checks the sum of the DATA.
std::optional<std::size_t> content_length(const Headers& headers) {
  const auto field = headers.get("content-length");
  if (!field) return std::nullopt;
  std::size_t value = 0;
  for (const char c : *field) {
    if (c < '0' || c > '9' || value > SIZE_MAX / 16) return SIZE_MAX;
    value = value * 10 + static_cast<std::size_t>(c - '0');
  }
  return value;
}

}  // namespace

// False when the client has enough under way.
bool Http2Session::open_stream(std::int32_t id) {
  const std::size_t limit = site_.limits().streams;
  if (streams_.size() >= limit || unanswered_ >= limit) {
    site_.count_refused("streams");
    reset(id, NGHTTP2_REFUSED_STREAM);
    return true;  // without a stream of ours, its frames are ignored
  }
  Http2Stream& stream = streams_[id];
  stream.id = id;
  return true;
}

// False, ending the connection, when the header block has become so large that it can only be meant
// to: a byte of it may stand for a field of 4 KiB (RFC 7541, "Dynamic Table").
bool Http2Session::admit_field(std::size_t bytes) {
  block_bytes_ += bytes + kFieldOverhead;
  if (block_bytes_ / kHopelessHeaders <= site_.limits().header_bytes) return true;
  site_.count_refused("header_too_large");
  nghttp2_session_terminate_session(session_.get(), NGHTTP2_ENHANCE_YOUR_CALM);
  return false;
}

void Http2Session::on_header(std::int32_t id, std::string_view name, std::string_view value) {
  Http2Stream* stream = find(static_cast<RequestId>(id));
  if (stream == nullptr) return;
  stream->header_bytes += name.size() + value.size() + kFieldOverhead;
  if (stream->header_bytes > site_.limits().header_bytes) return;  // refused at the head's end
  Request& request = stream->request;
  if (name == ":method") {
    request.method = value;
  } else if (name == ":path") {
    if (!set_target(request, value)) request.path.clear();
  } else if (name == ":authority") {
    request.headers.add("host", std::string(value));
  } else if (!name.starts_with(':')) {
    request.headers.add(std::string(name), std::string(value));
  }
}

void Http2Session::begin_request(Http2Stream& stream) {
  const ServerLimits& limits = site_.limits();
  Request& request = stream.request;
  stream.phase = Http2Stream::Phase::kBody;
  stream.body_until = now() + limits.body_time;
  stream.head_only = request.method == "HEAD";
  stream.grpc = is_grpc_content_type(request.headers.get("content-type").value_or(""));
  request.protocol = stream.grpc ? Protocol::kGrpc : Protocol::kHttp2;
  request.peer = peer_;
  expect_at(stream.body_until);
  if (stream.header_bytes > limits.header_bytes) {
    const std::string text = "the request's headers are larger than the limit of " +
                             std::to_string(limits.header_bytes) + " bytes";
    if (stream.grpc) {
      fail_grpc(stream, {kGrpcResourceExhausted, text, ""}, "header_too_large");
    } else {
      refuse_stream(stream, refuse(431, text, "header_too_large"));
    }
  } else if (request.path.empty()) {
    refuse_stream(stream, refuse(400, "malformed request: the target is not a path", "malformed"));
  } else if (stream.grpc) {
    begin_grpc(stream);
  } else {
    begin_http(stream);
  }
}

void Http2Session::begin_http(Http2Stream& stream) {
  Request& request = stream.request;
  if (auto refusal = make_plan(site_, request, stream.plan)) {
    refuse_stream(stream, *std::move(refusal));
    return;
  }
  const std::size_t length = content_length(request.headers).value_or(0);
  if (length > stream.plan.wire_limit) {
    refuse_stream(stream, refuse_too_large(stream.plan.wire_limit));
    return;
  }
  stream.body = RawBuffer(ByteLease(site_.budget()));
  stream.body.reserve(std::min(length, kTrustedBodyBytes));
  static const FieldList kContinue = {{":status", "100"}};
  if (!stream.received && request.headers.get("expect") == "100-continue") {
    const std::vector<nghttp2_nv> fields = to_nghttp2(kContinue);
    nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, stream.id, nullptr, fields.data(),
                           fields.size(), nullptr);
  }
}

void Http2Session::begin_grpc(Http2Stream& stream) {
  Request& request = stream.request;
  if (request.method != "POST") {
    Refusal refusal = refuse(405, "405 method not allowed, supported: [POST]", "");
    refusal.response.headers.add("allow", "POST");
    refuse_stream(stream, std::move(refusal));
    return;
  }
  stream.deadline = now() + site_.limits().handle_time;
  if (const auto timeout = request.headers.get("grpc-timeout")) {
    const auto duration = parse_grpc_timeout(*timeout);
    if (!duration) {
      fail_grpc(stream, {kGrpcInternal, "malformed grpc-timeout", ""}, "malformed");
      return;
    }
    stream.has_client_deadline = true;
    stream.deadline = now() + *duration;
  }
  expect_at(stream.deadline);
  stream.plan.route = site_.router().match(request.method, request.path, true).route;
  if (stream.plan.route == nullptr) {
    fail_grpc(stream, {kGrpcUnimplemented, "unknown method " + request.path.substr(0, 256), ""},
              "");
    return;
  }
  stream.encoding = request.headers.get("grpc-encoding").value_or("");
  if (!is_identity_encoding(stream.encoding) && !is_supported_encoding(stream.encoding)) {
    const std::string text = "unsupported grpc-encoding: " + stream.encoding.substr(0, 64);
    fail_grpc(stream, {kGrpcUnimplemented, text, ""}, "decompress");
    return;
  }
  const ServerLimits& limits = site_.limits();
  const auto& route_limit = stream.plan.route->body_limit;
  stream.plan.decoded_limit = route_limit.value_or(limits.decoded_body_bytes);
  stream.plan.wire_limit = std::max(limits.body_bytes, route_limit.value_or(0));
  if (is_identity_encoding(stream.encoding)) {
    stream.plan.wire_limit = std::min(stream.plan.wire_limit, stream.plan.decoded_limit);
  }
  stream.message.emplace(stream.plan.wire_limit, site_.budget());
}

void Http2Session::on_data(std::int32_t id, ByteView bytes) {
  Http2Stream* stream = find(static_cast<RequestId>(id));
  if (stream == nullptr || stream->phase != Http2Stream::Phase::kBody) return;
  if (stream->grpc) {
    auto outcome = stream->message->feed(bytes);
    if (outcome) return;
    const Error& error = outcome.error();
    if (error.code == ErrorCode::kUnavailable) {
      fail_grpc_busy(*stream, error.message);
    } else {
      fail_grpc(*stream, GrpcStatus::of(error),
                error.code == ErrorCode::kResourceExhausted ? "body_too_large" : "malformed");
    }
  } else if (bytes.size() > stream->plan.wire_limit - stream->body.size()) {
    refuse_stream(*stream, refuse_too_large(stream->plan.wire_limit));
  } else if (!stream->body.append(bytes, stream->plan.wire_limit)) {
    refuse_stream(*stream, refuse_busy());
  }
}

void Http2Session::end_request(Http2Stream& stream) {
  stream.phase = Http2Stream::Phase::kHandling;
  stream.cancel = std::stop_source();
  if (stream.grpc) {
    call_grpc(stream);
    return;
  }
  stream.deadline = now() + site_.limits().handle_time;
  expect_at(stream.deadline);
  stream.request.deadline = {stream.deadline, stream.cancel.get_token()};
  stream.request.body = std::move(stream.body).pin();
  Request request = std::move(stream.request);
  stream.request = Request();
  if (site_.cors()) stream.request.headers = request.headers;
  const std::int32_t id = stream.id;
  ++unanswered_;
  auto refusal =
      call_handler(site_, mailbox_, static_cast<RequestId>(id), stream.plan, std::move(request));
  if (!refusal) return;
  --unanswered_;
  refuse_stream(stream, *std::move(refusal));
}

// The message, decompressed; nullopt when the call has been failed instead.
std::optional<PinnedBytes> Http2Session::take_message(Http2Stream& stream) {
  if (auto outcome = stream.message->finish(); !outcome) {
    fail_grpc(stream, GrpcStatus::of(outcome.error()), "malformed");
    return std::nullopt;
  }
  const bool compressed = stream.message->compressed();
  PinnedBytes message = stream.message->take();
  if (!compressed) return message;
  if (is_identity_encoding(stream.encoding)) {
    fail_grpc(stream, {kGrpcInternal, "a compressed message without grpc-encoding", ""},
              "malformed");
    return std::nullopt;
  }
  auto decoded =
      decompress(stream.encoding, message.view, stream.plan.decoded_limit, site_.budget());
  if (decoded) return *std::move(decoded);
  const Error& error = decoded.error();
  switch (error.code) {
    case ErrorCode::kUnavailable:
      fail_grpc_busy(stream, error.message);
      break;
    case ErrorCode::kResourceExhausted:
      fail_grpc(stream, GrpcStatus::of(error), "body_too_large");
      break;
    default:
      fail_grpc(stream, {kGrpcInternal, error.message, ""}, "decompress");
      break;
  }
  return std::nullopt;
}

void Http2Session::call_grpc(Http2Stream& stream) {
  auto message = take_message(stream);
  if (!message) return;
  Request request = std::move(stream.request);
  stream.request = Request();
  request.body = *std::move(message);
  request.deadline = {stream.deadline, stream.cancel.get_token()};
  ExchangeOptions options;
  options.id = static_cast<RequestId>(stream.id);
  options.grpc = true;
  options.stream_buffer_bytes = site_.limits().stream_buffer_bytes;
  if (stream.has_client_deadline) options.stream_until = stream.deadline;
  ++unanswered_;
  stream.plan.route->handler(std::move(request),
                             make_responder(mailbox_, site_.budget(), std::move(options)));
}

void Http2Session::fail_grpc_busy(Http2Stream& stream, const std::string& message) {
  fail_grpc(stream, exhausted_retry_later(message, std::chrono::seconds(1)), "buffered_bytes");
}

void Http2Session::refuse_stream(Http2Stream& stream, Refusal refusal) {
  if (!refusal.reason.empty()) site_.count_refused(refusal.reason);
  add_site_headers(site_, stream.request.headers, refusal.response);
  stream.grpc = false;  // an HTTP answer, whatever the content type was
  submit_http(stream, std::move(refusal.response), false);
}

// Some time of the stream has run out.
void Http2Session::expire(Http2Stream& stream) {
  if (stream.phase == Http2Stream::Phase::kAnswering && !stream.outgoing.empty() &&
      !(stream.has_client_deadline && now() >= stream.deadline)) {
    site_.count_refused("timeout");  // the client does not take its answer
    stream.abandon();
    reset(stream.id, NGHTTP2_CANCEL);
    stream.outgoing.clear();
    return;
  }
  stream.cancel.request_stop();
  const bool receiving = stream.phase == Http2Stream::Phase::kBody;
  if (stream.grpc) {
    const char* text =
        receiving ? "the request took too long to arrive" : "the deadline has passed";
    fail_grpc(stream, {kGrpcDeadlineExceeded, text, ""}, "timeout");
  } else if (receiving) {
    refuse_stream(stream, refuse(408, "the request's body took too long", "timeout"));
  } else {
    refuse_stream(stream,
                  {Response::failure(deadline_exceeded("the request took too long")), "timeout"});
  }
}

}  // namespace cairn::net
