// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/compressed_block.h"

#include <cstring>
#include <memory>

#include <zstd.h>

#include "base/check.h"

namespace cairn::storage::columnar {
namespace {

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Making a context costs more than compressing a small block: each thread keeps one.
ZSTD_CCtx* encoder() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> kept(ZSTD_createCCtx());
  CAIRN_CHECK(kept != nullptr);
  return kept.get();
}
ZSTD_DCtx* decoder() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> kept(ZSTD_createDCtx());
  CAIRN_CHECK(kept != nullptr);
  return kept.get();
}

constexpr std::size_t kMagicSize = 4;

}  // namespace

bool compress_block(ByteView bytes, int level, std::size_t limit, Bytes& out) {
  ZSTD_CCtx* const context = encoder();
  ZSTD_CCtx_reset(context, ZSTD_reset_session_only);
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  const std::size_t at = out.size();
  const std::size_t room = ZSTD_compressBound(bytes.size());
  out.resize(at + room);
  const std::size_t made =
      ZSTD_compress2(context, out.data() + at, room, bytes.data(), bytes.size());
  CAIRN_CHECK(!ZSTD_isError(made) && made >= kMagicSize);
  const std::size_t size = made - kMagicSize;
  if (size >= limit) {
    out.resize(at);
    return false;
  }
  std::memmove(out.data() + at, out.data() + at + kMagicSize, size);
  out.resize(at + size);
  return true;
}

bool decompress_block(ByteView frame, std::byte* to, std::size_t size) {
  thread_local Bytes with_magic;
  const std::uint32_t magic = ZSTD_MAGICNUMBER;
  with_magic.resize(kMagicSize + frame.size());
  std::memcpy(with_magic.data(), &magic, kMagicSize);
  if (!frame.empty()) std::memcpy(with_magic.data() + kMagicSize, frame.data(), frame.size());
  const std::size_t made =
      ZSTD_decompressDCtx(decoder(), to, size, with_magic.data(), with_magic.size());
  return !ZSTD_isError(made) && made == size;
}

}  // namespace cairn::storage::columnar
