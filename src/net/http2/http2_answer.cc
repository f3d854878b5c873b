// SPDX-License-Identifier: Apache-2.0
//
// The answering half of Http2Session.
#include "net/encoding/decompress.h"
#include "net/http/fields.h"
#include "net/http2/http2_session.h"

namespace cairn::net {
namespace {

TimePoint now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

std::vector<nghttp2_nv> to_nghttp2(const FieldList& fields) {
  std::vector<nghttp2_nv> made;
  made.reserve(fields.size());
  for (const auto& [name, value] : fields) {
    // NOLINTNEXTLINE: nghttp2_nv is not const-correct; nobody writes through it
    made.push_back({const_cast<std::uint8_t*>(as_uint8(as_bytes(name))),
                    const_cast<std::uint8_t*>(as_uint8(as_bytes(value))),  // NOLINT
                    name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  return made;
}

Http2Stream* Http2Session::find(RequestId id) {
  const auto found = streams_.find(static_cast<std::int32_t>(id));
  return found == streams_.end() ? nullptr : &found->second;
}

void Http2Session::reset(std::int32_t id, std::uint32_t code) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, code);
}

void Http2Session::answer(RequestId id, Response response) {
  --unanswered_;
  Http2Stream* stream = find(id);
  if (stream == nullptr || stream->phase != Http2Stream::Phase::kHandling) return;
  if (!stream->grpc) {
    submit_http(*stream, std::move(response), false);
  } else if (response.error) {
    finish_grpc(*stream, GrpcStatus::of(*response.error, std::move(response.error_details)));
  } else {
    submit_grpc_head(*stream);
    add_message(*stream, std::move(response.body));
    finish_grpc(*stream, {});
  }
}

void Http2Session::start_stream(RequestId id, Response head, std::shared_ptr<StreamGate> gate) {
  --unanswered_;
  Http2Stream* stream = find(id);
  if (stream == nullptr || stream->phase != Http2Stream::Phase::kHandling) {
    gate->shut();
    return;
  }
  stream->gate = std::move(gate);
  if (stream->grpc) {
    submit_grpc_head(*stream);
  } else {
    submit_http(*stream, std::move(head), true);
  }
}

void Http2Session::stream_piece(RequestId id, PinnedBytes piece) {
  Http2Stream* stream = find(id);
  if (stream == nullptr || !stream->gate || stream->ended) return;
  if (stream->grpc) {
    add_message(*stream, std::move(piece));
  } else if (!stream->head_only) {
    if (stream->outgoing.empty()) stream->start_progress(now());
    stream->outgoing.add(std::move(piece));
    resume(*stream);
  }
}

void Http2Session::end_stream(RequestId id, Result<void> outcome) {
  Http2Stream* stream = find(id);
  if (stream == nullptr || !stream->gate || stream->ended) return;
  if (stream->has_client_deadline && now() >= stream->deadline) {
    expire(*stream);  // the producer may have stopped because of it, just before our timer
  } else if (stream->grpc) {
    finish_grpc(*stream, outcome ? GrpcStatus() : GrpcStatus::of(outcome.error()));
  } else if (outcome) {
    stream->ended = true;
    resume(*stream);
  } else {
    stream->ended = true;
    reset(stream->id, NGHTTP2_INTERNAL_ERROR);
  }
}

void Http2Session::cancel_stream(RequestId id) {
  Http2Stream* stream = find(id);
  if (stream == nullptr || !stream->gate || stream->ended) return;
  if (stream->grpc) {
    finish_grpc(*stream, {kGrpcCancelled, "the server gave up", ""});
  } else {
    stream->ended = true;
    reset(stream->id, NGHTTP2_INTERNAL_ERROR);
  }
}

void Http2Session::submit_http(Http2Stream& stream, Response response, bool streamed) {
  const bool bodiless = response.status == 204 || response.status == 304;
  FieldList fields;
  fields.reserve(response.headers.size() + 3);
  fields.emplace_back(":status", std::to_string(response.status));
  fields.emplace_back("date", http_date());
  for (const auto& [name, value] : response.headers) {
    std::string clean_name;
    std::string clean_value;
    append_clean(clean_name, lower_case(name));
    append_clean(clean_value, value);
    if (is_connection_header(clean_name)) continue;
    fields.emplace_back(std::move(clean_name), std::move(clean_value));
  }
  if (!streamed && !bodiless) {
    fields.emplace_back("content-length", std::to_string(response.body.size()));
  }
  site_.count_request(Protocol::kHttp2, response.status);
  const bool with_body = !stream.head_only && !bodiless && (streamed || !response.body.empty());
  stream.ended = !streamed;
  if (with_body && !streamed) stream.outgoing.add(std::move(response.body));
  submit_head(stream, fields, with_body);
  if (!with_body && streamed) stream.ended = true;
}

void Http2Session::submit_grpc_head(Http2Stream& stream) {
  submit_head(stream,
              {{":status", "200"},
               {"content-type", "application/grpc"},
               {"grpc-accept-encoding", std::string(kGrpcAcceptEncoding)}},
              true);
}

void Http2Session::add_message(Http2Stream& stream, PinnedBytes message) {
  if (stream.outgoing.empty()) stream.start_progress(now());
  stream.outgoing.add(PinnedBytes::own(message_prefix(message.size())));
  stream.outgoing.add(std::move(message));
  resume(stream);
}

// Trailers behind the messages, or trailers alone when nothing was sent yet.
void Http2Session::finish_grpc(Http2Stream& stream, const GrpcStatus& status) {
  site_.count_request(Protocol::kGrpc, status.code);
  FieldList trailers = to_trailers(status);
  stream.ended = true;
  if (stream.head_sent) {
    stream.trailers = std::move(trailers);
    resume(stream);
    return;
  }
  FieldList fields = {{":status", "200"}, {"content-type", "application/grpc"}};
  if (status.code == kGrpcUnimplemented) {
    fields.emplace_back("grpc-accept-encoding", kGrpcAcceptEncoding);
  }
  std::move(trailers.begin(), trailers.end(), std::back_inserter(fields));
  submit_head(stream, fields, false);
}

// Ends a call from our side; messages not sent yet are dropped.
void Http2Session::fail_grpc(Http2Stream& stream, const GrpcStatus& status,
                             std::string_view reason) {
  if (!reason.empty()) site_.count_refused(reason);
  stream.message.reset();
  stream.abandon();
  if (stream.outgoing.empty()) {
    if (!stream.ended) finish_grpc(stream, status);
    return;
  }
  // The client gives no credit, so trailers would wait behind the data for ever.
  if (!stream.ended) site_.count_request(Protocol::kGrpc, status.code);
  stream.ended = true;
  stream.outgoing.clear();
  reset(stream.id, NGHTTP2_CANCEL);
}

void Http2Session::submit_head(Http2Stream& stream, const FieldList& fields, bool with_body) {
  stream.phase = Http2Stream::Phase::kAnswering;
  stream.head_sent = true;
  stream.body = RawBuffer();
  stream.start_progress(now());
  const std::vector<nghttp2_nv> names_and_values = to_nghttp2(fields);
  nghttp2_data_provider provider{};
  provider.source.ptr = this;
  provider.read_callback = [](nghttp2_session*, std::int32_t id, std::uint8_t* to, std::size_t size,
                              std::uint32_t* flags, nghttp2_data_source* source, void*) {
    return static_cast<Http2Session*>(source->ptr)->read_body(id, {to, size}, *flags);
  };
  nghttp2_submit_response(session_.get(), stream.id, names_and_values.data(),
                          names_and_values.size(), with_body ? &provider : nullptr);
  expect_at(stream.next_time(site_.limits().write_time));
}

void Http2Session::resume(Http2Stream& stream) {
  expect_at(stream.next_time(site_.limits().write_time));
  if (!stream.deferred) return;
  stream.deferred = false;
  nghttp2_session_resume_data(session_.get(), stream.id);
}

ssize_t Http2Session::read_body(std::int32_t id, std::span<std::uint8_t> to, std::uint32_t& flags) {
  Http2Stream* stream = find(static_cast<RequestId>(id));
  if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const std::size_t taken = stream->outgoing.take(to);
  stream->left += taken;
  if (stream->left >= kLeastProgress) stream->start_progress(now());
  if (!stream->outgoing.empty() || !stream->ended) {
    if (taken > 0) return static_cast<ssize_t>(taken);
    stream->deferred = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  flags |= NGHTTP2_DATA_FLAG_EOF;
  if (!stream->trailers.empty()) {
    flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    const std::vector<nghttp2_nv> fields = to_nghttp2(stream->trailers);
    nghttp2_submit_trailer(session_.get(), id, fields.data(), fields.size());
  }
  return static_cast<ssize_t>(taken);
}

}  // namespace cairn::net
