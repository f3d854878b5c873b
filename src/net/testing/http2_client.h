// SPDX-License-Identifier: Apache-2.0
//
// A blocking HTTP/2 and gRPC client for tests, over one connection. Every wait ends after ten
// seconds without bytes.
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::net::testing {

using FieldPairs = std::vector<std::pair<std::string, std::string>>;

struct Http2Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // and trailers
  std::string body;
  bool closed = false;                 // the stream has ended, one way or the other
  std::optional<std::uint32_t> reset;  // the code of the server's RST_STREAM

  // grpc-status, or -1.
  int grpc_status() const;
};

class Http2Client {
 public:
  // `reads`: false gives the server no flow-control credit beyond the first 64 KiB.
  explicit Http2Client(std::uint16_t port, bool reads = true);
  ~Http2Client();

  // Sends a request; without `end`, its body stays open.
  std::int32_t start(FieldPairs fields, std::string body = {}, bool end = true);
  std::int32_t get(std::string_view path) { return start(request("GET", path)); }
  // A unary call with that message in its frame.
  std::int32_t call(std::string_view path, std::string_view message, FieldPairs more = {});

  // Sends what is queued, then reads until the stream has closed.
  Http2Answer wait(std::int32_t id);
  // Reads until so many body bytes of the stream came.
  void wait_body(std::int32_t id, std::size_t bytes);
  // Gives the server credit for one byte of the stream, then reads what comes; for `reads` = false.
  // False when the stream or the connection has ended.
  bool take_one_byte(std::int32_t id);
  void reset(std::int32_t id);
  void ping();
  // Sends what is queued. False when the connection is gone.
  bool flush();
  // Reads to the end; the code of the last GOAWAY, or nullopt.
  std::optional<std::uint32_t> wait_goaway();

  static FieldPairs request(std::string_view method, std::string_view path);
  static FieldPairs grpc_request(std::string_view path);
  // `flag` | length | message.
  static std::string framed(std::string_view message, char flag = 0);

  struct State;

 private:
  bool read_some();
  std::unique_ptr<State> state_;
};

}  // namespace cairn::net::testing
