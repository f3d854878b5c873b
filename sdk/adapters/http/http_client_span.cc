// SPDX-License-Identifier: Apache-2.0
#include <cairn/adapters/http_client_span.h>

#include "sdk/adapters/http/http_text.h"

namespace cairn::trace {
namespace {

using http::AttributeList;
using http::TextBuffer;
using http::Url;

namespace go_zero {
constexpr Key kMethod{"http.method"};
constexpr Key kUrl{"http.url"};
constexpr Key kUserAgent{"http.user_agent"};
constexpr Key kContentLength{"http.request_content_length"};
constexpr Key kScheme{"http.scheme"};
constexpr Key kHost{"http.host"};
constexpr Key kFlavor{"http.flavor"};
constexpr Key kPeerIp{"net.peer.ip"};
}  // namespace go_zero

namespace stable {
constexpr Key kUrlFull{"url.full"};
constexpr Key kServerAddress{"server.address"};
constexpr Key kServerPort{"server.port"};
constexpr Key kUserAgent{"user_agent.original"};
constexpr Key kBodySize{"http.request.body.size"};
constexpr Key kProtocolVersion{"network.protocol.version"};
constexpr Key kPeerAddress{"network.peer.address"};
constexpr Key kErrorType{"error.type"};
}  // namespace stable

const Tracer& http_tracer() noexcept {
  static const Tracer client_tracer = tracer("cairn.http.client");
  return client_tracer;
}

bool is_go_zero() noexcept {
  return instrumentation().conventions == Conventions::kGoZero;
}

Url url_of(const ClientRequest& request) noexcept {
  if (!request.url.empty()) return http::split_url(request.url);
  Url url;
  url.scheme = request.scheme;
  http::split_authority(request.host, url);
  http::split_target(request.target, url);
  return url;
}

// The URL without user info and signatures: as given, or put together in `buffer`.
std::string_view safe_url(const ClientRequest& request, const Url& url,
                          TextBuffer& buffer) noexcept {
  const bool secrets = http::has_secrets(url.query);
  if (url.has_scheme && !url.has_user_info && !secrets) {
    return request.url.substr(0, request.url.find('#'));
  }
  buffer.append(url.scheme);
  buffer.append("://");
  buffer.append(url.authority);
  buffer.append(url.path);
  if (url.query.empty()) return buffer.view();
  buffer.append("?");
  if (secrets) {
    http::append_redacted(url.query, buffer);
  } else {
    buffer.append(url.query);
  }
  return buffer.view();
}

// What the URL says.
void add_url(const Url& url, std::string_view safe, AttributeList& attributes) noexcept {
  if (is_go_zero()) {
    attributes.add_text(go_zero::kUrl, safe);
    attributes.add_text(go_zero::kScheme, url.scheme);
    attributes.add_text(go_zero::kHost, url.authority);
    return;
  }
  attributes.add_text(stable::kUrlFull, safe);
  attributes.add_text(stable::kServerAddress, url.host);
  const int port = http::port_of(url.port, url.scheme);
  if (port != 0) attributes.add(stable::kServerPort, port);
}

void add_go_zero(const ClientRequest& request, AttributeList& attributes) noexcept {
  attributes.add(go_zero::kMethod, request.method.empty() ? "GET" : request.method);
  attributes.add_text(go_zero::kUserAgent, request.user_agent);
  if (request.content_length > 0) attributes.add(go_zero::kContentLength, request.content_length);
  attributes.add_text(go_zero::kFlavor, request.flavor);
}

void add_stable(const ClientRequest& request, AttributeList& attributes) noexcept {
  http::add_stable_method(request.method.empty() ? "GET" : request.method, attributes);
  attributes.add_text(stable::kUserAgent, request.user_agent);
  if (request.content_length > 0) attributes.add(stable::kBodySize, request.content_length);
  attributes.add_text(stable::kProtocolVersion, request.flavor);
}

std::string_view go_zero_name(const Url& url) noexcept {
  return url.path.empty() ? std::string_view("/") : url.path;
}

std::string_view stable_name(std::string_view method) noexcept {
  if (method.empty()) return "GET";
  return http::is_known_method(method) ? method : std::string_view("HTTP");
}

}  // namespace

ClientSpan::ClientSpan(const ClientRequest& request, const Context& parent) noexcept
    : context_(parent) {
  SpanOptions options;
  options.kind = SpanKind::kClient;
  options.parent = &parent;
  const Url url = url_of(request);
  AttributeList attributes;
  TextBuffer buffer;
  const bool is_known = !url.authority.empty() || !url.path.empty();
  if (is_known) add_url(url, safe_url(request, url, buffer), attributes);
  if (is_go_zero()) {
    add_go_zero(request, attributes);
    options.attributes = attributes.view();
    span_ = http_tracer().start(go_zero_name(url), options);
  } else {
    add_stable(request, attributes);
    options.attributes = attributes.view();
    span_ = http_tracer().start(stable_name(request.method), options);
  }
  context_ = context_.with(span_);
}

void ClientSpan::inject(TextMapWriter& request_headers) const noexcept {
  propagator().inject(context_, request_headers);
}

void ClientSpan::set_url(std::string_view text) noexcept {
  if (text.empty() || !span_.is_recording()) return;
  ClientRequest request;
  request.url = text;
  const Url url = url_of(request);
  AttributeList attributes;
  TextBuffer buffer;
  add_url(url, safe_url(request, url, buffer), attributes);
  span_.set(attributes.view());
  if (is_go_zero()) span_.update_name(go_zero_name(url));
}

void ClientSpan::set_method(std::string_view method) noexcept {
  if (method.empty()) return;
  if (is_go_zero()) {
    span_.set(go_zero::kMethod, method);
    return;
  }
  AttributeList attributes;
  http::add_stable_method(method, attributes);
  span_.set(attributes.view());
  span_.update_name(stable_name(method));
}

void ClientSpan::set_flavor(std::string_view flavor) noexcept {
  if (flavor.empty()) return;
  span_.set(is_go_zero() ? go_zero::kFlavor : stable::kProtocolVersion, flavor);
}

void ClientSpan::set_peer(std::string_view ip) noexcept {
  if (!ip.empty()) span_.set(is_go_zero() ? go_zero::kPeerIp : stable::kPeerAddress, ip);
}

void ClientSpan::finish(int status) noexcept {
  if (span_.is_recording()) http::record_status(span_, status, SpanKind::kClient, false);
  span_.end();
}

void ClientSpan::fail(std::string_view type, std::string_view message) noexcept {
  span_.add_event("exception", {{"exception.type", type}, {"exception.message", message}});
  if (!is_go_zero()) span_.set(stable::kErrorType, type);
  span_.set_status(StatusCode::kError, message);
  span_.end();
}

}  // namespace cairn::trace
