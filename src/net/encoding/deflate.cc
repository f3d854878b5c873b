// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include <libdeflate.h>

#include "net/encoding/codecs.h"

namespace cairn::net {
namespace {

// No deflate stream expands by more: a length of 258 takes at least two bits.
constexpr std::size_t kMaxDeflateRatio = 1032;

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

libdeflate_decompressor* decompressor() {
  thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> kept(
      libdeflate_alloc_decompressor());
  CAIRN_CHECK(kept != nullptr);
  return kept.get();
}

using Decode = std::function<libdeflate_result(ByteView in, std::span<std::byte> to,
                                               std::size_t& used, std::size_t& made)>;

// Decodes one stream to the end of `out`. libdeflate wants all output at once, so a short buffer
// means a larger one and a new start; the doubling keeps the whole work within twice the last
// round.
Result<std::size_t> decode_one(ByteView in, std::size_t cap, RawBuffer& out, const Decode& decode) {
  while (true) {
    std::size_t used = 0;
    std::size_t made = 0;
    switch (decode(in, out.space(), used, made)) {
      case LIBDEFLATE_SUCCESS: {
        RETURN_IF_ERROR(commit(out, made));
        return used;
      }
      case LIBDEFLATE_INSUFFICIENT_SPACE: {
        if (out.capacity() >= cap) return too_large(cap);
        out.grow(cap);
        break;
      }
      default:
        return invalid_argument("the compressed body is damaged or cut short");
    }
  }
}

void reserve_guess(ByteView input, std::size_t guess, std::size_t cap, RawBuffer& out) {
  const std::size_t possible = input.size() * kMaxDeflateRatio;
  out.reserve(std::min({std::max<std::size_t>(guess, 64), possible, cap}));
}

// The size modulo 2^32 that ends a gzip member; a liar's only costs another round.
std::size_t gzip_size_hint(ByteView input) {
  if (input.size() < 18) return 0;
  std::size_t size = 0;
  for (std::size_t i = 1; i <= 4; ++i) {
    size = size << 8 | std::to_integer<std::size_t>(input[input.size() - i]);
  }
  return size;
}

}  // namespace

Result<void> gunzip(ByteView input, std::size_t cap, RawBuffer& out) {
  reserve_guess(input, gzip_size_hint(input), cap, out);
  const Decode decode = [](ByteView in, std::span<std::byte> to, std::size_t& used,
                           std::size_t& made) {
    return libdeflate_gzip_decompress_ex(decompressor(), in.data(), in.size(), to.data(), to.size(),
                                         &used, &made);
  };
  do {
    ASSIGN_OR_RETURN(const std::size_t used, decode_one(input, cap, out, decode));
    input = input.subspan(used);
  } while (!input.empty());
  return {};
}

Result<void> inflate_zlib_or_raw(ByteView input, std::size_t cap, RawBuffer& out) {
  reserve_guess(input, input.size() * 4, cap, out);
  const Decode zlib = [](ByteView in, std::span<std::byte> to, std::size_t& used,
                         std::size_t& made) {
    return libdeflate_zlib_decompress_ex(decompressor(), in.data(), in.size(), to.data(), to.size(),
                                         &used, &made);
  };
  const Decode raw = [](ByteView in, std::span<std::byte> to, std::size_t& used,
                        std::size_t& made) {
    return libdeflate_deflate_decompress_ex(decompressor(), in.data(), in.size(), to.data(),
                                            to.size(), &used, &made);
  };
  auto outcome = decode_one(input, cap, out, zlib);
  if (!outcome && outcome.error().code == ErrorCode::kInvalidArgument) {
    outcome = decode_one(input, cap, out, raw);
  }
  if (!outcome) return std::move(outcome).error();
  return {};
}

}  // namespace cairn::net
