// SPDX-License-Identifier: Apache-2.0
//
// A blocking TCP client for tests that sends exactly what it is told. Every wait ends after ten
// seconds, so that a broken server fails a test instead of hanging it.
// Thread rule: one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace cairn::net::testing {

class RawClient {
 public:
  // Connects to 127.0.0.1; a failure shows as closed().
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the server has gone.
  bool send(std::string_view bytes);
  void end_sending();
  // As a crashed client would: the connection is reset, not closed.
  void abort();
  // A small receive buffer, for slow readers; call before the first read.
  void shrink_receive_buffer();

  // Reads until `text` is in what was received and not consumed; returns all of that, up to and
  // with `text`. What was received so far when the connection ends first.
  std::string read_until(std::string_view text);
  std::string read_exactly(std::size_t bytes);
  // Everything until the server closes.
  std::string read_to_end();
  // True once the server has closed or reset the connection; waits for it.
  bool wait_closed();
  int descriptor() const { return descriptor_; }

 private:
  bool fill();

  int descriptor_ = -1;
  std::string buffer_;
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;                            // chunks undone
  bool complete = false;                       // false: the connection ended within it
};

// Reads one HTTP/1.1 answer; `head_only` for HEAD.
HttpAnswer read_answer(RawClient& client, bool head_only = false);

}  // namespace cairn::net::testing
