// SPDX-License-Identifier: Apache-2.0
#include <cairn/adapters/http_server_span.h>

#include "sdk/adapters/http/http_text.h"

namespace cairn::trace {
namespace {

using http::AttributeList;
using http::TextBuffer;
using http::Url;

namespace go_zero {
constexpr Key kMethod{"http.method"};
constexpr Key kTarget{"http.target"};
constexpr Key kServerName{"http.server_name"};
constexpr Key kClientIp{"http.client_ip"};
constexpr Key kUserAgent{"http.user_agent"};
constexpr Key kContentLength{"http.request_content_length"};
constexpr Key kScheme{"http.scheme"};
constexpr Key kHost{"http.host"};
constexpr Key kFlavor{"http.flavor"};
}  // namespace go_zero

namespace stable {
constexpr Key kUrlPath{"url.path"};
constexpr Key kUrlQuery{"url.query"};
constexpr Key kUrlScheme{"url.scheme"};
constexpr Key kServerAddress{"server.address"};
constexpr Key kServerPort{"server.port"};
constexpr Key kClientAddress{"client.address"};
constexpr Key kPeerAddress{"network.peer.address"};
constexpr Key kUserAgent{"user_agent.original"};
constexpr Key kBodySize{"http.request.body.size"};
constexpr Key kProtocolVersion{"network.protocol.version"};
}  // namespace stable

constexpr Key kRoute{"http.route"};

const Tracer& http_tracer() noexcept {
  static const Tracer server_tracer = tracer("cairn.http.server");
  return server_tracer;
}

bool is_ignored_path(std::string_view name) noexcept {
  for (const std::string& path : instrumentation().ignored_paths) {
    if (path == name) return true;
  }
  return false;
}

std::string_view client_ip(const ServerRequest& request) noexcept {
  std::string_view first = request.forwarded_for.substr(0, request.forwarded_for.find(','));
  while (!first.empty() && (first.front() == ' ' || first.front() == '\t')) first.remove_prefix(1);
  while (!first.empty() && (first.back() == ' ' || first.back() == '\t')) first.remove_suffix(1);
  return first.empty() ? request.peer_ip : first;
}

// The target without signatures and passwords: itself, or put together in `buffer`.
std::string_view safe_target(const ServerRequest& request, const Url& url,
                             TextBuffer& buffer) noexcept {
  if (!url.has_user_info && !http::has_secrets(url.query)) return request.target;
  buffer.append(url.path);
  if (!url.query.empty()) buffer.append("?");
  http::append_redacted(url.query, buffer);
  return buffer.view();
}

void add_go_zero(const ServerRequest& request, const Url& url, TextBuffer& buffer,
                 AttributeList& attributes) noexcept {
  attributes.add_text(go_zero::kMethod, request.method);
  attributes.add_text(go_zero::kTarget, safe_target(request, url, buffer));
  attributes.add_text(go_zero::kServerName, instrumentation().service_name);
  // go-zero's 404 handler gives the path for the route.
  attributes.add_text(kRoute, request.route.empty() ? url.path : request.route);
  attributes.add_text(go_zero::kClientIp, client_ip(request));
  attributes.add_text(go_zero::kUserAgent, request.user_agent);
  if (request.content_length > 0) attributes.add(go_zero::kContentLength, request.content_length);
  attributes.add_text(go_zero::kScheme, request.scheme);
  attributes.add_text(go_zero::kHost, url.authority);
  attributes.add_text(go_zero::kFlavor, request.flavor);
}

void add_stable(const ServerRequest& request, const Url& url, TextBuffer& buffer,
                AttributeList& attributes) noexcept {
  http::add_stable_method(request.method, attributes);
  attributes.add_text(stable::kUrlPath, url.path);
  if (http::has_secrets(url.query)) {
    http::append_redacted(url.query, buffer);
    attributes.add_text(stable::kUrlQuery, buffer.view());
  } else {
    attributes.add_text(stable::kUrlQuery, url.query);
  }
  attributes.add_text(stable::kUrlScheme, request.scheme);
  attributes.add_text(kRoute, request.route);
  if (!url.host.empty()) {
    attributes.add(stable::kServerAddress, url.host);
    const int port = http::port_of(url.port, request.scheme);
    if (port != 0) attributes.add(stable::kServerPort, port);
  }
  attributes.add_text(stable::kClientAddress, client_ip(request));
  attributes.add_text(stable::kPeerAddress, request.peer_ip);
  attributes.add_text(stable::kUserAgent, request.user_agent);
  if (request.content_length > 0) attributes.add(stable::kBodySize, request.content_length);
  attributes.add_text(stable::kProtocolVersion, request.flavor);
}

// "GET /user/:id", or "GET" without a route.
void append_stable_name(std::string_view method, std::string_view route,
                        TextBuffer& name) noexcept {
  name.append(http::is_known_method(method) ? method : std::string_view("HTTP"));
  if (route.empty()) return;
  name.append(" ");
  name.append(route);
}

}  // namespace

ServerSpan::ServerSpan(const ServerRequest& request, const TextMapReader& headers) noexcept
    : context_(propagator().extract(headers, Context())) {
  Url url;
  http::split_target(request.target, url);
  http::split_authority(request.host, url);
  const std::string_view path_or_route = request.route.empty() ? url.path : request.route;
  ignored_ = is_ignored_path(path_or_route);
  if (ignored_) return;

  SpanOptions options;
  options.kind = SpanKind::kServer;
  options.parent = &context_;
  options.start = request.start;
  AttributeList attributes;
  TextBuffer buffer;
  if (instrumentation().conventions == Conventions::kGoZero) {
    add_go_zero(request, url, buffer, attributes);
    options.attributes = attributes.view();
    span_ = http_tracer().start(path_or_route, options);
  } else {
    TextBuffer name;
    append_stable_name(request.method, request.route, name);
    add_stable(request, url, buffer, attributes);
    options.attributes = attributes.view();
    span_ = http_tracer().start(name.view(), options);
  }
  context_ = context_.with(span_);
}

void ServerSpan::set_route(std::string_view route, std::string_view method) noexcept {
  if (route.empty()) return;
  span_.set(kRoute, route);
  if (instrumentation().conventions == Conventions::kGoZero) {
    span_.update_name(route);
    return;
  }
  TextBuffer name;
  append_stable_name(method, route, name);
  span_.update_name(name.view());
}

void ServerSpan::inject(TextMapWriter& response_headers) const noexcept {
  if (!ignored_) propagator().inject(context_, response_headers);
}

void ServerSpan::fail(std::string_view type, std::string_view message) noexcept {
  span_.add_event("exception", {{"exception.type", type}, {"exception.message", message}});
  set_error(message);
}

void ServerSpan::set_error(std::string_view description) noexcept {
  span_.set_status(StatusCode::kError, description);
  failed_ = true;
}

void ServerSpan::set_status_code(int status) noexcept {
  if (span_.is_recording()) http::record_status(span_, status, SpanKind::kServer, failed_);
}

void ServerSpan::finish(int status) noexcept {
  if (status != 0) set_status_code(status);
  span_.end();
}

}  // namespace cairn::trace
