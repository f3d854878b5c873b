// SPDX-License-Identifier: Apache-2.0
//
// Content encodings: any bytes decode within the cap or are refused, and the cap is exact.
// Shape: one byte that picks the encoding, then the compressed body.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "net/encoding/decompress.h"

using namespace cairn;

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "gzip", "deflate", "zstd", "snappy", "lz4", "x-snappy-framed"};
  static constexpr std::size_t kCap = 64_KiB;
  if (size == 0) return 0;
  const std::string_view name = kNames[data[0] % kNames.size()];
  const ByteView body(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
  const auto made = net::decompress(name, body, kCap);
  if (!made) return 0;
  if (made->size() > kCap) std::abort();
  const auto exact = net::decompress(name, body, made->size());
  if (!exact || exact->text() != made->text()) std::abort();
  if (made->empty()) return 0;
  const auto less = net::decompress(name, body, made->size() - 1);
  if (less || less.error().code != ErrorCode::kResourceExhausted) std::abort();
  return 0;
}
