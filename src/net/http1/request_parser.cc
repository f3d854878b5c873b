// SPDX-License-Identifier: Apache-2.0
#include "net/http1/request_parser.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>

#include "net/http/fields.h"

namespace cairn::net {
namespace http = boost::beast::http;
namespace {

std::string_view as_std(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

struct RequestParser::Parser : http::request_parser<http::empty_body> {};

RequestParser::RequestParser(std::size_t header_limit)
    : header_limit_(header_limit), parser_(std::make_unique<Parser>()) {
  // Beast counts in 32 bits, and start line and fields apart; the total is checked here.
  parser_->header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(header_limit, 1_GiB)));
  parser_->body_limit(boost::none);  // limited by whoever owns the buffer
  parser_->eager(false);
}

RequestParser::~RequestParser() = default;

RequestParser::Step RequestParser::fail(int status, std::string text, std::string_view reason) {
  failure_ = {status, std::move(text), reason};
  return Step::kFailed;
}

RequestParser::Step RequestParser::parse_head(ByteView bytes, std::size_t& used) {
  boost::beast::error_code error;
  used = 0;
  while (!parser_->is_header_done()) {
    const ByteView rest = bytes.subspan(used);
    const std::size_t taken = parser_->put({rest.data(), rest.size()}, error);
    used += taken;
    head_bytes_ += taken;
    if (error == http::error::need_more) {
      if (head_bytes_ + (bytes.size() - used) >= header_limit_)
        error = http::error::header_limit;
      else
        return Step::kNeedMore;
    }
    if (error) break;
  }
  if (error == http::error::header_limit || head_bytes_ > header_limit_) {
    return fail(431,
                "the request's headers are larger than the limit of " +
                    std::to_string(header_limit_) + " bytes",
                "header_too_large");
  }
  if (error == http::error::bad_version) return fail(505, "unsupported HTTP version");
  if (error) return fail(400, "malformed request: " + error.message());
  return read_head();
}

RequestParser::Step RequestParser::read_head() {
  const auto& message = parser_->get();
  head_.method = as_std(message.method_string());
  head_.target = as_std(message.target());
  head_.http10 = message.version() == 10;
  head_.keep_alive = parser_->keep_alive();
  int hosts = 0;
  for (const auto& field : message) {
    if (field.name() == http::field::host) ++hosts;
    head_.headers.add(lower_case(as_std(field.name_string())), std::string(as_std(field.value())));
  }
  if (hosts > 1 || (hosts == 0 && !head_.http10)) {
    return fail(400, "malformed request: exactly one host header is needed");
  }
  head_.chunked = parser_->chunked();
  if (const auto coding = head_.headers.get("transfer-encoding")) {
    const std::string name = lower_case(*coding);
    // A chain of codings, or chunked in HTTP/1.0, is what proxies disagree about.
    if (name != "chunked" || !head_.chunked || head_.http10) {
      return fail(501, "unsupported transfer encoding");
    }
  }
  if (!head_.chunked && parser_->content_length()) {
    head_.content_length = static_cast<std::size_t>(*parser_->content_length());
  }
  if (const auto expect = head_.headers.get("expect"); expect && !head_.http10) {
    if (lower_case(*expect) != "100-continue") {
      return fail(417, "unsupported expectation");
    }
    head_.expects_continue = true;
  }
  return Step::kDone;
}

std::string_view reason_phrase(int status) {
  return as_std(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status))));
}

}  // namespace cairn::net
