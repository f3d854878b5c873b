// SPDX-License-Identifier: Apache-2.0
//
// libcurl: easy and multi transfers go to the adapter.
//
// Debian's two flavours of libcurl have the same names and different symbol versions, and may be in
// one process (the exporters bring the OpenSSL one). So each function is here once for each version
// a caller may be linked with, and goes on to the same one; a version that is not here is not
// traced. Callers without a version get the oldest, CAIRN_UNVERSIONED, as ld.so wants it.
#include <cstdarg>
#include <string_view>

#include <cairn/adapters/curl.h>
#include <strings.h>

#include "sdk/auto/call.h"
#include "sdk/auto/curl_handles.h"

namespace cairn::trace::zero_code {
namespace {

#define CAIRN_FOREIGN(name) constinit Foreign<decltype(name)> next_##name(#name)
CAIRN_FOREIGN(curl_easy_perform);
CAIRN_FOREIGN(curl_easy_reset);
CAIRN_FOREIGN(curl_easy_duphandle);
CAIRN_FOREIGN(curl_easy_cleanup);
CAIRN_FOREIGN(curl_easy_strerror);
CAIRN_FOREIGN(curl_multi_add_handle);
CAIRN_FOREIGN(curl_multi_remove_handle);
CAIRN_FOREIGN(curl_multi_info_read);
CAIRN_FOREIGN(curl_multi_strerror);
CAIRN_FOREIGN(curl_multi_cleanup);
CAIRN_FOREIGN(curl_slist_append);
CAIRN_FOREIGN(curl_slist_free_all);
constinit Foreign<CURLcode(CURL*, CURLoption, ...)> next_setopt("curl_easy_setopt");
constinit Foreign<CURLcode(CURL*, CURLINFO, ...)> next_getinfo("curl_easy_getinfo");

constexpr Kind kKind = Kind::kCurl;
CURLMsg* const kNoNews = nullptr;

using SetOption = CURLcode(CURL*, CURLoption, ...);

// Passes an option on with the type it has.
CURLcode set_option(SetOption* next, CURL* easy, CURLoption option, va_list arguments) {
  if (next == nullptr) return CURLE_FAILED_INIT;
  const int type = static_cast<int>(option) / 10000 * 10000;
  if (type == CURLOPTTYPE_LONG) return next(easy, option, va_arg(arguments, long));
  if (type == CURLOPTTYPE_OFF_T) return next(easy, option, va_arg(arguments, curl_off_t));
  return next(easy, option, va_arg(arguments, void*));  // functions, objects and blobs
}

void set_headers(const Call& call, CURL* easy, curl_slist* headers) {
  SetOption* const next = call.next_of(next_setopt);
  if (next != nullptr) next(easy, CURLOPT_HTTPHEADER, headers);
}

bool starts_with(std::string_view text, std::string_view start) noexcept {
  return text.size() >= start.size() && strncasecmp(text.data(), start.data(), start.size()) == 0;
}

// Headers of other protocols are not for us: with SMTP they would be the mail's. A URL without
// scheme is what libcurl guesses of its host's name.
bool is_http(const Call& call, CURL* easy) noexcept {
  const char* url = nullptr;
  auto* const ask = call.next_of(next_getinfo);
  if (ask == nullptr || ask(easy, CURLINFO_EFFECTIVE_URL, &url) != CURLE_OK) return false;
  const std::string_view text(url != nullptr ? url : "");
  if (starts_with(text, "http://") || starts_with(text, "https://")) return true;
  if (text.find("://") != std::string_view::npos) return false;
  for (const std::string_view host : {"ftp.", "dict.", "ldap.", "imap.", "smtp.", "pop3."}) {
    if (starts_with(text, host)) return false;
  }
  return true;
}

bool is_traced(const Call& call, CURL* easy, CurlHandle& handle) noexcept {
  return easy != nullptr && call.outer() && tracing() &&
         CurlHandles::instance().find(easy, handle) && is_http(call, easy);
}

// A callback may have set another list, which the adapter has replaced by the earlier one.
void keep_latest_headers(const Call& call, CURL* easy, const curl_slist* earlier) {
  CurlHandle handle;
  if (!CurlHandles::instance().find(easy, handle) || handle.headers == earlier) return;
  set_headers(call, easy, handle.headers);
}

CURLcode easy_setopt(const Caller& caller, CURL* easy, CURLoption option, va_list arguments) {
  const Call call(kKind, "curl_easy_setopt", caller);
  if (option == CURLOPT_HTTPHEADER && call.outer()) {
    va_list copy;
    va_copy(copy, arguments);
    CurlHandles::instance().set_headers(easy, va_arg(copy, curl_slist*));
    va_end(copy);
  }
  return set_option(call.next_of(next_setopt), easy, option, arguments);
}

CURLcode easy_perform(const Caller& caller, CURL* easy) {
  const Call call(kKind, "curl_easy_perform", caller);
  CurlHandle handle;
  if (!is_traced(call, easy, handle)) {
    return call.pass(next_curl_easy_perform, CURLE_FAILED_INIT, easy);
  }
  const ProcessParent parent;
  const CURLcode code = curl_perform(easy, handle.headers);
  keep_latest_headers(call, easy, handle.headers);
  return code;
}

void easy_reset(const Caller& caller, CURL* easy) {
  const Call call(kKind, "curl_easy_reset", caller);
  call.pass(next_curl_easy_reset, easy);
  CurlHandle handle;
  if (call.outer() && CurlHandles::instance().find(easy, handle) && handle.headers != nullptr) {
    CurlHandles::instance().set_headers(easy, nullptr);
  }
}

CURL* easy_duphandle(const Caller& caller, CURL* easy) {
  const Call call(kKind, "curl_easy_duphandle", caller);
  CURL* const copy = call.pass(next_curl_easy_duphandle, static_cast<CURL*>(nullptr), easy);
  CurlHandle handle;
  if (copy == nullptr || !call.outer() || !CurlHandles::instance().find(easy, handle)) return copy;
  if (handle.headers == nullptr && handle.multi == nullptr) return copy;
  // In the middle of a transfer it has copied the list with our headers.
  set_headers(call, copy, handle.headers);
  CurlHandles::instance().set_headers(copy, handle.headers);
  return copy;
}

CURLMcode multi_remove_handle(const Call& call, CURLM* multi, CURL* easy) {
  CurlMulti* const traced = CurlHandles::instance().multi(multi);
  CurlHandle handle;
  const bool known = CurlHandles::instance().find(easy, handle) && handle.multi == multi;
  if (traced == nullptr || !known) {
    return call.pass(next_curl_multi_remove_handle, CURLM_BAD_HANDLE, multi, easy);
  }
  const CURLMcode code = traced->remove_handle(easy);
  CurlHandles::instance().set_multi(easy, nullptr);
  set_headers(call, easy, handle.headers);
  return code;
}

void easy_cleanup(const Caller& caller, CURL* easy) {
  const Call call(kKind, "curl_easy_cleanup", caller);
  CurlHandle handle;
  if (call.outer() && CurlHandles::instance().find(easy, handle)) {
    if (handle.multi != nullptr) multi_remove_handle(call, handle.multi, easy);
    CurlHandles::instance().forget(easy);
  }
  call.pass(next_curl_easy_cleanup, easy);
}

CURLMcode multi_add_handle(const Caller& caller, CURLM* multi, CURL* easy) {
  const Call call(kKind, "curl_multi_add_handle", caller);
  CurlHandle handle;
  CurlMulti* traced = nullptr;
  if (multi != nullptr && is_traced(call, easy, handle) && handle.multi == nullptr) {
    traced = CurlHandles::instance().make_multi(multi);
  }
  if (traced == nullptr) {
    return call.pass(next_curl_multi_add_handle, CURLM_BAD_HANDLE, multi, easy);
  }
  const ProcessParent parent;
  const CURLMcode code = traced->add_handle(easy, handle.headers);
  if (code == CURLM_OK) CurlHandles::instance().set_multi(easy, multi);
  return code;
}

CURLMcode multi_remove_handle(const Caller& caller, CURLM* multi, CURL* easy) {
  const Call call(kKind, "curl_multi_remove_handle", caller);
  if (call.outer()) return multi_remove_handle(call, multi, easy);
  return call.pass(next_curl_multi_remove_handle, CURLM_BAD_HANDLE, multi, easy);
}

CURLMsg* multi_info_read(const Caller& caller, CURLM* multi, int* left) {
  const Call call(kKind, "curl_multi_info_read", caller);
  CurlMulti* const traced = call.outer() ? CurlHandles::instance().multi(multi) : nullptr;
  if (traced == nullptr) return call.pass(next_curl_multi_info_read, kNoNews, multi, left);
  CURLMsg* const message = traced->info_read(left);
  CurlHandle handle;
  if (message == nullptr || message->msg != CURLMSG_DONE) return message;
  if (CurlHandles::instance().find(message->easy_handle, handle) && handle.multi == multi) {
    CurlHandles::instance().set_multi(message->easy_handle, nullptr);
    set_headers(call, message->easy_handle, handle.headers);
  }
  return message;
}

CURLMcode multi_cleanup(const Caller& caller, CURLM* multi) {
  const Call call(kKind, "curl_multi_cleanup", caller);
  if (call.outer() && CurlHandles::instance().remove_multi(multi) != nullptr) {
    CurlHandles::instance().forget_multi(multi);
  }
  return call.pass(next_curl_multi_cleanup, CURLM_BAD_HANDLE, multi);
}

}  // namespace
}  // namespace cairn::trace::zero_code

