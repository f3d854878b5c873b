// SPDX-License-Identifier: Apache-2.0
#include "net/testing/compress.h"

#include <memory>

#include <libdeflate.h>
#include <lz4frame.h>
#include <snappy.h>
#include <zstd.h>

#include "base/check.h"

namespace cairn::net::testing {
namespace {

std::string deflated(std::string_view encoding, std::string_view text) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(6), libdeflate_free_compressor);
  auto* const pack = encoding == "gzip"      ? libdeflate_gzip_compress
                     : encoding == "deflate" ? libdeflate_zlib_compress
                                             : libdeflate_deflate_compress;
  std::string made(text.size() + 1024, '\0');
  made.resize(pack(compressor.get(), text.data(), text.size(), made.data(), made.size()));
  return made;
}

std::string zstd(std::string_view text, bool with_size) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, with_size ? 1 : 0);
  std::string made(ZSTD_compressBound(text.size()), '\0');
  made.resize(ZSTD_compress2(context.get(), made.data(), made.size(), text.data(), text.size()));
  return made;
}

std::string lz4(std::string_view text) {
  std::string made(LZ4F_compressFrameBound(text.size(), nullptr), '\0');
  made.resize(LZ4F_compressFrame(made.data(), made.size(), text.data(), text.size(), nullptr));
  return made;
}

// Bit by bit, so that it shares nothing with the table in the decoder.
std::uint32_t masked_crc32c(std::string_view text) {
  std::uint32_t crc = ~0U;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

void append_little_endian(std::string& out, std::size_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::string snappy_framed(std::string_view text) {
  std::string made("\xff\x06\0\0sNaPpY", 10);
  bool plain = false;  // every other chunk
  while (!text.empty()) {
    const std::string_view part = text.substr(0, 65536);
    text.remove_prefix(part.size());
    std::string content(part);
    if (!plain) ::snappy::Compress(part.data(), part.size(), &content);
    made.push_back(plain ? '\x01' : '\x00');
    append_little_endian(made, content.size() + 4, 3);
    append_little_endian(made, masked_crc32c(part), 4);
    made += content;
    plain = !plain;
  }
  return made;
}

}  // namespace

std::string compressed(std::string_view encoding, std::string_view text) {
  if (encoding == "gzip" || encoding == "deflate" || encoding == "raw_deflate") {
    return deflated(encoding, text);
  }
  if (encoding == "zstd") return zstd(text, true);
  if (encoding == "zstd_stream") return zstd(text, false);
  if (encoding == "lz4") return lz4(text);
  if (encoding == "snappy_framed") return snappy_framed(text);
  CAIRN_CHECK(encoding == "snappy");
  std::string made;
  ::snappy::Compress(text.data(), text.size(), &made);
  return made;
}

}  // namespace cairn::net::testing
