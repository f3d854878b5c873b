// SPDX-License-Identifier: Apache-2.0
// libcurl: one transfer, and several at once.
#include <cairn/adapters/curl.h>

namespace {

// [snippet: easy]
CURLcode get_user(CURL* curl) {
  curl_slist* headers = curl_slist_append(nullptr, "Accept: application/json");
  curl_easy_setopt(curl, CURLOPT_URL, "http://shop:8080/user/7");
  // The list goes here instead of into CURLOPT_HTTPHEADER; nullptr when there is none.
  const CURLcode code = cairn::trace::curl_perform(curl, headers);
  curl_slist_free_all(headers);
  return code;
}
// [end]

// [snippet: multi]
void get_both(CURLM* multi, CURL* first, CURL* second) {
  cairn::trace::CurlMulti traced(multi);
  traced.add_handle(first, nullptr);
  traced.add_handle(second, nullptr);
  for (int running = 1; running > 0;) {
    curl_multi_perform(multi, &running);
    if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    for (int left = 0; CURLMsg* done = traced.info_read(&left);)
      traced.remove_handle(done->easy_handle);
  }
}
// [end]

}  // namespace

int main() {
  CURL* first = curl_easy_init();
  CURL* second = curl_easy_init();
  CURLM* multi = curl_multi_init();
  const CURLcode code = get_user(first);
  get_both(multi, first, second);
  curl_multi_cleanup(multi);
  curl_easy_cleanup(first);
  curl_easy_cleanup(second);
  return code;
}
