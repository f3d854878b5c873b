// SPDX-License-Identifier: Apache-2.0
#include "net/http/dispatch.h"

#include <algorithm>

#include "net/connection/exchange.h"
#include "net/encoding/decompress.h"
#include "net/http/compress.h"
#include "net/http/fields.h"

namespace cairn::net {
namespace {

std::string content_encoding(const Headers& headers) {
  return lower_case(headers.get("content-encoding").value_or(""));
}

Refusal refuse_method(const std::vector<std::string>& allowed) {
  std::string list;
  for (const std::string& method : allowed) {
    if (list.find(method) != std::string::npos) continue;
    if (!list.empty()) list += ", ";
    list += method;
  }
  Refusal refusal = refuse(405, "405 method not allowed, supported: [" + list + "]", "");
  refusal.response.headers.add("allow", list);
  return refusal;
}

Refusal refuse_decoding(const Error& error) {
  switch (error.code) {
    case ErrorCode::kResourceExhausted:
      return refuse(413, error.message, "body_too_large");
    case ErrorCode::kUnavailable:
      return refuse_busy();
    default:
      return refuse(400, error.message, "decompress");
  }
}

}  // namespace

Response plain_text(int status, std::string_view text) {
  return Response::of(status, "text/plain; charset=utf-8", std::string(text));
}

Refusal refuse(int status, std::string_view text, std::string_view reason) {
  return {plain_text(status, text), reason};
}

Refusal refuse_too_large(std::size_t limit) {
  return refuse(413, "the body is larger than the limit of " + std::to_string(limit) + " bytes",
                "body_too_large");
}

Refusal refuse_busy() {
  Refusal refusal = refuse(
      503, "the server holds too many bytes of requests and answers, try again", "buffered_bytes");
  refusal.response.headers.add("retry-after", "1");
  return refusal;
}

bool set_target(Request& request, std::string_view target) {
  if (target.starts_with("http://") || target.starts_with("https://")) {
    target.remove_prefix(target.find("//") + 2);
    const std::size_t path = target.find_first_of("/?");
    target = path == std::string_view::npos ? std::string_view() : target.substr(path);
    if (target.empty()) target = "/";
  }
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  if (request.path.empty() && question == 0) request.path = "/";
  return request.path.starts_with('/') || target == "*";
}

std::optional<Refusal> make_plan(const Site& site, Request& request, Plan& plan) {
  if (site.cors() && is_preflight(request)) {
    return Refusal{answer_preflight(*site.cors(), request), ""};
  }
  Router::Match match = site.router().match(request.method, request.path, false);
  if (match.route == nullptr) {
    if (match.allowed.empty()) return refuse(404, "404 page not found", "");
    return refuse_method(match.allowed);
  }
  if (!match.route->even_when_busy && site.budget()->passed()) return refuse_busy();
  const std::string encoding = content_encoding(request.headers);
  const bool identity = is_identity_encoding(encoding);
  if (!identity && !is_supported_encoding(encoding)) {
    return refuse(400, "unsupported content encoding: " + encoding.substr(0, 64), "decompress");
  }
  const ServerLimits& limits = site.limits();
  plan.route = match.route;
  plan.decoded_limit = match.route->body_limit.value_or(limits.decoded_body_bytes);
  plan.wire_limit = std::max(limits.body_bytes, match.route->body_limit.value_or(0));
  if (identity) plan.wire_limit = std::min(plan.wire_limit, plan.decoded_limit);
  request.path_parameters = std::move(match.path_parameters);
  return std::nullopt;
}

void add_site_headers(const Site& site, const Headers& request_headers, Response& response) {
  if (!site.cors()) return;
  if (response.headers.get("access-control-allow-origin")) return;  // a preflight's own
  for (const auto& [name, value] : cors_headers(*site.cors(), request_headers)) {
    response.headers.add(name, value);
  }
}

std::optional<Refusal> call_handler(const Site& site, const std::shared_ptr<Mailbox>& mailbox,
                                    RequestId id, const Plan& plan, Request request) {
  const std::string encoding = content_encoding(request.headers);
  if (!is_identity_encoding(encoding) && !request.body.empty()) {
    auto decoded = decompress(encoding, request.body.view, plan.decoded_limit, site.budget());
    if (!decoded) return refuse_decoding(decoded.error());
    request.body = *std::move(decoded);
  }
  ExchangeOptions options;
  options.id = id;
  options.compress = accepts_gzip(request.headers.get("accept-encoding").value_or(""));
  options.stream_buffer_bytes = site.limits().stream_buffer_bytes;
  options.stream_until = std::chrono::steady_clock::now() + site.limits().stream_time;
  if (site.cors()) options.extra_headers = cors_headers(*site.cors(), request.headers);
  plan.route->handler(std::move(request),
                      make_responder(mailbox, site.budget(), std::move(options)));
  return std::nullopt;
}

}  // namespace cairn::net
