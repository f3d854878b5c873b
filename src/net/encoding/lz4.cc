// SPDX-License-Identifier: Apache-2.0
#include <lz4frame.h>

#include "net/encoding/codecs.h"

namespace cairn::net {
namespace {

struct FreeContext {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};

Error damaged() {
  return invalid_argument("the lz4 body is damaged or cut short");
}

}  // namespace

Result<void> unlz4(ByteView input, std::size_t cap, RawBuffer& out) {
  LZ4F_dctx* made = nullptr;
  CAIRN_CHECK(!LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)));
  const std::unique_ptr<LZ4F_dctx, FreeContext> decoder(made);
  out.reserve(std::min(cap, std::max<std::size_t>(input.size() * 4, 4_KiB)));
  std::size_t pending = 1;  // 0: a frame just ended
  while (pending != 0 || !input.empty()) {
    if (out.space().empty()) out.grow(cap);
    std::byte beyond{};  // room for one byte past the cap tells "full" from "too much"
    const bool full = out.space().empty();
    std::size_t to = full ? 1 : out.space().size();
    std::size_t used = input.size();
    pending = LZ4F_decompress(decoder.get(), full ? &beyond : out.space().data(), &to, input.data(),
                              &used, nullptr);
    if (LZ4F_isError(pending)) return damaged();
    if (full && to > 0) return too_large(cap);
    if (!full) RETURN_IF_ERROR(commit(out, to));
    input = input.subspan(used);
    if (pending != 0 && used == 0 && to == 0) return damaged();  // no progress
  }
  return {};
}

}  // namespace cairn::net
