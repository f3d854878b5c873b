// SPDX-License-Identifier: Apache-2.0
//
// OTLP over gRPC: HTTP/2 without TLS, framed by nghttp2. Request bytes are never copied: nghttp2
// makes the frame headers, and writev sends them between slices of the request itself.
// Source: gRPC over HTTP2, "Requests" and "Responses".
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <system_error>

#include <nghttp2/nghttp2.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "bench/load/connection.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kMostFrame = 1_MiB;
constexpr std::size_t kMostQueued = 2_MiB;  // frames waiting for the socket
constexpr std::size_t kMostResponse = 64_KiB;
constexpr std::size_t kGrpcPrefix = 5;
constexpr std::size_t kFrameHeader = 9;

struct Stream {
  Request* request = nullptr;  // until it is queued to its end
  std::size_t read = 0;        // of the request's message
  Reply reply;
  std::string response;
  std::string http_status;
  std::string grpc_status;
};

// Bytes on their way to the socket: either own ones or a slice of a request.
struct Segment {
  std::string own;
  std::string_view borrowed;
  Request* ends = nullptr;  // the request whose last byte this is

  std::string_view bytes() const { return own.empty() ? borrowed : own; }
};

class GrpcConnection final : public Connection {
 public:
  GrpcConnection(int fd, const ConnectionOptions& options, ReplySink& sink)
      : Connection(fd), options_(options), sink_(sink), authority_(options.endpoint.authority()) {}
  ~GrpcConnection() override { nghttp2_session_del(session_); }

  Result<void> open();
  bool can_start() const override { return streams_.size() < options_.in_flight; }
  bool wants_write() const override { return !queue_.empty(); }
  std::size_t in_flight() const override { return streams_.size(); }
  void start(Request& request) override;
  Result<void> read() override;
  Result<void> write() override;

 private:
  static GrpcConnection& self(void* user) { return *static_cast<GrpcConnection*>(user); }
  static nghttp2_session_callbacks* callbacks();
  static ssize_t on_send(nghttp2_session*, const uint8_t* data, size_t size, int, void* user);
  static int on_send_data(nghttp2_session*, nghttp2_frame* frame, const uint8_t* head, size_t size,
                          nghttp2_data_source*, void* user);
  static ssize_t on_read_source(nghttp2_session*, int32_t id, uint8_t*, size_t length,
                                uint32_t* flags, nghttp2_data_source*, void* user);
  static ssize_t on_frame_size(nghttp2_session*, uint8_t, int32_t, int32_t session_window,
                               int32_t stream_window, uint32_t most_frame, void*);
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                       size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                       void* user);
  static int on_data(nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size,
                     void* user);
  static int on_close(nghttp2_session*, int32_t id, uint32_t code, void* user);

  Stream* find(int32_t id) {
    const auto it = streams_.find(id);
    return it == streams_.end() ? nullptr : &it->second;
  }
  void queue(Segment segment) {
    queued_ += segment.bytes().size();
    queue_.push_back(std::move(segment));
  }
  Result<void> frame_more();
  void drop_written(std::size_t size);
  void close_stream(int32_t id, uint32_t code);
  void give_up(Request& request);

  const ConnectionOptions options_;
  ReplySink& sink_;
  const std::string authority_;
  nghttp2_session* session_ = nullptr;
  std::map<int32_t, Stream> streams_;
  std::deque<Segment> queue_;
  std::size_t queued_ = 0;   // bytes in queue_
  std::size_t written_ = 0;  // of queue_'s first segment
};

