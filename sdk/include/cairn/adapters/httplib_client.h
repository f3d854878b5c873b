// SPDX-License-Identifier: Apache-2.0
//
// TracedClient: an httplib::Client whose requests are traced. See httplib.h.
#pragma once

#include <exception>
#include <string>
#include <type_traits>
#include <utility>

#include <cairn/adapters/http_client_span.h>
#include <cairn/adapters/httplib_headers.h>

namespace cairn::trace {

// Has the requests of httplib::Client that carry headers; its other settings are reached by
// client(). Each takes what httplib's takes after the path: headers first if there are any, then
// bodies, content types, receivers and progress functions. Headers of an earlier trace among them
// are replaced. Threads as httplib::Client: one request at a time.
class TracedClient {
 public:
  using Headers = httplib::Headers;
  using Result = httplib::Result;

  // "http://shop:8080", "https://shop" or "shop".
  explicit TracedClient(const std::string& scheme_host_port)
      : client_(scheme_host_port), base_(scheme_host_port) {}
  TracedClient(const std::string& host, int port)
      : client_(host, port), base_(bracketed(host) + ':' + std::to_string(port)) {}
  // With a client certificate and its key, both files.
  TracedClient(const std::string& scheme_host_port, const std::string& certificate,
               const std::string& key)
      : client_(scheme_host_port, certificate, key), base_(scheme_host_port) {}

  // Requests sent on it directly are not traced.
  httplib::Client& client() noexcept { return client_; }
  httplib::Client* operator->() noexcept { return &client_; }

#define CAIRN_TRACED_METHOD(Method, name)                                                    \
  Result Method(const std::string& path) { return Method(path, Headers()); }                 \
  template <class... More>                                                                   \
  Result Method(const std::string& path, Headers headers, More&&... more) {                  \
    if constexpr (sizeof...(More) == 0) {                                                    \
      return send(request_of(name, path, std::move(headers)));                               \
    } else {                                                                                 \
      return run(name, path, headers, [&] {                                                  \
        return client_.Method(path, static_cast<const Headers&>(headers),                    \
                              std::forward<More>(more)...);                                  \
      });                                                                                    \
    }                                                                                        \
  }                                                                                          \
  template <class First, class... More,                                                      \
            class = std::enable_if_t<!std::is_convertible_v<First&&, Headers>>>              \
  Result Method(const std::string& path, First&& first, More&&... more) {                    \
    return Method(path, Headers(), std::forward<First>(first), std::forward<More>(more)...); \
  }
  CAIRN_TRACED_METHOD(Get, "GET")
  CAIRN_TRACED_METHOD(Head, "HEAD")
  CAIRN_TRACED_METHOD(Post, "POST")
  CAIRN_TRACED_METHOD(Put, "PUT")
  CAIRN_TRACED_METHOD(Patch, "PATCH")
  CAIRN_TRACED_METHOD(Delete, "DELETE")
  CAIRN_TRACED_METHOD(Options, "OPTIONS")
#undef CAIRN_TRACED_METHOD

  // Any request, as it is; its headers get the span's context.
  Result send(httplib::Request request) {
    return run(request.method, request.path, request.headers,
               [&] { return client_.send(static_cast<const httplib::Request&>(request)); });
  }

 private:
  // An IPv6 address as URLs have it.
  static std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : '[' + host + ']';
  }
  static httplib::Request request_of(const char* method, const std::string& path, Headers headers) {
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.headers = std::move(headers);
    return request;
  }
  template <class Send>
  Result run(const std::string& method, const std::string& path, Headers& headers, Send&& send) {
    ClientSpan span = start(method, path, headers);
    const Scope scope(span.context());
    try {
      Result result = send();
      if (result) {
        span.finish(result->status);
      } else {
        span.fail("httplib::Error", httplib::to_string(result.error()));
      }
      return result;
    } catch (const std::exception& error) {  // of the caller's receivers
      span.fail_with(error);
      throw;
    } catch (...) {
      span.fail("unknown", "not a std::exception");
      throw;
    }
  }
  ClientSpan start(const std::string& method, const std::string& path, Headers& headers) {
    const std::string url = base_ + path;
    const auto agent = headers.find("User-Agent");
    ClientRequest facts;
    facts.method = method;
    facts.url = url;
    if (agent != headers.end()) facts.user_agent = agent->second;
    ClientSpan span(facts);
    ClientSpan::fields(
        [](void* user, std::string_view name) {
          static_cast<Headers*>(user)->erase(std::string(name));
        },
        &headers);
    detail::HttplibWriter writer(headers);
    span.inject(writer);
    return span;
  }

  httplib::Client client_;
  std::string base_;
};

}  // namespace cairn::trace
