// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/http/http_client.h"

#include <algorithm>
#include <utility>

#include <curl/curl.h>

#include "sdk/export/http/body_reader.h"
#include "sdk/export/http/no_sigpipe.h"
#include "sdk/export/http/open_sockets.h"
#include "sdk/export/http/response_head.h"

namespace cairn::trace::transport {
namespace {

using std::chrono::milliseconds;

// libcurl copies the body once, through this buffer: 512 KiB took twice the CPU, as it left the
// cache.
constexpr long kUploadBuffer = 64 * 1024;
// A deadline that was moved without interrupt() is seen after this.
constexpr milliseconds kLongestPoll{250};
constexpr long kCaCacheSeconds = 600;
constexpr curl_off_t kNever = curl_off_t{366} * 24 * 3600;  // seconds; still fits in nanoseconds

void init_curl() {
  // Never undone: other code of the process may use libcurl too.
  static const CURLcode done = curl_global_init(CURL_GLOBAL_ALL);
  (void)done;
}

struct FreeEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeMulti {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

class HeaderList {
 public:
  void add(const std::string& line) {
    curl_slist* grown = curl_slist_append(list_.get(), line.c_str());
    if (grown == nullptr) {
      failed_ = true;
      return;
    }
    (void)list_.release();
    list_.reset(grown);
  }
  curl_slist* get() const { return list_.get(); }
  bool failed() const { return failed_; }

 private:
  std::unique_ptr<curl_slist, FreeList> list_;
  bool failed_ = false;
};

}  // namespace

// All that must be left alone in the child of a fork().
class HttpClient::Connection {
 public:
  explicit Connection(const HttpOptions& options)
      : options_(options), multi_(curl_multi_init()), easy_(curl_easy_init()) {
    if (!easy_ || !multi_) return;
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 1L);
    set_transport();
    set_tls();
  }

  ~Connection() {
    const NoSigpipe guard;
    easy_.reset();
    multi_.reset();
  }

  HttpAnswer post(const Segments& body, const std::string& header, const ExportDeadline& deadline) {
    HttpAnswer answer;
    if (!easy_ || !multi_) return failed(std::move(answer), "out of memory");
    const NoSigpipe guard;
    BodyReader reader(body);
    ResponseHead head(answer);
    ResponseBody sink{answer.body, options_.max_response_size};
    HeaderList headers;
    headers.add("Expect:");
    if (options_.http2) headers.add("Accept:");
    for (const std::string& line : options_.headers) headers.add(line);
    if (!header.empty()) headers.add(header);
    if (headers.failed()) return failed(std::move(answer), "out of memory");

    char text[CURL_ERROR_SIZE] = "";
    set(CURLOPT_ERRORBUFFER, text);
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_READDATA, static_cast<void*>(&reader));
    set(CURLOPT_SEEKDATA, static_cast<void*>(&reader));
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(reader.size()));
    set(CURLOPT_HEADERDATA, static_cast<void*>(&head));
    set(CURLOPT_WRITEDATA, static_cast<void*>(&sink));
    set(CURLOPT_FORBID_REUSE, 0L);
    const char* error = send(deadline, reader, answer);
    if (error == nullptr && (!head.is_whole() || answer.status == 0)) {
      error = "the head of the answer was cut off";
    }
    answer.too_large = sink.too_large;
    finish(answer, error, text);
    // They pointed into this frame.
    set(CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
    set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    return answer;
  }

  void interrupt() noexcept {
    if (multi_) curl_multi_wakeup(multi_.get());
  }
  void close_sockets() noexcept { sockets_.close_all(); }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  void set_transport() {
    set(CURLOPT_URL, options_.url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
    set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    prior_knowledge_ = options_.http2 && !is_secure();
    set(CURLOPT_HTTP_VERSION,
        options_.http2 ? long{CURL_HTTP_VERSION_2TLS} : long{CURL_HTTP_VERSION_1_1});
    set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    set(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    set(CURLOPT_QUICK_EXIT, 1L);  // does not wait for a thread that still resolves a name
#endif
    set(CURLOPT_TCP_NODELAY, 1L);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, 0L);  // the deadline alone counts
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_UPLOAD_BUFFERSIZE, kUploadBuffer);
    set(CURLOPT_POST, 1L);
    set(CURLOPT_READFUNCTION, &BodyReader::read);
    set(CURLOPT_SEEKFUNCTION, &BodyReader::seek);
    set(CURLOPT_HEADERFUNCTION, &ResponseHead::line);
    set(CURLOPT_WRITEFUNCTION, &ResponseBody::write);
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&sockets_));
    set(CURLOPT_CLOSESOCKETFUNCTION, &close_socket);
    set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(&sockets_));
  }

  void set_tls() {
    const TlsOptions& tls = options_.tls;
    set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!tls.ca_file.empty()) set(CURLOPT_CAINFO, tls.ca_file.c_str());
#if LIBCURL_VERSION_NUM >= 0x075700
    set(CURLOPT_CA_CACHE_TIMEOUT, kCaCacheSeconds);