using namespace cairn::trace::zero_code;

#define CAIRN_CURL(tag, version, result, name, function, parameters, ...)       \
  extern "C" CAIRN_INTERPOSED result cairn_auto_##name##_##tag parameters {     \
    return function(Caller{__builtin_return_address(0), version}, __VA_ARGS__); \
  }

// All of them, for callers that are linked with `version` (null: with none), named `node` in
// versions.map.
#define CAIRN_CURL_VERSION(tag, version, node)                                                    \
  CAIRN_CURL(tag, version, CURLcode, perform, easy_perform, (CURL * easy), easy)                  \
  CAIRN_CURL(tag, version, void, reset, easy_reset, (CURL * easy), easy)                          \
  CAIRN_CURL(tag, version, CURL*, duphandle, easy_duphandle, (CURL * easy), easy)                 \
  CAIRN_CURL(tag, version, void, cleanup, easy_cleanup, (CURL * easy), easy)                      \
  CAIRN_CURL(tag, version, CURLMcode, add_handle, multi_add_handle, (CURLM * multi, CURL * easy), \
             multi, easy)                                                                         \
  CAIRN_CURL(tag, version, CURLMcode, remove_handle, multi_remove_handle,                         \
             (CURLM * multi, CURL * easy), multi, easy)                                           \
  CAIRN_CURL(tag, version, CURLMsg*, info_read, multi_info_read, (CURLM * multi, int* left),      \
             multi, left)                                                                         \
  CAIRN_CURL(tag, version, CURLMcode, multi_cleanup, multi_cleanup, (CURLM * multi), multi)       \
  extern "C" CAIRN_INTERPOSED CURLcode cairn_auto_setopt_##tag(CURL* easy, CURLoption option,     \
                                                               ...) {                             \
    va_list arguments;                                                                            \
    va_start(arguments, option);                                                                  \
    const Caller caller{__builtin_return_address(0), version};                                    \
    const CURLcode code = easy_setopt(caller, easy, option, arguments);                           \
    va_end(arguments);                                                                            \
    return code;                                                                                  \
  }                                                                                               \
  __asm__(".symver cairn_auto_perform_" #tag ",curl_easy_perform@" node);                         \
  __asm__(".symver cairn_auto_reset_" #tag ",curl_easy_reset@" node);                             \
  __asm__(".symver cairn_auto_duphandle_" #tag ",curl_easy_duphandle@" node);                     \
  __asm__(".symver cairn_auto_cleanup_" #tag ",curl_easy_cleanup@" node);                         \
  __asm__(".symver cairn_auto_setopt_" #tag ",curl_easy_setopt@" node);                           \
  __asm__(".symver cairn_auto_add_handle_" #tag ",curl_multi_add_handle@" node);                  \
  __asm__(".symver cairn_auto_remove_handle_" #tag ",curl_multi_remove_handle@" node);            \
  __asm__(".symver cairn_auto_info_read_" #tag ",curl_multi_info_read@" node);                    \
  __asm__(".symver cairn_auto_multi_cleanup_" #tag ",curl_multi_cleanup@" node)

CAIRN_CURL_VERSION(none, nullptr, "CAIRN_UNVERSIONED");
CAIRN_CURL_VERSION(openssl4, "CURL_OPENSSL_4", "CURL_OPENSSL_4");
CAIRN_CURL_VERSION(gnutls3, "CURL_GNUTLS_3", "CURL_GNUTLS_3");
CAIRN_CURL_VERSION(gnutls4, "CURL_GNUTLS_4", "CURL_GNUTLS_4");
CAIRN_CURL_VERSION(any4, "CURL_4", "CURL_4");

// What the adapter calls: the linker gives it these (--wrap).
#define CAIRN_FORWARD(result, name, otherwise, parameters, ...) \
  extern "C" result __wrap_##name parameters;                   \
  extern "C" result __wrap_##name parameters {                  \
    return forward(kKind, next_##name, otherwise, __VA_ARGS__); \
  }

CAIRN_FORWARD(CURLcode, curl_easy_perform, CURLE_FAILED_INIT, (CURL * e), e)
CAIRN_FORWARD(const char*, curl_easy_strerror, "", (CURLcode c), c)
CAIRN_FORWARD(const char*, curl_multi_strerror, "", (CURLMcode c), c)
CAIRN_FORWARD(CURLMcode, curl_multi_add_handle, CURLM_BAD_HANDLE, (CURLM * m, CURL* e), m, e)
CAIRN_FORWARD(CURLMcode, curl_multi_remove_handle, CURLM_BAD_HANDLE, (CURLM * m, CURL* e), m, e)
CAIRN_FORWARD(CURLMsg*, curl_multi_info_read, kNoNews, (CURLM * m, int* l), m, l)
CAIRN_FORWARD(curl_slist*, curl_slist_append, static_cast<curl_slist*>(nullptr),
              (curl_slist * l, const char* t), l, t)

extern "C" void __wrap_curl_slist_free_all(curl_slist* list);
extern "C" void __wrap_curl_slist_free_all(curl_slist* list) {
  forward(kKind, next_curl_slist_free_all, list);
}
extern "C" CURLcode __wrap_curl_easy_setopt(CURL* easy, CURLoption option, ...);
extern "C" CURLcode __wrap_curl_easy_setopt(CURL* easy, CURLoption option, ...) {
  const Library* const library = current(kKind);
  va_list arguments;
  va_start(arguments, option);
  const CURLcode code =
      set_option(library != nullptr ? next_setopt.in(*library) : nullptr, easy, option, arguments);
  va_end(arguments);
  return code;
}
// All that is asked for is written through a pointer.
extern "C" CURLcode __wrap_curl_easy_getinfo(CURL* easy, CURLINFO info, ...);
extern "C" CURLcode __wrap_curl_easy_getinfo(CURL* easy, CURLINFO info, ...) {
  const Library* const library = current(kKind);
  auto* const next = library != nullptr ? next_getinfo.in(*library) : nullptr;
  if (next == nullptr) return CURLE_FAILED_INIT;
  va_list arguments;
  va_start(arguments, info);
  void* const result = va_arg(arguments, void*);
  va_end(arguments);
  return next(easy, info, result);
}
