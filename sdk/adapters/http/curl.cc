// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <string>
#include <unordered_map>
#include <utility>

#include <cairn/adapters/curl.h>
#include <cairn/adapters/http_client_span.h>
#include <strings.h>

#include "sdk/adapters/http/http_text.h"

namespace cairn::trace {
namespace {

// Whether `line` ("Name: value", "Name;" or "Name:") is the header `name`.
bool is_header(const char* line, std::string_view name) noexcept {
  return strncasecmp(line, name.data(), name.size()) == 0 &&
         (line[name.size()] == ':' || line[name.size()] == ';');
}

bool is_propagated(const char* line) noexcept {
  struct Question {
    const char* line;
    bool yes = false;
  } question{line};
  ClientSpan::fields(
      [](void* user, std::string_view name) {
        auto* const asked = static_cast<Question*>(user);
        asked->yes = asked->yes || is_header(asked->line, name);
      },
      &question);
  return question.yes;
}

// The caller's header list with the span's headers before it. The caller's is shared, not copied,
// unless it has headers of an earlier trace, which must not be sent as well.
class HeaderList final : public TextMapWriter {
 public:
  explicit HeaderList(curl_slist* callers) noexcept : tail_(callers) {
    for (const curl_slist* at = callers; at != nullptr; at = at->next) {
      if (!is_propagated(at->data)) continue;
      copy_without_propagated(callers);
      break;
    }
  }
  ~HeaderList() {
    if (last_own_ != nullptr) last_own_->next = nullptr;  // what follows is the caller's
    curl_slist_free_all(own_);
  }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void set(std::string_view name, std::string_view value) override {
    try {
      std::string line(name);
      line.append(": ").append(value);
      append(line.c_str());
    } catch (...) {  // no memory: the request goes without
    }
  }
  // All of them, for CURLOPT_HTTPHEADER; valid while this lives.
  curl_slist* all() noexcept {
    if (last_own_ == nullptr) return tail_;
    last_own_->next = tail_;
    return own_;
  }

 private:
  void append(const char* line) noexcept {
    // Not to the caller's part, which all() may have joined already.
    if (last_own_ != nullptr) last_own_->next = nullptr;
    curl_slist* const longer = curl_slist_append(own_, line);
    if (longer == nullptr) return;
    own_ = longer;
    last_own_ = last_own_ == nullptr ? own_ : last_own_->next;
  }
  void copy_without_propagated(const curl_slist* callers) noexcept {
    tail_ = nullptr;
    for (const curl_slist* at = callers; at != nullptr; at = at->next) {
      if (!is_propagated(at->data)) append(at->data);
    }
  }

  curl_slist* own_ = nullptr;
  curl_slist* last_own_ = nullptr;
  curl_slist* tail_;
};

std::string_view info_text(CURL* easy, CURLINFO info) noexcept {
  char* text = nullptr;
  if (curl_easy_getinfo(easy, info, &text) != CURLE_OK || text == nullptr) return {};
  return text;
}
long info_number(CURL* easy, CURLINFO info) noexcept {
  long number = 0;
  return curl_easy_getinfo(easy, info, &number) == CURLE_OK ? number : 0;
}

std::string_view flavor_of(long version) noexcept {
  switch (version) {
    case CURL_HTTP_VERSION_1_0:
      return "1.0";
    case CURL_HTTP_VERSION_1_1:
      return "1.1";
    case CURL_HTTP_VERSION_2_0:
      return "2";
    case CURL_HTTP_VERSION_3:
      return "3";
    default:
      return {};
  }
}

// Whether libcurl goes on to where this answer points. It tells no place to go on to itself then.
bool is_followed(CURL* easy, long status) noexcept {
  const bool redirects =
      status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  return redirects && info_text(easy, CURLINFO_REDIRECT_URL).empty();
}

// Whether less of the body came than its Content-Length promises.
bool is_cut_short(CURL* easy, long status) noexcept {
  curl_off_t length = -1, had = 0;
  if (curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) != CURLE_OK ||
      curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &had) != CURLE_OK) {
    return false;
  }
  return had < length && status != 304 && info_text(easy, CURLINFO_EFFECTIVE_METHOD) != "HEAD";
}

