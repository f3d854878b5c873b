// SPDX-License-Identifier: Apache-2.0
//
// ServerSpan: the span of one HTTP request that this process answers.
//
// The server adapters are made of it; use it for a server that has none:
//
//   ServerSpan span(request, headers);            // request line, and a TextMapReader
//   { Scope scope(span.context());  handle(); }   // what the handler starts is its child
//   span.inject(response_headers);                // before they are written
//   span.finish(200);
//
// Movable, no thread of its own: use it from one thread at a time. Nothing throws. Names follow
// instrumentation().conventions: go-zero's or OpenTelemetry's stable ones.
// Source: go-zero's rest trace handler; OpenTelemetry Semantic Conventions, "HTTP server span".
#pragma once

#include <cairn/trace.h>

namespace cairn::trace {

// What is known when the headers have been read. Views: needed for the constructor only.
struct ServerRequest {
  std::string_view method;
  std::string_view target;  // of the request line: path and query
  std::string_view route;   // the pattern that matched, "/user/:id"; empty: none did
  std::string_view host;    // the Host header
  std::string_view scheme = "http";
  std::string_view flavor = "1.1";  // HTTP version
  std::string_view forwarded_for;   // the first X-Forwarded-For header; its first address counts
  std::string_view peer_ip;         // who is connected; the client unless forwarded_for is given
  std::string_view user_agent;
  std::int64_t content_length = -1;  // of the body; unknown or none: <= 0
  Timestamp start;                   // unset: now
};

class ServerSpan {
 public:
  // No request: every method does nothing.
  ServerSpan() noexcept = default;
  // Takes the caller's context from the headers and starts the span in it, whatever is current.
  // Its name is the route, or the path when there is none (stable: the method and the route). A
  // name in instrumentation().ignored_paths gets no span; the caller's context is passed on.
  ServerSpan(const ServerRequest& request, const TextMapReader& headers) noexcept;
  ServerSpan(ServerSpan&&) noexcept = default;
  ServerSpan& operator=(ServerSpan&&) noexcept = default;

  // What the handler should run in; the caller's context when the path is ignored.
  const Context& context() const noexcept { return context_; }
  // Makes it current: `auto scope = span.scope();`. Not across a wait of asynchronous code.
  Scope scope() const noexcept { return Scope(context_); }
  // To add attributes and events to.
  const Span& span() const noexcept { return span_; }
  bool is_ignored() const noexcept { return ignored_; }

  // For routers that match after the span was started: renames it. `method` as in the request.
  void set_route(std::string_view route, std::string_view method) noexcept;
  // Writes the span's context into the headers of the response, as go-zero does.
  void inject(TextMapWriter& response_headers) const noexcept;
  // The handler threw: adds the event `exception` and sets Error. finish() is still needed.
  template <class Exception>
  void record_exception(const Exception& error) noexcept {
    span_.record_exception(error);
    set_error(error.what());
  }
  // Anything else that went wrong, told as an exception of that type.
  void fail(std::string_view type, std::string_view message) noexcept;
  // The response has been made: notes its status. 5xx and codes HTTP does not have are Error.
  void set_status_code(int status) noexcept;
  // Notes the status, if any (0: none), and ends the span. The destructor ends it, too.
  void finish(int status = 0) noexcept;

 private:
  void set_error(std::string_view description) noexcept;

  Context context_;
  Span span_;
  bool ignored_ = false;
  bool failed_ = false;
};

}  // namespace cairn::trace