#endif
    if (!tls.certificate_file.empty()) set(CURLOPT_SSLCERT, tls.certificate_file.c_str());
    if (!tls.key_file.empty()) set(CURLOPT_SSLKEY, tls.key_file.c_str());
    set(CURLOPT_SSL_VERIFYPEER, tls.insecure_skip_verify ? 0L : 1L);
    set(CURLOPT_SSL_VERIFYHOST, tls.insecure_skip_verify ? 0L : 2L);
  }

  // libcurl 7.88 (Debian 12) puts a second HTTP/2 layer on a kept connection when it was told of
  // prior knowledge (curl issue 10634, mended in 8.0). It uses the connection rightly when it was
  // not told, but would open a new one for HTTP/1.1: so we ask for the kept one only, and if there
  // is none that works, nothing has been sent yet, or what was sent has been lost with its
  // connection.
  const char* send(const ExportDeadline& deadline, BodyReader& reader, HttpAnswer& answer) {
    if (!prior_knowledge_) return run(deadline);
    if (breaks_kept_http2() && sockets_.any()) {
      set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
      sockets_.refuse(true);
      const char* error = run(deadline);
      const bool found_none = sockets_.refused();
      sockets_.refuse(false);
      if (!found_none) return error;
      BodyReader::seek(&reader, 0, SEEK_SET);
      answer = {};
    }
    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE});
    set(CURLOPT_FORBID_REUSE, 0L);
    return run(deadline);
  }

  static bool breaks_kept_http2() {
    const unsigned version = curl_version_info(CURLVERSION_NOW)->version_num;
    return version >= 0x075800 && version < 0x080000;
  }

  // Null when the transfer ended well, otherwise why not.
  const char* run(const ExportDeadline& deadline) {
    if (deadline.left() <= std::chrono::nanoseconds(0)) return "no time left";
    if (curl_multi_add_handle(multi_.get(), easy_.get()) != CURLM_OK) return "out of memory";
    const char* error = wait(deadline);
    // A connection that failed, or that may be dead without our knowing, is never used again.
    if (error != nullptr) set(CURLOPT_FORBID_REUSE, 1L);
    curl_multi_remove_handle(multi_.get(), easy_.get());
    return error;
  }

  const char* wait(const ExportDeadline& deadline) {
    for (;;) {
      int running = 0;
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return "libcurl failed";
      if (running == 0) return result();
      const auto left = std::chrono::ceil<milliseconds>(deadline.left());
      if (left <= milliseconds(0)) return "timed out";
      const int step = static_cast<int>(std::min(left, kLongestPoll).count());
      if (curl_multi_poll(multi_.get(), nullptr, 0, step, nullptr) != CURLM_OK) {
        return "libcurl failed";
      }
    }
  }

  const char* result() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      return message->data.result == CURLE_OK ? nullptr : curl_easy_strerror(message->data.result);
    }
    return "libcurl failed";
  }

  void finish(HttpAnswer& answer, const char* error, const char* text) {
    // A later line may look like a status line; libcurl knows which one was.
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (answer.status != 0) answer.status = static_cast<int>(status);
    curl_off_t connect = 0, handshake = 0, retry_after = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_CONNECT_TIME_T, &connect);
    curl_easy_getinfo(easy_.get(), CURLINFO_APPCONNECT_TIME_T, &handshake);
    curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &retry_after);
    answer.connected = answer.status != 0 || (is_secure() ? handshake : connect) > 0;
    answer.retry_after = std::chrono::seconds(std::clamp<curl_off_t>(retry_after, 0, kNever));
    answer.complete = error == nullptr;
    if (error != nullptr) answer.error = *text != '\0' ? text : error;
    long version = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_VERSION, &version);
    if (answer.complete && options_.http2 && version != CURL_HTTP_VERSION_2_0) {
      answer.complete = false;
      answer.error = "the server does not speak HTTP/2";
    }
  }

  static HttpAnswer failed(HttpAnswer answer, const char* why) {
    answer.error = why;
    return answer;
  }

  static curl_socket_t open_socket(void* sockets, curlsocktype, curl_sockaddr* address) {
    return static_cast<OpenSockets*>(sockets)->open(address->family, address->socktype,
                                                    address->protocol);
  }
  static int close_socket(void* sockets, curl_socket_t socket) {
    static_cast<OpenSockets*>(sockets)->close(socket);
    return 0;
  }

  bool is_secure() const { return options_.url.compare(0, 8, "https://") == 0; }

  const HttpOptions& options_;
  bool prior_knowledge_ = false;  // HTTP/2 without TLS
  OpenSockets sockets_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::unique_ptr<CURL, FreeEasy> easy_;
};

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)) {
  init_curl();
  connection_ = std::make_unique<Connection>(options_);
}

HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::post(const Segments& body, const std::string& header,
                            const ExportDeadline& deadline) {
  return connection_->post(body, header, deadline);
}

void HttpClient::interrupt() noexcept {
  connection_->interrupt();
}

void HttpClient::after_fork_in_child() noexcept {
  // Leaked: the parent's thread may have been in the middle of it.
  connection_.release()->close_sockets();
  connection_ = std::make_unique<Connection>(options_);
}

}  // namespace cairn::trace::transport
