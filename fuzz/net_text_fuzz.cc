// SPDX-License-Identifier: Apache-2.0
//
// The small texts of requests: query strings, paths, origins, grpc-timeout, accept-encoding.
// Shape: one byte that picks the reader, then the text.
#include <cstdint>
#include <cstdlib>

#include "net/grpc/call.h"
#include "net/http/compress.h"
#include "net/http/cors.h"
#include "net/http/percent.h"
#include "net/http/query_string.h"
#include "net/http/router.h"

using namespace cairn;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

net::Router make_router() {
  net::Router router;
  const net::Handler nothing = [](net::Request, net::Responder) {};
  for (const char* pattern :
       {"/", "/api/traces", "/api/traces/{id}", "/api/{name}/x", "/ui/{rest...}"}) {
    router.add({.pattern = pattern, .handler = nothing});
  }
  return router;
}

void match_path(std::string_view path) {
  static const net::Router kRouter = make_router();
  const net::Router::Match match = kRouter.match("GET", path, false);
  for (const auto& [name, value] : match.path_parameters) {
    require(name == "rest" || !value.empty());
  }
  require(match.route == nullptr || path.starts_with('/'));
  require(kRouter.match("HEAD", path, false).route == match.route);
}

void read_query(std::string_view text) {
  const auto query = net::QueryString::parse(text);
  if (!query) return;
  require(query->size() <= net::QueryString::kMaxParameters);
  for (const auto& [name, value] : *query) require(query->has(name));
}

void read_timeout(std::string_view text) {
  const auto timeout = net::parse_grpc_timeout(text);
  // Whatever was read can be added to now without overflow.
  if (timeout) require(timeout->count() >= 0 && *timeout <= std::chrono::hours(24 * 36525));
}

void encode_message(std::string_view text) {
  const std::string encoded = net::percent_encode_grpc_message(text);
  for (const char c : encoded) require(c >= 0x20 && c < 0x7f);
  require(net::percent_decode(encoded) == text);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      match_path(text);
      break;
    case 1:
      read_query(text);
      break;
    case 2:
      read_timeout(text);
      break;
    case 3:
      encode_message(text);
      break;
    case 4:
      (void)net::accepts_gzip(text);
      break;
    default: {
      net::CorsOptions cors;
      cors.allowed_origins = {"https://*.example"};
      if (net::allows_origin(cors, text)) require(text.find('/', 8) == std::string_view::npos);
    }
  }
  return 0;
}
