// SPDX-License-Identifier: Apache-2.0
#include "http.h"

#include <memory>

#include <cairn/adapters/curl.h>

namespace interop {
namespace {

constexpr char kLoopback[] = "127.0.0.1";
constexpr long kTimeoutSeconds = 30;

std::string target(const std::string& way) {
  return "/hop/" + way + "?from=cpp";
}

std::size_t discard(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

}  // namespace

HttpStop::HttpStop(const Stop& stop) {
  const auto answer = [&stop](const httplib::Request& request, httplib::Response& response) {
    if (!stop.next(request.matches[1])) response.status = 503;
  };
  server_.Get("/hop/([^/]*)", cairn::trace::traced("/hop/:way", answer));
  server_.Post("/hop/([^/]*)", cairn::trace::traced("/hop/:way", answer));
  port_ = server_.bind_to_any_port(kLoopback);
  thread_ = std::thread([this] { server_.listen_after_bind(); });
  while (!server_.is_running()) std::this_thread::yield();  // else stop() would do nothing
}

HttpStop::~HttpStop() {
  server_.stop();
  thread_.join();
}

Stop::Step get_by_httplib(const std::string& base) {
  return [base](const std::string& rest) {
    cairn::trace::TracedClient client(base);
    client->set_read_timeout(kTimeoutSeconds);
    const auto response = client.Get(target(rest));
    return response && response->status == 200;
  };
}

Stop::Step get_by_curl(const std::string& base) {
  return [base](const std::string& rest) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   curl_easy_cleanup);
    const std::string url = base + target(rest);
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kTimeoutSeconds);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, discard);
    long status = 0;
    if (cairn::trace::curl_perform(curl.get(), nullptr) != CURLE_OK) return false;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return status == 200;
  };
}

}  // namespace interop
