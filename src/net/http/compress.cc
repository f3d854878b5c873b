// SPDX-License-Identifier: Apache-2.0
#include "net/http/compress.h"

#include <memory>

#include <libdeflate.h>

#include "base/check.h"

namespace cairn::net {
namespace {

constexpr std::size_t kWorthwhileBytes = 1024;
constexpr int kLevel = 4;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "0", "0.", "0.000"
bool is_zero_weight(std::string_view parameters) {
  const std::size_t q = parameters.find("q=");
  if (q == std::string_view::npos) return false;
  const std::string_view weight = trimmed(parameters.substr(q + 2));
  return weight.starts_with('0') && weight.find_first_not_of("0.") == std::string_view::npos;
}

bool is_text(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.find("json") != std::string_view::npos ||
         content_type.find("javascript") != std::string_view::npos ||
         content_type.find("xml") != std::string_view::npos;
}

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::size_t comma = accept_encoding.find(',');
    const std::string_view item = accept_encoding.substr(0, comma);
    accept_encoding =
        comma == std::string_view::npos ? std::string_view() : accept_encoding.substr(comma + 1);
    const std::size_t semicolon = item.find(';');
    const std::string_view name = trimmed(item.substr(0, semicolon));
    if (name != "gzip" && name != "*") continue;
    return semicolon == std::string_view::npos || !is_zero_weight(item.substr(semicolon + 1));
  }
  return false;
}

void compress_if_useful(Response& response) {
  if (response.body.size() <= kWorthwhileBytes || response.headers.get("content-encoding") ||
      !is_text(response.headers.get("content-type").value_or(""))) {
    return;
  }
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
      libdeflate_alloc_compressor(kLevel));
  CAIRN_CHECK(compressor != nullptr);
  // Room for one byte less than the original: what does not shrink is not worth sending.
  std::string made(response.body.size() - 1, '\0');
  const std::size_t size = libdeflate_gzip_compress(compressor.get(), response.body.view.data(),
                                                    response.body.size(), made.data(), made.size());
  response.headers.add("vary", "accept-encoding");
  if (size == 0) return;
  made.resize(size);
  made.shrink_to_fit();
  response.body = PinnedBytes::own(std::move(made));
  response.headers.add("content-encoding", "gzip");
}

}  // namespace cairn::net