// One transfer with its span. While it lives the handle's CURLOPT_HTTPHEADER is ours.
class Transfer {
 public:
  Transfer(CURL* easy, curl_slist* headers, const Context& parent) noexcept
      : easy_(easy), callers_headers_(headers), headers_(headers) {
    // Both as far as they are known before: a POST that was not set by CURLOPT_CUSTOMREQUEST still
    // reads GET, and is put right at the end.
    ClientRequest facts;
    facts.url = info_text(easy, CURLINFO_EFFECTIVE_URL);
    facts.method = info_text(easy, CURLINFO_EFFECTIVE_METHOD);
    facts.flavor = {};
    has_url_ = !facts.url.empty();
    span_ = ClientSpan(facts, parent);
    span_.inject(headers_);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.all());
  }
  ~Transfer() { curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, callers_headers_); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  const Context& context() const noexcept { return span_.context(); }

  void finish(CURLcode code) noexcept {
    if (span_.span().is_recording()) describe();
    const long status = info_number(easy_, CURLINFO_RESPONSE_CODE);
    if (status != 0 && (code == CURLE_OK || code == CURLE_HTTP_RETURNED_ERROR)) {
      span_.finish(static_cast<int>(status));
    } else if (code == CURLE_OK) {
      span_.span().end();  // not HTTP: there are no statuses
    } else {
      fail("CURLcode", static_cast<int>(code), curl_easy_strerror(code));
    }
  }
  // A callback of the program threw through libcurl.
  void thrown() noexcept { span_.fail("unknown", "left by an exception"); }
  // It is removed, and nobody asked how it went. libcurl tells that by curl_multi_info_read() alone
  // (which would take the program's messages from it): an answer that is there as far as can be
  // seen counts, anything less is a transfer given up.
  void leave() noexcept {
    const long status = info_number(easy_, CURLINFO_RESPONSE_CODE);
    const bool answered = status >= 200 && !is_followed(easy_, status);
    const bool whole = answered && !is_cut_short(easy_, status);
    if (answered && span_.span().is_recording()) describe();
    if (whole) return span_.finish(static_cast<int>(status));
    if (answered && span_.span().is_recording()) {
      http::record_status(span_.span(), static_cast<int>(status), SpanKind::kClient, true);
    }
    span_.fail("canceled", "removed before the transfer was done");
  }
  // It never began.
  void refuse(CURLMcode code) noexcept {
    fail("CURLMcode", static_cast<int>(code), curl_multi_strerror(code));
  }

 private:
  void describe() noexcept {
    // One that was given by CURLOPT_CURLU is known by now.
    if (!has_url_) span_.set_url(info_text(easy_, CURLINFO_EFFECTIVE_URL));
    // A redirect may have made a GET of a POST: then what is known is no longer what was asked.
    if (info_number(easy_, CURLINFO_REDIRECT_COUNT) == 0) {
      span_.set_method(info_text(easy_, CURLINFO_EFFECTIVE_METHOD));
    }
    span_.set_flavor(flavor_of(info_number(easy_, CURLINFO_HTTP_VERSION)));
    span_.set_peer(info_text(easy_, CURLINFO_PRIMARY_IP));
  }
  void fail(const char* kind, int code, const char* message) noexcept {
    try {
      span_.fail(std::string(kind) + ':' + std::to_string(code), message);
    } catch (...) {  // no memory for the number
      span_.fail(kind, message);
    }
  }

  CURL* easy_;
  curl_slist* callers_headers_;
  HeaderList headers_;
  bool has_url_ = false;
  ClientSpan span_;
};

}  // namespace

CURLcode curl_perform(CURL* easy, curl_slist* headers) {
  if (easy == nullptr) return curl_easy_perform(easy);
  Transfer transfer(easy, headers, Context::current());
  const Scope scope(transfer.context());
  try {
    const CURLcode code = curl_easy_perform(easy);
    transfer.finish(code);
    return code;
  } catch (...) {  // also a thread that is canceled
    transfer.thrown();
    throw;
  }
}

struct CurlMulti::Transfers {
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> by_handle;

  // Null without memory; then the handle is as it would be without tracing.
  Transfer* start(CURL* easy, curl_slist* headers, const Context& parent) noexcept {
    try {
      auto& place = by_handle[easy];
      place = std::make_unique<Transfer>(easy, headers, parent);
      return place.get();
    } catch (...) {
      by_handle.erase(easy);
      curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
      return nullptr;
    }
  }
  void leave(CURL* easy) noexcept {
    const auto at = by_handle.find(easy);
    if (at == by_handle.end()) return;
    at->second->leave();
    by_handle.erase(at);
  }
};

CurlMulti::CurlMulti(CURLM* multi) noexcept : multi_(multi) {
  try {
    transfers_ = std::make_unique<Transfers>();
  } catch (...) {
  }
}

CurlMulti::~CurlMulti() {
  if (transfers_ == nullptr) return;
  for (auto& [easy, transfer] : transfers_->by_handle) {
    curl_multi_remove_handle(multi_, easy);
    transfer->leave();
  }
}

CURLMcode CurlMulti::add_handle(CURL* easy, curl_slist* headers, const Context& parent) {
  if (easy == nullptr) return curl_multi_add_handle(multi_, easy);
  if (transfers_ == nullptr) {
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    return curl_multi_add_handle(multi_, easy);
  }
  if (transfers_->by_handle.count(easy) != 0) {
    // It is there still, or was removed behind our back, and perhaps is another one by now.
    const CURLMcode code = curl_multi_add_handle(multi_, easy);
    if (code != CURLM_OK) return code;
    curl_multi_remove_handle(multi_, easy);
    transfers_->leave(easy);
  }
  Transfer* const transfer = transfers_->start(easy, headers, parent);
  const CURLMcode code = curl_multi_add_handle(multi_, easy);
  if (code == CURLM_OK || transfer == nullptr) return code;
  transfer->refuse(code);
  transfers_->by_handle.erase(easy);
  return code;
}

CURLMcode CurlMulti::remove_handle(CURL* easy) {
  const CURLMcode code = curl_multi_remove_handle(multi_, easy);
  if (transfers_ != nullptr) transfers_->leave(easy);
  return code;
}

CURLMsg* CurlMulti::info_read(int* left) {
  CURLMsg* const message = curl_multi_info_read(multi_, left);
  if (message == nullptr || message->msg != CURLMSG_DONE || transfers_ == nullptr) return message;
  const auto at = transfers_->by_handle.find(message->easy_handle);
  if (at != transfers_->by_handle.end()) {
    at->second->finish(message->data.result);
    transfers_->by_handle.erase(at);
  }
  return message;
}

}  // namespace cairn::trace
