// SPDX-License-Identifier: Apache-2.0
//
// Addresses are read by libcurl's own parser: what is checked is what will be connected to.
#include <algorithm>
#include <memory>

#include <curl/curl.h>

#include "sdk/export/http/http_client.h"

namespace cairn::trace::transport {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

// What a log may show of an address that may be none: nothing before an @ of the host.
std::string without_user(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t start = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", start), url.size());
  const std::size_t at = url.rfind('@', end);
  if (at == std::string::npos || at < start) return url;
  return url.substr(0, start) + url.substr(at + 1);
}

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK || text == nullptr) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

}  // namespace

bool parse_url(const std::string& url, const std::string& path, ParsedUrl& parsed,
               std::string& error) {
  const std::unique_ptr<CURLU, FreeUrl> parts(curl_url());
  const std::size_t colon = url.find("://");
  if (colon == std::string::npos) {
    error = "the address '" + without_user(url) + "' has no scheme: http:// or https:// is needed";
    return false;
  }
  // libcurl would take http:///v1 for the host v1.
  const std::string scheme = lower(url.substr(0, colon));
  if (scheme != "http" && scheme != "https") {
    error = "the address '" + without_user(url) + "' is of no use: http:// or https:// is needed";
    return false;
  }
  if (!parts || url.find('\0') != std::string::npos || url.compare(colon, 4, ":///") == 0 ||
      curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      part(parts.get(), CURLUPART_HOST).empty()) {
    error = "not an address: '" + without_user(url) + "'";
    return false;
  }
  if (!path.empty()) {
    curl_url_set(parts.get(), CURLUPART_PATH, path.c_str(), 0);
    curl_url_set(parts.get(), CURLUPART_QUERY, nullptr, 0);
  }
  curl_url_set(parts.get(), CURLUPART_FRAGMENT, nullptr, 0);
  parsed.url = part(parts.get(), CURLUPART_URL);
  for (const CURLUPart secret : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY}) {
    curl_url_set(parts.get(), secret, nullptr, 0);
  }
  parsed.for_log = part(parts.get(), CURLUPART_URL);
  if (!parsed.url.empty() && !parsed.for_log.empty()) return true;
  error = "not an address: '" + without_user(url) + "'";
  return false;
}

bool http_client_can(bool tls, bool http2, std::string& error) {
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  if (tls && (info->features & CURL_VERSION_SSL) == 0) {
    error = "this libcurl cannot TLS";
    return false;
  }
  if (http2 && (info->features & CURL_VERSION_HTTP2) == 0) {
    error = "this libcurl cannot HTTP/2, which OTLP/gRPC needs";
    return false;
  }
  return true;
}

}  // namespace cairn::trace::transport
