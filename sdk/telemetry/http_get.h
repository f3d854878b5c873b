// SPDX-License-Identifier: Apache-2.0
//
// HttpGet: fetches small documents, and can be told to give up from another thread.
//
// Wraps libcurl. get() is for one thread; cancel() for any.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace cairn::telemetry {

struct HttpAnswer {
  long status = 0;    // 0: none came
  std::string error;  // why there is no status, or the body is not whole
  std::string body;
};

class HttpGet {
 public:
  // Bodies above `max_body` bytes, and heads above 64 KiB, are errors.
  explicit HttpGet(std::size_t max_body);
  ~HttpGet();
  HttpGet(const HttpGet&) = delete;
  HttpGet& operator=(const HttpGet&) = delete;

  // Follows no redirect. Back after `timeout` (at most a day), or soon after cancel(), whatever the
  // network does.
  HttpAnswer get(const std::string& url, std::chrono::milliseconds timeout);
  // The running get() and all later ones fail.
  void cancel() noexcept;

 private:
  class Connection;
  const pid_t owner_;
  std::unique_ptr<Connection> connection_;
};

// `text` with everything but letters, digits and -._~ as %XX.
std::string url_escaped(std::string_view text);

}  // namespace cairn::telemetry
