// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/http/http_text.h"

#include <charconv>
#include <cstring>

namespace cairn::trace::http {
namespace {

constexpr Key kStatusCode{"http.status_code"};
constexpr Key kResponseStatusCode{"http.response.status_code"};
constexpr Key kErrorType{"error.type"};
constexpr Key kRequestMethod{"http.request.method"};
constexpr Key kRequestMethodOriginal{"http.request.method_original"};

constexpr std::string_view kKnownMethods[] = {"GET",     "POST",    "PUT",   "DELETE", "HEAD",
                                              "OPTIONS", "CONNECT", "TRACE", "PATCH"};
constexpr std::string_view kSecretParameters[] = {
    "AWSAccessKeyId",  "Signature",           "sig", "X-Goog-Signature", "X-Amz-Credential",
    "X-Amz-Signature", "X-Amz-Security-Token"};

// The codes semantic conventions 1.4 calls valid.
struct CodeRange {
  int first;
  int last;
};
constexpr CodeRange kGoZeroCodes[] = {{100, 103}, {200, 208}, {226, 226}, {300, 305},
                                      {307, 308}, {400, 418}, {421, 426}, {428, 429},
                                      {431, 431}, {451, 451}, {500, 508}, {510, 511}};

bool is_go_zero_code(int status) noexcept {
  for (const CodeRange& range : kGoZeroCodes) {
    if (range.first <= status && status <= range.last) return true;
  }
  return false;
}

// The next `name=value` of a query; `query` becomes what follows it.
std::string_view next_parameter(std::string_view& query) noexcept {
  const std::size_t end = query.find('&');
  const std::string_view parameter = query.substr(0, end);
  query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  return parameter;
}

bool is_secret(std::string_view parameter) noexcept {
  const std::size_t equals = parameter.find('=');
  if (equals == std::string_view::npos) return false;
  for (const std::string_view name : kSecretParameters) {
    if (parameter.substr(0, equals) == name) return true;
  }
  return false;
}

}  // namespace

void TextBuffer::append(std::string_view piece) noexcept {
  if (piece.empty()) return;  // memcpy() takes no null
  if (long_.empty() && piece.size() <= kShort - size_) {
    std::memcpy(short_ + size_, piece.data(), piece.size());
    size_ += piece.size();
    return;
  }
  try {
    if (long_.empty()) long_.assign(short_, size_);
    long_.append(piece);
  } catch (...) {  // no memory: shorter text
  }
}

void split_authority(std::string_view authority, Url& url) noexcept {
  // A password may hold an '@' that should have been encoded: the last one counts.
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
    url.has_user_info = true;
  }
  url.authority = authority;
  std::size_t after_host = authority.find(':');
  url.host = authority.substr(0, after_host);
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t close = authority.find(']');
    url.host = authority.substr(1, close == std::string_view::npos ? close : close - 1);
    after_host = authority.find(':', close);
  }
  if (after_host != std::string_view::npos) url.port = authority.substr(after_host + 1);
}

void split_target(std::string_view target, Url& url) noexcept {
  target = target.substr(0, target.find('#'));
  const std::size_t question = target.find('?');
  url.path = target.substr(0, question);
  if (question != std::string_view::npos) url.query = target.substr(question + 1);
  if (url.path.empty() || url.path.front() == '/') return;
  // Absolute form, which proxies get, or the authority of a CONNECT.
  const std::size_t scheme_end = url.path.find("://");
  const bool absolute = scheme_end != std::string_view::npos;
  const std::size_t slash = url.path.find('/', absolute ? scheme_end + 3 : 0);
  if (const std::size_t at = url.path.substr(0, slash).rfind('@'); at != std::string_view::npos) {
    url.has_user_info = true;
    if (!absolute) url.path.remove_prefix(at + 1);
  }
  if (absolute) {
    url.path = slash == std::string_view::npos ? std::string_view("/") : url.path.substr(slash);
  }
}

Url split_url(std::string_view text) noexcept {
  Url url;
  url.scheme = "http";
  if (const std::size_t scheme_end = text.find(":/");
      scheme_end != std::string_view::npos && scheme_end < text.find_first_of("/?#")) {
    url.scheme = text.substr(0, scheme_end);
    url.has_scheme = true;
    text.remove_prefix(scheme_end + 1);
    // libcurl takes one, two or three; what follows is the authority, perhaps with a password.
    for (int i = 0; i < 3 && !text.empty() && text.front() == '/'; ++i) text.remove_prefix(1);
  }
  const std::size_t authority_end = text.find_first_of("/?#");
  split_authority(text.substr(0, authority_end), url);
  if (authority_end != std::string_view::npos) split_target(text.substr(authority_end), url);
  return url;
}

bool has_secrets(std::string_view query) noexcept {
  while (!query.empty()) {
    if (is_secret(next_parameter(query))) return true;
  }
  return false;
}

void append_redacted(std::string_view query, TextBuffer& out) noexcept {
  for (bool first = true; !query.empty(); first = false) {
    const std::string_view parameter = next_parameter(query);
    if (!first) out.append("&");
    if (is_secret(parameter)) {
      out.append(parameter.substr(0, parameter.find('=') + 1));
      out.append("REDACTED");
    } else {
      out.append(parameter);
    }
  }
}

int port_of(std::string_view port, std::string_view scheme) noexcept {
  if (port.empty()) return scheme == "https" || scheme == "wss" ? 443 : 80;
  int number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool is_port = error == std::errc() && end == port.data() + port.size();
  return is_port && number > 0 && number <= 65535 ? number : 0;
}

bool is_known_method(std::string_view method) noexcept {
  for (const std::string_view known : kKnownMethods) {
    if (method == known) return true;
  }
  return false;
}

void add_stable_method(std::string_view method, AttributeList& attributes) noexcept {
  if (is_known_method(method)) {
    attributes.add(kRequestMethod, method);
  } else {
    attributes.add(kRequestMethod, "_OTHER");
    attributes.add_text(kRequestMethodOriginal, method);
  }
}

StatusJudgement judge_status(int status, SpanKind kind, Conventions conventions) noexcept {
  StatusJudgement judgement;
  judgement.invalid =
      conventions == Conventions::kGoZero ? !is_go_zero_code(status) : status < 100 || status > 599;
  const int first_error = kind == SpanKind::kServer ? 500 : 400;
  judgement.error = judgement.invalid || status >= first_error;
  return judgement;
}

void record_status(const Span& span, int status, SpanKind kind, bool failed_already) noexcept {
  const Conventions conventions = instrumentation().conventions;
  const StatusJudgement judgement = judge_status(status, kind, conventions);
  // Any int fits behind the words.
  char text[48] = "Invalid HTTP status code ";
  char* const number = text + std::strlen(text);
  char* const end = std::to_chars(number, text + sizeof text, status).ptr;
  if (conventions == Conventions::kGoZero) {
    span.set(kStatusCode, status);
  } else if (judgement.error) {
    const std::string_view type(number, static_cast<std::size_t>(end - number));
    span.set({{kResponseStatusCode, status}, {kErrorType, type}});
  } else {
    span.set(kResponseStatusCode, status);
  }
  if (!judgement.error || failed_already) return;
  span.set_status(StatusCode::kError,
                  judgement.invalid ? std::string_view(text, static_cast<std::size_t>(end - text))
                                    : std::string_view());
}

}  // namespace cairn::trace::http
