// SPDX-License-Identifier: Apache-2.0
//
// A request and its answer, the same for HTTP/1.1, HTTP/2 and gRPC: a handler never learns which.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/deadline.h"
#include "base/result.h"

namespace cairn::net {

enum class Protocol { kHttp1, kHttp2, kGrpc };

// Names are lower case; order and repetition are the sender's.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  // The first one with that lower-case name.
  std::optional<std::string_view> get(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  Protocol protocol = Protocol::kHttp1;
  std::string method;  // "POST"
  std::string path;    // as sent, still percent-encoded: "/api/services/a%2Fb/operations"
  std::string query;   // as sent, without the '?'
  Headers headers;
  // What `{name}` in the route's pattern matched, percent-decoded.
  std::vector<std::pair<std::string, std::string>> path_parameters;
  // Whole and decompressed; for gRPC the one message, without its frame.
  PinnedBytes body;
  std::string peer;   // "127.0.0.1:54321"
  Deadline deadline;  // grpc-timeout or the listener's limit; cancelled when the client goes away

  // Empty when the pattern has no such name.
  std::string_view path_parameter(std::string_view name) const {
    for (const auto& [key, value] : path_parameters) {
      if (key == name) return value;
    }
    return {};
  }
};

// For HTTP: status, headers, body. For gRPC: `body` is the message; status and headers are ignored
// and `error`, when set, becomes grpc-status, grpc-message and grpc-status-details-bin.
struct Response {
  int status = 200;
  Headers headers;
  PinnedBytes body;
  std::optional<Error> error;
  std::string error_details;  // a serialised google.rpc.Status for gRPC; empty for none

  static Response of(int status, std::string content_type, std::string body) {
    Response made;
    made.status = status;
    if (!content_type.empty()) made.headers.add("content-type", std::move(content_type));
    if (!body.empty()) made.body = PinnedBytes::own(std::move(body));
    return made;
  }
  static Response json(std::string body) { return of(200, "application/json", std::move(body)); }
  // The plain answer to an Error: its HTTP status with the message as text, or its gRPC status.
  // One that a later try may heal (429, 503) says when to come back.
  static Response failure(Error error);
};

}  // namespace cairn::net
