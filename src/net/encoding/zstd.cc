// SPDX-License-Identifier: Apache-2.0
#include <zstd.h>

#include "net/encoding/codecs.h"

namespace cairn::net {
namespace {

// What RFC 8878 asks every decoder to support; larger windows are refused.
constexpr int kMaxWindowLog = 23;
// A decoder that met a large window keeps it: beyond this it is dropped instead.
constexpr std::size_t kKeptDecoderBytes = 1_MiB;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
using Context = std::unique_ptr<ZSTD_DCtx, FreeContext>;

Context& context() {
  thread_local Context kept;
  if (kept && ZSTD_sizeof_DCtx(kept.get()) > kKeptDecoderBytes) kept.reset();
  if (!kept) {
    kept.reset(ZSTD_createDCtx());
    CAIRN_CHECK(kept != nullptr);
    ZSTD_DCtx_setParameter(kept.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  }
  ZSTD_DCtx_reset(kept.get(), ZSTD_reset_session_only);
  return kept;
}

Error damaged() {
  return invalid_argument("the zstd body is damaged or cut short");
}

// A single frame that states its size needs no window: it is decoded in place.
Result<void> decode_sized(ByteView input, std::size_t size, RawBuffer& out) {
  out.reserve(std::max<std::size_t>(size, 1));
  const std::size_t made =
      ZSTD_decompressDCtx(context().get(), out.space().data(), size, input.data(), input.size());
  if (ZSTD_isError(made)) return damaged();
  return commit(out, made);
}

Result<void> decode_stream(ByteView input, std::size_t cap, RawBuffer& out) {
  ZSTD_DCtx* const decoder = context().get();
  ZSTD_inBuffer in{input.data(), input.size(), 0};
  std::size_t pending = 1;  // 0: a frame just ended
  while (pending != 0 || in.pos < in.size) {
    if (out.space().empty()) out.grow(cap);
    std::byte beyond{};  // room for one byte past the cap tells "full" from "too much"
    const bool full = out.space().empty();
    ZSTD_outBuffer to{full ? &beyond : out.space().data(), full ? 1 : out.space().size(), 0};
    const std::size_t in_before = in.pos;
    pending = ZSTD_decompressStream(decoder, &to, &in);
    if (ZSTD_isError(pending)) return damaged();
    if (full && to.pos > 0) return too_large(cap);
    if (!full) RETURN_IF_ERROR(commit(out, to.pos));
    if (pending != 0 && in.pos == in_before && to.pos == 0) return damaged();  // no progress
  }
  return {};
}

}  // namespace

Result<void> unzstd(ByteView input, std::size_t cap, RawBuffer& out) {
  const unsigned long long size = ZSTD_getFrameContentSize(input.data(), input.size());
  if (size == ZSTD_CONTENTSIZE_ERROR) return damaged();
  const bool known = size != ZSTD_CONTENTSIZE_UNKNOWN;
  if (known && size > cap) return too_large(cap);
  const bool single = ZSTD_findFrameCompressedSize(input.data(), input.size()) == input.size();
  if (known && single) return decode_sized(input, static_cast<std::size_t>(size), out);
  out.reserve(std::min(cap, std::max<std::size_t>(input.size() * 4, 4_KiB)));
  return decode_stream(input, cap, out);
}

}  // namespace cairn::net
