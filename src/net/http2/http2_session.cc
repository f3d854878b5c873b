// SPDX-License-Identifier: Apache-2.0
#include "net/http2/http2_session.h"

#include <array>

#include "base/check.h"
#include "net/connection/mailbox.h"
#include "net/connection/write_queue.h"

namespace cairn::net {
namespace {

// Large, so that a sender never waits for us; what may pile up is bounded by the byte budget.
constexpr std::uint32_t kStreamWindow = 4 << 20;
constexpr std::int32_t kConnectionWindow = 16 << 20;
constexpr std::uint32_t kMaxFrame = 1 << 20;
// Output is taken from nghttp2 while less than this waits for the socket...
constexpr std::size_t kFillBytes = 256_KiB;
// ...and input is left alone while more than this does: a peer that never reads gets no answers.
constexpr std::size_t kUnsentBytes = 1_MiB;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

// nghttp2 calls these from within its receive and send functions; none may throw.
struct Http2Callbacks {
  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }
  static std::string_view text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
  }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    const bool opened = self(user).open_stream(frame->hd.stream_id);
    return opened ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                    std::uint8_t, void* user) {
    if (!self(user).admit_field(name_size + value_size)) {
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // the block's other fields are not told
    }
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    self(user).on_header(frame->hd.stream_id, text(name, name_size), text(value, value_size));
    return 0;
  }
  static int begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* user) {
    if (head->type != NGHTTP2_HEADERS) return 0;
    self(user).head_since_ = now();
    self(user).block_bytes_ = 0;
    return 0;
  }
  static int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    self(user).on_frame(*frame);
    return 0;
  }
  static int frame_refused(nghttp2_session*, const nghttp2_frame*, int, void* user) {
    self(user).site_.count_refused("malformed");
    return 0;
  }
  static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                  std::size_t size, void* user) {
    self(user).on_data(id, as_bytes(text(bytes, size)));
    return 0;
  }
  static int sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    self(user).on_sent(*frame);
    return 0;
  }
  static int closed(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
    self(user).on_closed(id);
    return 0;
  }

  static nghttp2_session_callbacks* make() {
    nghttp2_session_callbacks* made = nullptr;
    CAIRN_CHECK(nghttp2_session_callbacks_new(&made) == 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(made, header);
    nghttp2_session_callbacks_set_on_begin_frame_callback(made, begin_frame);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, frame_received);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, frame_refused);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, data);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, closed);
    return made;
  }

  static nghttp2_session* make_session(Http2Session& session, const ServerLimits& limits) {
    static nghttp2_session_callbacks* const kCallbacks = make();
    nghttp2_option* option = nullptr;
    CAIRN_CHECK(nghttp2_option_new(&option) == 0);
    // Our own count comes first; nghttp2's must not close what our limit allows.
    nghttp2_option_set_stream_reset_rate_limit(option, limits.resets_per_second * 2ULL + 1000,
                                               limits.resets_per_second * 2ULL);
    nghttp2_session* made = nullptr;
    CAIRN_CHECK(nghttp2_session_server_new2(&made, kCallbacks, &session, option) == 0);
    nghttp2_option_del(option);
    return made;
  }
};

Http2Session::Http2Session(SessionContext context)
    : site_(context.site),
      mailbox_(std::move(context.mailbox)),
      out_(context.out),
      peer_(std::move(context.peer)),
      idle_since_(now()),
      head_since_(idle_since_),
      session_(Http2Callbacks::make_session(*this, site_.limits())) {
  const ServerLimits& limits = site_.limits();
  const std::array<nghttp2_settings_entry, 4> settings = {{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, static_cast<std::uint32_t>(limits.streams)},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, kMaxFrame},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits.header_bytes)},
  }};
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

Http2Session::~Http2Session() = default;

void Http2Session::on_bytes(ByteView bytes) {
  if (failed_) return;
  const ssize_t used = nghttp2_session_mem_recv(session_.get(), as_uint8(bytes), bytes.size());
  if (used >= 0) return;
  // A bad preface or a flood: what nghttp2 has queued (GOAWAY) is still sent.
  site_.count_refused("malformed");
  fill();
  failed_ = true;
}

