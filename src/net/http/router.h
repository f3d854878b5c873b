// SPDX-License-Identifier: Apache-2.0
//
// The table of endpoints of one listener. Adding an endpoint is a row:
//   router.add({.method = "GET", .pattern = "/api/traces/{id}", .handler = get_trace});
//   router.add({.kind = RouteKind::kGrpcUnary, .pattern = "/pkg.Service/Method", .handler = call});
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/responder.h"

namespace cairn::net {

enum class RouteKind { kHttp, kGrpcUnary, kGrpcServerStreaming };

struct Route {
  RouteKind kind = RouteKind::kHttp;
  std::string method = "GET";  // HTTP only; a GET route answers HEAD too
  // Segments are literal, `{name}` (one non-empty segment) or, last, `{name...}` (the rest, maybe
  // empty). Literals win over names, names over rests.
  std::string pattern;
  Handler handler;
  std::optional<std::size_t> body_limit =
      {};  // after decompression; the listener's limit when unset
  // HTTP only: served also while the byte budget is passed; health and metrics keep answering.
  bool even_when_busy = false;
};

// Thread rule: filled before the listener starts, then read by any thread.
class Router {
 public:
  void add(Route route);
  // Takes over the other's rows; for listeners that share a port.
  void add_all(Router other);

  // Replaces each row's handler by what `wrap` makes of it.
  void wrap(const std::function<Handler(const Route&)>& wrap);

  struct Match {
    const Route* route = nullptr;  // null: no route; `allowed` says whether the path exists
    std::vector<std::pair<std::string, std::string>> path_parameters;
    std::vector<std::string> allowed;  // methods of the path when only the method did not match
  };
  Match match(std::string_view method, std::string_view path, bool grpc) const;

 private:
  struct Row {
    Route route;
    std::vector<std::string> segments;
  };
  std::vector<Row> rows_;
};

}  // namespace cairn::net
