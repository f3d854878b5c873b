// SPDX-License-Identifier: Apache-2.0
#include "cli/import/uploader.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <curl/curl.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "base/bytes.h"

namespace cairn::cli {
namespace {

constexpr std::size_t kMostAnswerBytes = 4_MiB;
constexpr long kConnectSeconds = 10;
constexpr long kAnswerSeconds = 300;

std::size_t keep_body(char* data, std::size_t, std::size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + count > kMostAnswerBytes) return 0;  // ends the transfer
  body.append(data, count);
  return count;
}

// Only seconds are understood, as this project's servers send them; a date is as if there were
// none.
std::size_t keep_retry_after(char* data, std::size_t, std::size_t count, void* to) {
  constexpr std::string_view kName = "retry-after:";
  std::string_view line(data, count);
  const bool is_it = line.size() > kName.size() &&
                     std::ranges::equal(kName, line.substr(0, kName.size()), {}, {}, [](char c) {
                       return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
                     });
  if (!is_it) return count;
  line.remove_prefix(kName.size());
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), seconds);
  if (error == std::errc())
    static_cast<UploadAnswer*>(to)->retry_after = std::chrono::seconds(seconds);
  return count;
}

bool is_loopback(std::string_view url) {
  return url.find("//127.") != std::string_view::npos ||
         url.find("//localhost") != std::string_view::npos ||
         url.find("//[::1]") != std::string_view::npos;
}

class HttpUploader final : public Uploader {
 public:
  explicit HttpUploader(std::string url) : url_(std::move(url)), curl_(::curl_easy_init()) {
    headers_ = ::curl_slist_append(headers_, "content-type: application/x-ndjson");
    headers_ = ::curl_slist_append(headers_, "expect:");  // do not ask before sending
  }
  HttpUploader(const HttpUploader&) = delete;
  HttpUploader& operator=(const HttpUploader&) = delete;
  ~HttpUploader() override {
    ::curl_slist_free_all(headers_);
    ::curl_easy_cleanup(curl_);
  }

  Result<UploadAnswer> post(std::string_view lines) override {
    if (curl_ == nullptr) return internal_error("libcurl cannot start");
    UploadAnswer answer;
    std::string body;
    set_up(lines, answer, body);
    const CURLcode done = ::curl_easy_perform(curl_);
    if (done != CURLE_OK) return failure(done);
    long status = 0;
    ::curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    read_report(body, answer);
    if (!answer.is_report) answer.text = body.substr(0, 500);
    return answer;
  }

 private:
  void set_up(std::string_view lines, UploadAnswer& answer, std::string& body) {
    ::curl_easy_reset(curl_);  // keeps the connection
    ::curl_easy_setopt(curl_, CURLOPT_URL, url_.c_str());
    ::curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    ::curl_easy_setopt(curl_, CURLOPT_TIMEOUT, kAnswerSeconds);
    ::curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
    ::curl_easy_setopt(curl_, CURLOPT_POST, 1L);
    ::curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, lines.data());
    ::curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(lines.size()));
    ::curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, keep_body);
    ::curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &body);
    ::curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, keep_retry_after);
    ::curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &answer);
    // A proxy of the environment has no business between two processes of one machine.
    if (is_loopback(url_)) ::curl_easy_setopt(curl_, CURLOPT_PROXY, "");
  }

  Error failure(CURLcode done) const {
    const std::string message = fmt::format("{}: {}", url_, ::curl_easy_strerror(done));
    const bool is_hopeless = done == CURLE_URL_MALFORMAT || done == CURLE_UNSUPPORTED_PROTOCOL ||
                             done == CURLE_PEER_FAILED_VERIFICATION;
    return is_hopeless ? invalid_argument(message) : unavailable(message);
  }

  const std::string url_;
  CURL* curl_;
  curl_slist* headers_ = nullptr;
};

void read_counts(simdjson::dom::element document, UploadAnswer& answer) {
  simdjson::dom::object rejected;
  if (document["rejected"].get(rejected) == simdjson::SUCCESS) {
    for (const auto& [reason, count] : rejected) {
      std::uint64_t spans = 0;
      if (count.get(spans) == simdjson::SUCCESS) answer.rejected.emplace(reason, spans);
    }
  }
  simdjson::dom::array errors;
  if (document["errors"].get(errors) != simdjson::SUCCESS) return;
  for (const simdjson::dom::element error : errors) {
    UploadAnswer::Broken& broken = answer.errors.emplace_back();
    std::string_view message;
    if (error["line"].get(broken.line) != simdjson::SUCCESS) broken.line = 0;
    if (error["message"].get(message) == simdjson::SUCCESS) broken.message = message;
  }
}

}  // namespace

void read_report(std::string_view body, UploadAnswer& answer) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(body.data(), body.size()).get(document) != simdjson::SUCCESS) return;
  answer.is_report = document["accepted"].get(answer.accepted) == simdjson::SUCCESS &&
                     document["broken"].get(answer.broken) == simdjson::SUCCESS;
  if (answer.is_report) read_counts(document, answer);
}

std::unique_ptr<Uploader> make_http_uploader(const std::string& server, const std::string& format) {
  std::string_view base(server);
  while (base.ends_with('/')) base.remove_suffix(1);
  const std::string_view scheme = base.find("://") == std::string_view::npos ? "http://" : "";
  return std::make_unique<HttpUploader>(
      fmt::format("{}{}/api/upload?format={}", scheme, base, format));
}

}  // namespace cairn::cli
