// SPDX-License-Identifier: Apache-2.0
//
// libcurl: traced transfers, one at a time (curl_perform) and many (CurlMulti). Link cairn::curl.
//
//   curl_slist* headers = curl_slist_append(nullptr, "Accept: application/json");
//   curl_easy_setopt(curl, CURLOPT_URL, "http://shop:8080/user/7");
//   CURLcode code = cairn::trace::curl_perform(curl, headers);  // instead of curl_easy_perform
//
// libcurl cannot be asked for the header list of a handle, so the list is given here instead of by
// CURLOPT_HTTPHEADER; nullptr says that there is none. The list is read, not changed, and may be
// shared by threads; it stays the caller's and must live until the transfer is over, as always.
// Afterwards CURLOPT_HTTPHEADER is that list again. No other option of the handle is touched.
//
// Nor does libcurl tell the CURLOPT_URL of a handle, only its effective URL: the span of a handle
// that was redirected before shows where it was redirected to, unless CURLOPT_URL is set anew.
//
// One thread at a time for a handle or a CurlMulti, as libcurl wants it. Nothing here throws of its
// own; what the program's callbacks throw, and threads that are canceled, pass through.
// libcurl 7.72 and newer. Source: libcurl, "CURLOPT_HTTPHEADER", "curl_multi_info_read".
#pragma once

#include <memory>

#include <cairn/trace/context.h>
#include <curl/curl.h>

namespace cairn::trace {

// curl_easy_perform in a CLIENT span, which is current while the handle's callbacks run.
CURLcode curl_perform(CURL* easy, curl_slist* headers);

// The transfers of a CURLM, each in a CLIENT span. Use these three instead of libcurl's; everything
// else (curl_multi_perform, _poll, _socket_action) as ever.
class CurlMulti {
 public:
  // `multi` is borrowed and must live longer than this.
  explicit CurlMulti(CURLM* multi) noexcept;
  // Removes the transfers that are still there from `multi`, as remove_handle() does.
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  CURLM* get() const noexcept { return multi_; }

  // curl_multi_add_handle: starts the span. `headers` as above. Until the transfer is reported or
  // removed the handle has the span's headers: do not copy, reset or clean it up before.
  CURLMcode add_handle(CURL* easy, curl_slist* headers, const Context& parent = Context::current());
  // curl_multi_remove_handle: a transfer that info_read() has not reported ends with the status of
  // its answer; as failed ("canceled") when there is none, or less than its Content-Length.
  CURLMcode remove_handle(CURL* easy);
  // curl_multi_info_read: ends the spans of the transfers it reports.
  CURLMsg* info_read(int* left);

 private:
  struct Transfers;
  CURLM* multi_;
  std::unique_ptr<Transfers> transfers_;  // null without memory: nothing is traced
};

}  // namespace cairn::trace
