// SPDX-License-Identifier: Apache-2.0
#include "server/ui_routes.h"

#include <map>
#include <memory>

#include <fmt/format.h>

#include "base/bytes.h"
#include "cairn_ui/ui_assets.h"

namespace cairn::server {
namespace {

// Nothing from elsewhere, nothing inline: what an attacker puts into a span stays text.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
constexpr std::string_view kIndex = "/index.html";

bool accepts(const net::Request& request, std::string_view coding) {
  const std::string_view header = request.headers.get("accept-encoding").value_or("");
  const std::size_t at = header.find(coding);
  return at != std::string_view::npos && !header.substr(at + coding.size()).starts_with(";q=0,") &&
         header.substr(at + coding.size()) != ";q=0";
}

// The assets are part of the binary: a view of them needs no owner.
PinnedBytes pinned(ByteView bytes) {
  return {nullptr, bytes};
}

net::Response asset_answer(const net::Request& request, const ui::Asset& asset) {
  net::Response response;
  response.headers.add("content-type", std::string(asset.content_type));
  response.headers.add("etag", std::string(asset.etag));
  response.headers.add("vary", "accept-encoding");
  response.headers.add("x-content-type-options", "nosniff");
  response.headers.add("content-security-policy", std::string(kContentSecurityPolicy));
  response.headers.add("referrer-policy", "same-origin");
  response.headers.add("cache-control",
                       asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.headers.get("if-none-match") == asset.etag) {
    response.status = 304;
    return response;
  }
  if (!asset.brotli.empty() && accepts(request, "br")) {
    response.headers.add("content-encoding", "br");
    response.body = pinned(asset.brotli);
  } else if (!asset.gzip.empty() && accepts(request, "gzip")) {
    response.headers.add("content-encoding", "gzip");
    response.body = pinned(asset.gzip);
  } else {
    response.body = pinned(asset.identity);
  }
  return response;
}

// The page for a base path: an Asset whose bytes we own.
struct Page {
  std::string text;
  std::string etag;
  ui::Asset asset;
};

std::shared_ptr<const Page> make_page(const ui::Asset& index, const std::string& base_path) {
  auto page = std::make_shared<Page>();
  page->asset = index;
  if (base_path.empty()) return page;
  constexpr std::string_view kRoot = "<base href=\"/\">";
  page->text = as_text(index.identity);
  if (const std::size_t at = page->text.find(kRoot); at != std::string::npos) {
    page->text.replace(at, kRoot.size(), fmt::format("<base href=\"{}/\">", base_path));
  }
  page->etag = fmt::format("\"{:016x}\"", std::hash<std::string>()(page->text));
  page->asset.identity = as_bytes(page->text);
  page->asset.gzip = {};
  page->asset.brotli = {};
  page->asset.etag = page->etag;
  return page;
}

void add_get(net::Router& router, std::string pattern, net::Handler handler) {
  router.add({.kind = net::RouteKind::kHttp,
              .method = "GET",
              .pattern = std::move(pattern),
              .handler = std::move(handler),
              .body_limit = {}});
}

}  // namespace

void add_ui_routes(net::Router& router, const std::string& base_path) {
  auto by_path = std::make_shared<std::map<std::string, ui::Asset, std::less<>>>();
  for (const ui::Asset& asset : ui::assets()) by_path->emplace(asset.path, asset);
  const auto index = by_path->find(kIndex);
  if (index == by_path->end()) {
    add_get(router, base_path + "/{path...}", [](const net::Request&, net::Responder responder) {
      responder.send(net::Response::of(404, "text/plain; charset=utf-8",
                                       "This binary was built without the web page.\n"));
    });
    return;
  }
  const auto serve_asset = [by_path](const net::Request& request, net::Responder responder) {
    const auto found = by_path->find(fmt::format("/static/{}", request.path_parameter("path")));
    responder.send(found == by_path->end()
                       ? net::Response::of(404, "text/plain; charset=utf-8", "404 page not found\n")
                       : asset_answer(request, found->second));
  };
  const auto page = make_page(index->second, base_path);
  const auto serve_page = [page](const net::Request& request, net::Responder responder) {
    responder.send(asset_answer(request, page->asset));
  };
  add_get(router, base_path + "/static/{path...}", serve_asset);
  add_get(router, base_path + "/{path...}", serve_page);
  if (!base_path.empty()) add_get(router, base_path, serve_page);
}

}  // namespace cairn::server
