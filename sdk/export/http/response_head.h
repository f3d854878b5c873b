// SPDX-License-Identifier: Apache-2.0
//
// ResponseHead: keeps what is of interest in an answer's status line, headers and trailers.
#pragma once

#include <cctype>
#include <cstring>
#include <string>
#include <string_view>

#include "sdk/export/http/http_client.h"

namespace cairn::trace::transport {

class ResponseHead {
 public:
  explicit ResponseHead(HttpAnswer& answer) : answer_(answer) {}

  // CURLOPT_HEADERFUNCTION: one line, with its end. Lines without end are refused, wherever they
  // stand: in interim answers, in the head, in trailers.
  static std::size_t line(char* from, std::size_t, std::size_t size, void* self) noexcept {
    auto& head = *static_cast<ResponseHead*>(self);
    head.size_ += size;
    if (head.size_ > kLargestHead) return 0;
    try {
      head.read({from, size});
    } catch (...) {
      return 0;
    }
    return size;
  }

  // Whether the empty line came after the last head. libcurl takes an answer whose
  // server closed the connection in the middle of the head.
  bool is_whole() const { return is_whole_; }

 private:
  static constexpr std::size_t kLongestValue = 16 * 1024;
  static constexpr std::size_t kLargestHead = 256 * 1024;  // of all lines

  void read(std::string_view text) {
    while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
    if (text.empty()) is_whole_ = true;
    if (text.substr(0, 5) == "HTTP/") return start(text);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return;
    std::string_view value = text.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (value.size() > kLongestValue) return;
    if (std::string* kept = place(text.substr(0, colon))) *kept = value;
  }

  // A new answer: what stood before was "100 Continue" or a proxy's.
  void start(std::string_view text) {
    is_whole_ = false;
    answer_.content_type.clear();
    answer_.grpc_status.clear();
    answer_.grpc_message.clear();
    answer_.grpc_status_details.clear();
    answer_.status = 0;
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return;
    for (const char c : text.substr(space + 1, 3)) {
      if (c >= '0' && c <= '9') answer_.status = answer_.status * 10 + (c - '0');
    }
  }

  std::string* place(std::string_view name) {
    if (is(name, "content-type")) return &answer_.content_type;
    if (is(name, "grpc-status")) return &answer_.grpc_status;
    if (is(name, "grpc-message")) return &answer_.grpc_message;
    if (is(name, "grpc-status-details-bin")) return &answer_.grpc_status_details;
    return nullptr;
  }

  static bool is(std::string_view name, std::string_view lower) {
    if (name.size() != lower.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (std::tolower(static_cast<unsigned char>(name[i])) != lower[i]) return false;
    }
    return true;
  }

  HttpAnswer& answer_;
  std::size_t size_ = 0;
  bool is_whole_ = false;
};

}  // namespace cairn::trace::transport
