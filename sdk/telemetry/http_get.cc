// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/http_get.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include <curl/curl.h>
#include <unistd.h>

namespace cairn::telemetry {
namespace {

struct Body {
  std::string* text;
  std::size_t max_size;
};

std::size_t append(char* data, std::size_t, std::size_t size, void* user) {
  const auto* body = static_cast<Body*>(user);
  if (body->text->size() + size > body->max_size) return 0;
  body->text->append(data, size);
  return size;
}

void initialize_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

class HttpGet::Connection {
 public:
  explicit Connection(std::size_t max_body) : max_body_(max_body) {
    initialize_curl();
    multi_ = curl_multi_init();
    easy_ = curl_easy_init();
  }
  ~Connection() {
    if (easy_ != nullptr) curl_easy_cleanup(easy_);
    if (multi_ != nullptr) curl_multi_cleanup(multi_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  HttpAnswer get(const std::string& url, std::chrono::milliseconds timeout) {
    HttpAnswer answer;
    if (multi_ == nullptr || easy_ == nullptr) {
      answer.error = "libcurl cannot start";
      return answer;
    }
    Body body{&answer.body, max_body_};
    prepare(url, timeout, body);
    if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) {
      answer.error = "libcurl cannot start";
      return answer;
    }
    answer.error = run(std::chrono::steady_clock::now() + timeout);
    if (answer.error.empty()) curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_multi_remove_handle(multi_, easy_);
    return answer;
  }

  void cancel() noexcept {
    cancelled_.store(true);
    if (multi_ != nullptr) curl_multi_wakeup(multi_);
  }

 private:
  void prepare(const std::string& url, std::chrono::milliseconds timeout, Body& body) {
    curl_easy_reset(easy_);
    curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &body);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    // Whoever waits for us does not wait for a name server too.
    curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
#endif
  }

  // Empty when an answer came.
  std::string run(std::chrono::steady_clock::time_point deadline) {
    for (;;) {
      int running = 0;
      if (cancelled_.load()) return "cancelled";
      if (curl_multi_perform(multi_, &running) != CURLM_OK) return "libcurl failed";
      int queued = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &queued)) {
        if (message->msg != CURLMSG_DONE) continue;
        if (message->data.result == CURLE_OK) return {};
        if (message->data.result == CURLE_WRITE_ERROR) return "the answer is too large";
        return curl_easy_strerror(message->data.result);
      }
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) return "timeout";
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(std::min<long>(left.count(), 1000)),
                      nullptr);
    }
  }

  const std::size_t max_body_;
  CURLM* multi_ = nullptr;
  CURL* easy_ = nullptr;
  std::atomic<bool> cancelled_{false};
};

HttpGet::HttpGet(std::size_t max_body)
    : owner_(::getpid()), connection_(std::make_unique<Connection>(max_body)) {
}
HttpGet::~HttpGet() {
  // In a child the connection is the parent's: nothing may be sent on it, not even a goodbye.
  if (owner_ != ::getpid()) (void)connection_.release();
}

HttpAnswer HttpGet::get(const std::string& url, std::chrono::milliseconds timeout) {
  return connection_->get(url, timeout);
}

void HttpGet::cancel() noexcept {
  connection_->cancel();
}

std::string url_escaped(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  static constexpr std::string_view kPlain = "-._~";
  std::string escaped;
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || kPlain.find(c) != std::string_view::npos;
    if (is_plain) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += '%';
    escaped += kHex[byte >> 4];
    escaped += kHex[byte & 15];
  }
  return escaped;
}

}  // namespace cairn::telemetry
