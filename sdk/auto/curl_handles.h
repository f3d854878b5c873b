// SPDX-License-Identifier: Apache-2.0
//
// CurlHandles: what libcurl cannot be asked about a handle: its header list, and who drives it.
//
// Bounded: once there was no room for a handle, handles that are not known are not traced, for
// their lists might be lost. Thread rule: any thread.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include <cairn/adapters/curl.h>

#include "sdk/adapters/fork_mutex.h"

namespace cairn::trace::zero_code {

struct CurlHandle {
  curl_slist* headers = nullptr;  // the program's CURLOPT_HTTPHEADER
  CURLM* multi = nullptr;         // which traces a transfer of it
};

class CurlHandles {
 public:
  static constexpr std::size_t kMax = 65536;

  static CurlHandles& instance() {
    static auto* const one = new CurlHandles();  // leaked: handles outlive static objects
    return *one;
  }

  // False when nothing can be said about it.
  bool find(CURL* easy, CurlHandle& handle) {
    const std::lock_guard lock(mutex_);
    const auto at = handles_.find(easy);
    if (at == handles_.end()) {
      handle = CurlHandle();
      return !overflowed_;
    }
    handle = at->second;
    return true;
  }
  void set_headers(CURL* easy, curl_slist* headers) noexcept {
    change(easy, [&](CurlHandle& handle) { handle.headers = headers; });
  }
  void set_multi(CURL* easy, CURLM* multi) noexcept {
    change(easy, [&](CurlHandle& handle) { handle.multi = multi; });
  }
  void forget(CURL* easy) {
    const std::lock_guard lock(mutex_);
    handles_.erase(easy);
  }
  // Of all handles that `multi` has: it goes.
  void forget_multi(CURLM* multi) {
    const std::lock_guard lock(mutex_);
    for (auto& [easy, handle] : handles_) {
      if (handle.multi == multi) handle.multi = nullptr;
    }
  }

  // Null when it has traced nothing. It stays until remove(): a multi has one thread at a time.
  CurlMulti* multi(CURLM* multi) {
    const std::lock_guard lock(mutex_);
    const auto at = multis_.find(multi);
    return at != multis_.end() ? at->second.get() : nullptr;
  }
  CurlMulti* make_multi(CURLM* multi) noexcept {
    try {
      const std::lock_guard lock(mutex_);
      if (multis_.size() >= kMax && multis_.count(multi) == 0) return nullptr;
      auto& place = multis_[multi];
      if (place == nullptr) place = std::make_unique<CurlMulti>(multi);
      return place.get();
    } catch (...) {  // no memory: not traced
      return nullptr;
    }
  }
  std::unique_ptr<CurlMulti> remove_multi(CURLM* multi) {
    const std::lock_guard lock(mutex_);
    const auto at = multis_.find(multi);
    if (at == multis_.end()) return nullptr;
    std::unique_ptr<CurlMulti> removed = std::move(at->second);
    multis_.erase(at);
    return removed;
  }

 private:
  template <class Change>
  void change(CURL* easy, Change apply) noexcept {
    const std::lock_guard lock(mutex_);
    try {
      const auto at = handles_.find(easy);
      if (at != handles_.end()) return apply(at->second);
      if (handles_.size() < kMax) return apply(handles_[easy]);
    } catch (...) {  // no memory
    }
    overflowed_ = true;
  }

  detail::ForkMutex mutex_;
  bool overflowed_ = false;
  std::unordered_map<CURL*, CurlHandle> handles_;
  std::unordered_map<CURLM*, std::unique_ptr<CurlMulti>> multis_;
};

}  // namespace cairn::trace::zero_code
