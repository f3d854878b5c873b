// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/http_get.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sdk/export/http/no_sigpipe.h"

namespace cairn::telemetry {
namespace {

// Of all lines, those of "100 Continue" and of trailers included.
constexpr std::size_t kLargestHead = std::size_t{64} << 10;
// What is added to the time of day must not pass its end.
constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24);

struct Received {
  std::string& body;
  std::size_t max_body;
  std::size_t head = 0;
  bool head_is_whole = false;  // libcurl takes one that was cut between two lines
};

// libcurl passes no exceptions on.
std::size_t append(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& received = *static_cast<Received*>(user);
  if (size > received.max_body - received.body.size()) return 0;
  try {
    received.body.append(data, size);
  } catch (...) {
    return 0;
  }
  return size;
}

std::size_t count_head(char* line, std::size_t, std::size_t size, void* user) noexcept {
  auto& received = *static_cast<Received*>(user);
  received.head += size;
  // Trailers may come after it.
  if (size != 0 && (line[0] == '\r' || line[0] == '\n')) received.head_is_whole = true;
  return received.head <= kLargestHead ? size : 0;
}

// Programs that are exec()ed do not inherit it.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) noexcept {
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
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
    // TLS says goodbye, perhaps to a server that is gone, and on any thread.
    const trace::transport::NoSigpipe guard;
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
    const trace::transport::NoSigpipe guard;
    timeout = std::clamp(timeout, std::chrono::milliseconds(1), kLongest);
    Received received{answer.body, max_body_};
    prepare(url, timeout, received);
    if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) {
      answer.error = "libcurl cannot start";
      return answer;
    }
    answer.error = run(std::chrono::steady_clock::now() + timeout);
    if (answer.error.empty() && !received.head_is_whole) answer.error = "the answer was cut off";
    if (answer.error.empty()) curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &answer.status);
    if (answer.error.empty() && answer.status == 0) answer.error = "no HTTP answer";
    curl_multi_remove_handle(multi_, easy_);
    return answer;
  }

  void cancel() noexcept {
    cancelled_.store(true);
    if (multi_ != nullptr) curl_multi_wakeup(multi_);
  }

 private:
  void prepare(const std::string& url, std::chrono::milliseconds timeout, Received& received) {
    curl_easy_reset(easy_);
    curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &received);
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &count_head);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, &received);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
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