void Http2Session::fill() {
  while (out_.size() < kFillBytes && !failed_) {
    const std::uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
    if (size < 0) failed_ = true;
    if (size <= 0) return;
    out_.copy(Http2Callbacks::text(data, static_cast<std::size_t>(size)));
  }
}

bool Http2Session::wants_read() const {
  return !failed_ && out_.size() < kUnsentBytes && nghttp2_session_want_read(session_.get()) != 0;
}

bool Http2Session::finished() const {
  return failed_ || (nghttp2_session_want_read(session_.get()) == 0 &&
                     nghttp2_session_want_write(session_.get()) == 0);
}

void Http2Session::on_gone() {
  failed_ = true;
  for (auto& [id, stream] : streams_) stream.abandon();
  streams_.clear();
}

void Http2Session::start_drain() {
  if (draining_) return;
  draining_ = true;
  // Two steps, so that requests already on their way are served: an announcement, then, when its
  // ping has come back, the final GOAWAY (RFC 9113, "GOAWAY").
  nghttp2_submit_shutdown_notice(session_.get());
  nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
}

void Http2Session::on_frame(const nghttp2_frame& frame) {
  const bool end_of_stream = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  const ServerLimits& limits = site_.limits();
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA: {
      if (frame.hd.type == NGHTTP2_HEADERS) head_since_ = TimePoint::max();
      Http2Stream* stream = find(static_cast<RequestId>(frame.hd.stream_id));
      if (stream == nullptr) return;
      if (end_of_stream) stream->received = true;
      if (stream->phase == Http2Stream::Phase::kHead) begin_request(*stream);
      if (end_of_stream && stream->phase == Http2Stream::Phase::kBody) end_request(*stream);
      return;
    }
    case NGHTTP2_RST_STREAM:
      count_abuse(resets_, limits.resets_per_second, "resets");
      return;
    case NGHTTP2_SETTINGS:
      head_since_ = TimePoint::max();
      count_abuse(pings_, limits.pings_per_second, "pings");
      return;
    case NGHTTP2_PING:
      if (draining_ && (frame.hd.flags & NGHTTP2_FLAG_ACK) != 0) {
        nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                              nghttp2_session_get_last_proc_stream_id(session_.get()),
                              NGHTTP2_NO_ERROR, nullptr, 0);
      }
      count_abuse(pings_, limits.pings_per_second, "pings");
      return;
    default:
      return;
  }
}

void Http2Session::count_abuse(RateLimit& rate, std::uint32_t limit, std::string_view reason) {
  if (rate.allow(limit, now())) return;
  site_.count_refused(reason);
  nghttp2_session_terminate_session(session_.get(), NGHTTP2_ENHANCE_YOUR_CALM);
}

void Http2Session::on_sent(const nghttp2_frame& frame) {
  if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return;
  const Http2Stream* stream = find(static_cast<RequestId>(frame.hd.stream_id));
  // Answered early: the client may stop sending the request.
  if (stream != nullptr && !stream->received) reset(stream->id, NGHTTP2_NO_ERROR);
}

void Http2Session::on_closed(std::int32_t id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  found->second.abandon();
  streams_.erase(found);
  if (streams_.empty()) idle_since_ = now();
}

TimePoint Http2Session::next_time() const {
  if (failed_) return TimePoint::max();
  TimePoint next = next_time_;
  if (streams_.empty()) next = std::min(next, idle_since_ + site_.limits().idle_time);
  if (head_since_ != TimePoint::max()) {
    next = std::min(next, head_since_ + site_.limits().header_time);
  }
  return next;
}

void Http2Session::on_time(TimePoint at) {
  const ServerLimits& limits = site_.limits();
  if (head_since_ != TimePoint::max() && at >= head_since_ + limits.header_time) {
    head_since_ = TimePoint::max();
    site_.count_refused("timeout");
    nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR);
  } else if (streams_.empty() && at >= idle_since_ + limits.idle_time) {
    idle_since_ = at;
    nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR);
  }
  next_time_ = TimePoint::max();
  for (auto& [id, stream] : streams_) {
    if (at >= stream.next_time(limits.write_time)) expire(stream);
    expect_at(stream.next_time(limits.write_time));
  }
}

std::unique_ptr<Session> make_http2_session(SessionContext context) {
  return std::make_unique<Http2Session>(std::move(context));
}

}  // namespace cairn::net
