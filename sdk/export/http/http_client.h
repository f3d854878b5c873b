// SPDX-License-Identifier: Apache-2.0
//
// HttpClient: posts bodies to one URL, one after the other, over a connection that is kept.
//
// Wraps libcurl, whose types are in no header. HTTP/1.1, or HTTP/2 (prior knowledge for http://,
// ALPN for https://). Follows no redirect, keeps no cookies, raises no signal (SIGPIPE is held back
// while it works), and takes proxies from the environment as curl does. Its sockets are closed on
// exec(). Threads: post() and after_fork_in_child() are the owner's; interrupt() is any thread's.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <cairn/export/exporters.h>

#include "sdk/export/http/segment.h"

namespace cairn::trace::transport {

struct HttpOptions {
  std::string url;     // as parse_url() passed it
  bool http2 = false;  // and nothing else
  std::string user_agent;
  std::vector<std::string> headers;  // sent each time, "Name: value"; "Name;" for an empty value
  TlsOptions tls;
  std::size_t max_response_size = std::size_t{4} << 20;  // of the body
};

struct HttpAnswer {
  int status = 0;          // 0: none came
  bool complete = false;   // the whole answer came; else `error` says why not
  bool connected = false;  // the connection stood, with TLS where asked for
  bool too_large = false;  // the body was larger than max_response_size
  std::string error;
  std::string body;
  std::string content_type;
  std::chrono::seconds retry_after{0};  // from seconds or a date; 0: not said
  // gRPC's, from the trailers, or from the headers when the answer is trailers only. As sent.
  std::string grpc_status;
  std::string grpc_message;
  std::string grpc_status_details;
};

class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Sends one POST. Back soon after the deadline, whatever the network does, resolving names
  // included; the connection is given up then. A kept connection that turns out to be closed is
  // replaced without a word. `header` is one more line ("" for none).
  // Errors: an answer that is not complete.
  HttpAnswer post(const Segments& body, const std::string& header, const ExportDeadline& deadline);
  // A post() under way looks at its deadline again.
  void interrupt() noexcept;
  // Forgets the parent's connections: closes this process's copies of the sockets, on which nothing
  // is sent (no TLS close), and leaks what libcurl held.
  void after_fork_in_child() noexcept;

 private:
  class Connection;
  HttpOptions options_;
  std::unique_ptr<Connection> connection_;
};

struct ParsedUrl {
  std::string url;      // what to connect to
  std::string for_log;  // without user, password, query and fragment
};
// Checks that `url` is http:// or https:// with a host. `path` replaces path and query unless
// empty. False, and says why, otherwise.
bool parse_url(const std::string& url, const std::string& path, ParsedUrl& parsed,
               std::string& error);

// Whether this libcurl can TLS and HTTP/2.
bool http_client_can(bool tls, bool http2, std::string& error);

}  // namespace cairn::trace::transport
