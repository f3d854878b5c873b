// SPDX-License-Identifier: Apache-2.0
#include "net/testing/http2_client.h"

#include <array>
#include <cstdlib>
#include <cstring>

#include <nghttp2/nghttp2.h>
#include <sys/socket.h>

#include "net/grpc/message_reader.h"
#include "net/testing/raw_client.h"

namespace cairn::net::testing {

struct Http2Client::State {
  explicit State(std::uint16_t port) : client(port) {}
  ~State() { nghttp2_session_del(session); }

  struct Body {
    std::string bytes;
    std::size_t sent = 0;
    bool end = true;
  };
  RawClient client;
  nghttp2_session* session = nullptr;
  std::map<std::int32_t, Http2Answer> answers;
  std::map<std::int32_t, Body> bodies;
  std::optional<std::uint32_t> goaway;
};

namespace {

using State = Http2Client::State;

std::string text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
              std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
              std::uint8_t, void* user) {
  Http2Answer& answer = static_cast<State*>(user)->answers[frame->hd.stream_id];
  const std::string key = text(name, name_size);
  if (key == ":status") answer.status = std::atoi(text(value, value_size).c_str());
  answer.headers[key] = text(value, value_size);
  return 0;
}

int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
            std::size_t size, void* user) {
  static_cast<State*>(user)->answers[id].body += text(data, size);
  return 0;
}

int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  State& state = *static_cast<State*>(user);
  if (frame->hd.type == NGHTTP2_GOAWAY) state.goaway = frame->goaway.error_code;
  if (frame->hd.type == NGHTTP2_RST_STREAM) {
    state.answers[frame->hd.stream_id].reset = frame->rst_stream.error_code;
  }
  return 0;
}

int on_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
  static_cast<State*>(user)->answers[id].closed = true;
  return 0;
}

ssize_t read_body(nghttp2_session*, std::int32_t id, std::uint8_t* to, std::size_t size,
                  std::uint32_t* flags, nghttp2_data_source* source, void*) {
  State::Body& body = static_cast<State*>(source->ptr)->bodies[id];
  const std::size_t count = std::min(size, body.bytes.size() - body.sent);
  std::memcpy(to, body.bytes.data() + body.sent, count);
  body.sent += count;
  if (body.sent < body.bytes.size()) return static_cast<ssize_t>(count);
  if (body.end) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  } else if (count == 0) {
    return NGHTTP2_ERR_DEFERRED;
  }
  return static_cast<ssize_t>(count);
}

}  // namespace

int Http2Answer::grpc_status() const {
  const auto found = headers.find("grpc-status");
  return found == headers.end() ? -1 : std::atoi(found->second.c_str());
}

Http2Client::Http2Client(std::uint16_t port, bool reads) : state_(std::make_unique<State>(port)) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_no_auto_window_update(option, reads ? 0 : 1);
  nghttp2_session_client_new2(&state_->session, callbacks, state_.get(), option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(state_->session, NGHTTP2_FLAG_NONE, nullptr, 0);
}

Http2Client::~Http2Client() = default;

FieldPairs Http2Client::request(std::string_view method, std::string_view path) {
  return {{":method", std::string(method)},
          {":scheme", "http"},
          {":authority", "test"},
          {":path", std::string(path)}};
}

FieldPairs Http2Client::grpc_request(std::string_view path) {
  FieldPairs fields = request("POST", path);
  fields.emplace_back("content-type", "application/grpc");
  fields.emplace_back("te", "trailers");
  return fields;
}

std::string Http2Client::framed(std::string_view message, char flag) {
  std::string frame = message_prefix(message.size());
  frame[0] = flag;
  frame += message;
  return frame;
}

std::int32_t Http2Client::start(FieldPairs fields, std::string body, bool end) {
  std::vector<nghttp2_nv> values;
  for (auto& [name, value] : fields) {
    values.push_back({reinterpret_cast<std::uint8_t*>(name.data()),
                      reinterpret_cast<std::uint8_t*>(value.data()), name.size(), value.size(),
                      NGHTTP2_NV_FLAG_NONE});
  }
  const bool bodiless = body.empty() && end;
  nghttp2_data_provider provider{};
  provider.source.ptr = state_.get();
  provider.read_callback = read_body;
  const std::int32_t id =
      nghttp2_submit_request(state_->session, nullptr, values.data(), values.size(),
                             bodiless ? nullptr : &provider, nullptr);
  state_->bodies[id] = {std::move(body), 0, end};
  flush();
  return id;
}

std::int32_t Http2Client::call(std::string_view path, std::string_view message, FieldPairs more) {
  FieldPairs fields = grpc_request(path);
  fields.insert(fields.end(), more.begin(), more.end());
  return start(std::move(fields), framed(message));
}

bool Http2Client::flush() {
  while (true) {
    const std::uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(state_->session, &data);
    if (size <= 0) return size == 0;
    if (!state_->client.send(text(data, static_cast<std::size_t>(size)))) return false;
  }
}

bool Http2Client::read_some() {
  flush();  // may fail: the server's last words can still be read
  std::array<std::uint8_t, 65536> buffer{};
  const ssize_t got = ::recv(state_->client.descriptor(), buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  return nghttp2_session_mem_recv(state_->session, buffer.data(), static_cast<std::size_t>(got)) >=
         0;
}

Http2Answer Http2Client::wait(std::int32_t id) {
  while (!state_->answers[id].closed && read_some()) {
  }
  flush();
  return state_->answers[id];
}

void Http2Client::wait_body(std::int32_t id, std::size_t bytes) {
  while (state_->answers[id].body.size() < bytes && read_some()) {
  }
}

bool Http2Client::take_one_byte(std::int32_t id) {
  nghttp2_submit_window_update(state_->session, NGHTTP2_FLAG_NONE, 0, 1);
  nghttp2_submit_window_update(state_->session, NGHTTP2_FLAG_NONE, id, 1);
  return read_some() && !state_->answers[id].closed;
}

void Http2Client::reset(std::int32_t id) {
  nghttp2_submit_rst_stream(state_->session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  flush();
}

void Http2Client::ping() {
  nghttp2_submit_ping(state_->session, NGHTTP2_FLAG_NONE, nullptr);
  flush();
}

std::optional<std::uint32_t> Http2Client::wait_goaway() {
  while (read_some()) {
  }
  return state_->goaway;
}

}  // namespace cairn::net::testing