nghttp2_session_callbacks* GrpcConnection::callbacks() {
  nghttp2_session_callbacks* made = nullptr;
  nghttp2_session_callbacks_new(&made);
  nghttp2_session_callbacks_set_send_callback(made, on_send);
  nghttp2_session_callbacks_set_send_data_callback(made, on_send_data);
  nghttp2_session_callbacks_set_data_source_read_length_callback(made, on_frame_size);
  nghttp2_session_callbacks_set_on_header_callback(made, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(made, on_close);
  return made;
}

Result<void> GrpcConnection::open() {
  nghttp2_session_callbacks* made = callbacks();
  const int failed = nghttp2_session_client_new(&session_, made, this);
  nghttp2_session_callbacks_del(made);
  if (failed != 0) return internal_error(nghttp2_strerror(failed));
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  return write();
}

void GrpcConnection::start(Request& request) {
  const auto header = [](std::string_view name, std::string_view value) {
    // nghttp2 only reads; its fields have no const form.
    return nghttp2_nv{reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                      reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(),
                      value.size(), NGHTTP2_NV_FLAG_NONE};
  };
  std::array headers = {
      header(":method", "POST"),
      header(":scheme", "http"),
      header(":path", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"),
      header(":authority", authority_),
      header("te", "trailers"),
      header("content-type", "application/grpc"),
      header("user-agent", "cairn-load"),
      header("grpc-encoding", to_text(options_.encoding)),
  };
  nghttp2_data_provider source{};
  source.read_callback = on_read_source;
  const int32_t id =
      nghttp2_submit_request(session_, nullptr, headers.data(), headers.size(), &source, nullptr);
  Stream stream;
  stream.request = &request;
  stream.reply.spans = request.spans();
  stream.reply.started = std::chrono::steady_clock::now();
  if (id < 0) {
    stream.reply.error = nghttp2_strerror(id);
    sink_.on_sent(request);
    sink_.on_reply(stream.reply);
    return;
  }
  streams_.emplace(id, std::move(stream));
}

ssize_t GrpcConnection::on_send(nghttp2_session*, const uint8_t* data, size_t size, int,
                                void* user) {
  GrpcConnection& connection = self(user);
  if (connection.queued_ >= kMostQueued) return NGHTTP2_ERR_WOULDBLOCK;
  Segment segment;
  segment.own.assign(reinterpret_cast<const char*>(data), size);
  connection.queue(std::move(segment));
  return static_cast<ssize_t>(size);
}

ssize_t GrpcConnection::on_frame_size(nghttp2_session*, uint8_t, int32_t, int32_t session_window,
                                      int32_t stream_window, uint32_t most_frame, void*) {
  const std::int64_t size = std::min({std::int64_t{session_window}, std::int64_t{stream_window},
                                      std::int64_t{most_frame}, std::int64_t{kMostFrame}});
  return static_cast<ssize_t>(size);
}

ssize_t GrpcConnection::on_read_source(nghttp2_session*, int32_t id, uint8_t*, size_t length,
                                       uint32_t* flags, nghttp2_data_source*, void* user) {
  const Stream* stream = self(user).find(id);
  if (stream == nullptr || stream->request == nullptr) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  const std::size_t left = stream->request->grpc_message().size() - stream->read;
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (left <= length) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(std::min(left, length));
}

int GrpcConnection::on_send_data(nghttp2_session*, nghttp2_frame* frame, const uint8_t* head,
                                 size_t size, nghttp2_data_source*, void* user) {
  GrpcConnection& connection = self(user);
  if (connection.queued_ >= kMostQueued) return NGHTTP2_ERR_WOULDBLOCK;
  Stream* stream = connection.find(frame->hd.stream_id);
  if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  Segment frame_head;
  frame_head.own.assign(reinterpret_cast<const char*>(head), kFrameHeader);
  connection.queue(std::move(frame_head));
  Segment slice;
  slice.borrowed = stream->request->grpc_message().substr(stream->read, size);
  stream->read += size;
  if (stream->read == stream->request->grpc_message().size()) {
    slice.ends = stream->request;
    stream->request = nullptr;
  }
  connection.queue(std::move(slice));
  return 0;
}

Result<void> GrpcConnection::frame_more() {
  const int failed = nghttp2_session_send(session_);
  if (failed != 0) return internal_error(nghttp2_strerror(failed));
  return {};
}

Result<void> GrpcConnection::write() {
  while (true) {
    if (queued_ < kMostQueued) RETURN_IF_ERROR(frame_more());
    if (queue_.empty()) return {};
    std::array<iovec, 64> parts;
    const std::size_t count = std::min(parts.size(), queue_.size());
    for (std::size_t i = 0; i < count; ++i) {
      std::string_view bytes = queue_[i].bytes();
      if (i == 0) bytes.remove_prefix(written_);
      parts[i] = {const_cast<char*>(bytes.data()), bytes.size()};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(fd(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return {};
    if (sent < 0) return unavailable("send: " + std::generic_category().message(errno));
    drop_written(static_cast<std::size_t>(sent));
  }
}

void GrpcConnection::drop_written(std::size_t size) {
  queued_ -= size;
  written_ += size;
  while (!queue_.empty() && written_ >= queue_.front().bytes().size()) {
    written_ -= queue_.front().bytes().size();
    if (queue_.front().ends != nullptr) sink_.on_sent(*queue_.front().ends);
    queue_.pop_front();
  }
}

Result<void> GrpcConnection::read() {
  std::array<uint8_t, 64_KiB> buffer;
  const ssize_t size = ::recv(fd(), buffer.data(), buffer.size(), 0);
  if (size < 0 && errno == EAGAIN) return {};
  if (size < 0) return unavailable("receive: " + std::generic_category().message(errno));
  if (size == 0) return unavailable("connection closed");
  const ssize_t used =
      nghttp2_session_mem_recv(session_, buffer.data(), static_cast<std::size_t>(size));
  if (used < 0) return internal_error(nghttp2_strerror(static_cast<int>(used)));
  return write();
}

int GrpcConnection::on_header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                              size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                              void* user) {
  Stream* stream = self(user).find(frame->hd.stream_id);
  if (stream == nullptr) return 0;
  const std::string_view key(reinterpret_cast<const char*>(name), name_size);
  const std::string_view text(reinterpret_cast<const char*>(value), value_size);
  if (key == ":status") stream->http_status = text;
  if (key == "grpc-status") stream->grpc_status = text;
  return 0;
}

int GrpcConnection::on_data(nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size,
                            void* user) {
  Stream* stream = self(user).find(id);
  if (stream != nullptr && stream->response.size() + size <= kMostResponse) {
    stream->response.append(reinterpret_cast<const char*>(data), size);
  }
  return 0;
}

int GrpcConnection::on_close(nghttp2_session*, int32_t id, uint32_t code, void* user) {
  self(user).close_stream(id, code);
  return 0;
}

// The server closed the stream before it had the whole request. Slices that are queued still point
// into it: it is free when they are written.
void GrpcConnection::give_up(Request& request) {
  if (queue_.empty()) return sink_.on_sent(request);
  Segment nothing;
  nothing.ends = &request;
  queue(std::move(nothing));
}

void GrpcConnection::close_stream(int32_t id, uint32_t code) {
  Stream* stream = find(id);
  if (stream == nullptr) return;
  Reply& reply = stream->reply;
  if (stream->http_status != "200") {
    reply.error = "http " + stream->http_status;
  } else if (stream->grpc_status != "0") {
    reply.error = "grpc " + stream->grpc_status;
  }
  if (stream->http_status.empty() || (stream->grpc_status.empty() && code != NGHTTP2_NO_ERROR)) {
    reply.error = std::string("stream reset: ") + nghttp2_http2_strerror(code);
  }
  if (reply.error.empty() && stream->response.size() > kGrpcPrefix) {
    reply.rejected_spans = rejected_spans(std::string_view(stream->response).substr(kGrpcPrefix));
  }
  if (stream->request != nullptr) give_up(*stream->request);
  sink_.on_reply(reply);
  streams_.erase(id);
}

}  // namespace

Result<std::unique_ptr<Connection>> open_grpc(const ConnectionOptions& options, ReplySink& sink) {
  ASSIGN_OR_RETURN(const int fd, connect_to(options.endpoint));
  auto connection = std::make_unique<GrpcConnection>(fd, options, sink);
  RETURN_IF_ERROR(connection->open());
  return std::unique_ptr<Connection>(std::move(connection));
}

}  // namespace cairn::bench
