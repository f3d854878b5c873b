// SPDX-License-Identifier: Apache-2.0
//
// ClientSpan: the span of one HTTP request that this process sends.
//
// The client adapters are made of it; use it for a client that has none:
//
//   ClientRequest request;
//   request.url = url;
//   ClientSpan span(request);
//   span.inject(headers);      // a TextMapWriter over the request's headers
//   send(...);
//   span.finish(response.status);   or   span.fail("timeout", "no answer in 3 s");
//
// Movable, no thread of its own: use it from one thread at a time. Nothing throws. Names follow
// instrumentation().conventions: go-zero's or OpenTelemetry's stable ones. User info of URLs, and
// the query parameters that are known to be signatures, are never recorded.
// Source: go-zero's httpc; OpenTelemetry Semantic Conventions, "HTTP client span".
#pragma once

#include <cairn/trace.h>

namespace cairn::trace {

// What is known before the request is sent. Views: needed for the constructor only.
struct ClientRequest {
  std::string_view method;  // empty: GET
  std::string_view url;     // whole; or empty and the next three
  std::string_view scheme = "http";
  std::string_view host;            // "name" or "name:port"
  std::string_view target;          // path and query
  std::string_view flavor = "1.1";  // HTTP version
  std::string_view user_agent;
  std::int64_t content_length = -1;  // of the body; unknown or none: <= 0
};

class ClientSpan {
 public:
  // No request: every method does nothing.
  ClientSpan() noexcept = default;
  // Starts the span. Its name is the path of the URL (stable: the method).
  explicit ClientSpan(const ClientRequest& request,
                      const Context& parent = Context::current()) noexcept;
  ClientSpan(ClientSpan&&) noexcept = default;
  ClientSpan& operator=(ClientSpan&&) noexcept = default;

  const Context& context() const noexcept { return context_; }
  // To add attributes and events to.
  const Span& span() const noexcept { return span_; }
  // Calls visit for each header that inject() may write: remove what is there of another request.
  static void fields(void (*visit)(void* user, std::string_view name), void* user) noexcept {
    propagator().fields(visit, user);
  }
  // Writes the span's context into the headers of the request.
  void inject(TextMapWriter& request_headers) const noexcept;
  // For clients that know it only afterwards. What the span is named by renames it.
  void set_url(std::string_view url) noexcept;
  void set_method(std::string_view method) noexcept;
  void set_flavor(std::string_view flavor) noexcept;
  // Who was connected.
  void set_peer(std::string_view ip) noexcept;
  // The answer came: notes its status and ends the span. 400 and above, and codes HTTP does not
  // have, are Error.
  void finish(int status) noexcept;
  // No answer came: adds the event `exception` with this type and message, sets Error and ends it.
  void fail(std::string_view type, std::string_view message) noexcept;
  // Something was thrown instead of an answer.
  template <class Exception>
  void fail_with(const Exception& error) noexcept {
    span_.record_exception(error);
    span_.set_status(StatusCode::kError, error.what());
    span_.end();
  }

 private:
  Context context_;
  Span span_;
};

}  // namespace cairn::trace
