// SPDX-License-Identifier: Apache-2.0
//
// The web pages, built by npm and carried in the binary. Thread rule: constant data, any thread.
#pragma once

#include <span>
#include <string_view>

#include "base/bytes.h"

namespace cairn::ui {

// One file of the pages. Everything it refers to lives as long as the process.
struct Asset {
  std::string_view path;          // "/index.html", "/static/index-1a2b.js"
  std::string_view content_type;  // with its charset
  std::string_view etag;          // quoted, as the header wants it; the same for every encoding
  ByteView identity;
  ByteView gzip;           // empty where compression saves nothing
  ByteView brotli;         // likewise
  bool immutable = false;  // its name changes with its content, so a cache may keep it for ever
};

// Every file, ordered by path. "/index.html" is the page for each address that is neither an API
// nor a file; it contains `<base href="/">` once, which a server under another prefix replaces (and
// then must not use the compressed forms). Empty: when configured with CAIRN_UI=off.
std::span<const Asset> assets();

}  // namespace cairn::ui
