// SPDX-License-Identifier: Apache-2.0
//
// What both kinds of HTTP spans share: attribute lists without memory, URLs, methods and statuses.
#pragma once

#include <cstddef>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include <cairn/trace/attributes.h>
#include <cairn/trace/instrumentation.h>
#include <cairn/trace/span.h>

namespace cairn::trace::http {

// Attributes kept on the stack until the span starts. Those past kMax are left out.
class AttributeList {
 public:
  static constexpr std::size_t kMax = 16;

  void add(const Key& key, Value value) noexcept {
    if (size_ < kMax) new (&slots_[sizeof(Attribute) * size_++]) Attribute{key, value};
  }
  // Leaves out what is not known.
  void add_text(const Key& key, std::string_view value) noexcept {
    if (!value.empty()) add(key, value);
  }
  Attributes view() const noexcept {
    return {std::launder(reinterpret_cast<const Attribute*>(slots_)), size_};
  }

 private:
  static_assert(std::is_trivially_destructible_v<Attribute>);
  alignas(Attribute) unsigned char slots_[sizeof(Attribute) * kMax];
  std::size_t size_ = 0;
};

// Text put together from pieces, without memory of its own while it is short. Pieces that cannot be
// kept for want of memory are left out.
class TextBuffer {
 public:
  void append(std::string_view piece) noexcept;
  std::string_view view() const noexcept {
    return long_.empty() ? std::string_view(short_, size_) : std::string_view(long_);
  }

 private:
  static constexpr std::size_t kShort = 512;
  char short_[kShort];
  std::size_t size_ = 0;
  std::string long_;
};

// The parts of a URL, as they are written. Source: RFC 3986, "Syntax Components".
struct Url {
  std::string_view scheme;
  std::string_view authority;  // host[:port], without user info
  std::string_view host;       // an IPv6 address without brackets
  std::string_view port;
  std::string_view path;
  std::string_view query;   // without the question mark
  bool has_scheme = false;  // false: "http" is assumed
  bool has_user_info = false;
};
// Any text gives a Url. Without ":/" it begins with the authority, as command lines have it.
Url split_url(std::string_view url) noexcept;
void split_authority(std::string_view authority, Url& url) noexcept;
// Path and query of a request line's target, which may be a whole URL.
void split_target(std::string_view target, Url& url) noexcept;

// True when the query has one of the parameters that sign a request.
// Source: Semantic Conventions, "HTTP client span", url.full.
bool has_secrets(std::string_view query) noexcept;
// Appends the query with `REDACTED` for the values of those parameters.
void append_redacted(std::string_view query, TextBuffer& out) noexcept;

// The port said, or the scheme's own; 0 when it is not a port.
int port_of(std::string_view port, std::string_view scheme) noexcept;

// True for the methods of RFC 9110 and PATCH; others are `_OTHER` in the stable names.
bool is_known_method(std::string_view method) noexcept;
void add_stable_method(std::string_view method, AttributeList& attributes) noexcept;

// How go-zero (semantic conventions 1.4) and the stable conventions judge a status.
struct StatusJudgement {
  bool error = false;
  bool invalid = false;  // not a code of HTTP
};
StatusJudgement judge_status(int status, SpanKind kind, Conventions conventions) noexcept;
// Writes status and, where it says so, Error.
void record_status(const Span& span, int status, SpanKind kind, bool failed_already) noexcept;

}  // namespace cairn::trace::http
