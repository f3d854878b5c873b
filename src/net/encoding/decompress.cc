// SPDX-License-Identifier: Apache-2.0
#include "net/encoding/decompress.h"

#include <algorithm>
#include <array>

#include "net/encoding/codecs.h"

namespace cairn::net {
namespace {

Result<void> unsnappy(ByteView input, std::size_t cap, RawBuffer& out) {
  return is_snappy_framed(input) ? unsnappy_framed(input, cap, out) : unsnappy_raw(input, cap, out);
}

struct Codec {
  std::string_view name;
  Result<void> (*decode)(ByteView input, std::size_t cap, RawBuffer& out);
};

constexpr std::array<Codec, 8> kCodecs = {{
    {"gzip", gunzip},
    {"x-gzip", gunzip},
    {"deflate", inflate_zlib_or_raw},
    {"zlib", inflate_zlib_or_raw},
    {"zstd", unzstd},
    {"snappy", unsnappy},
    {"x-snappy-framed", unsnappy_framed},
    {"lz4", unlz4},
}};

const Codec* find(std::string_view name) {
  const auto* found = std::find_if(kCodecs.begin(), kCodecs.end(),
                                   [&](const Codec& codec) { return codec.name == name; });
  return found == kCodecs.end() ? nullptr : found;
}

}  // namespace

bool is_supported_encoding(std::string_view name) {
  return find(name) != nullptr;
}

bool is_identity_encoding(std::string_view name) {
  return name.empty() || name == "identity" || name == "none";
}

Result<PinnedBytes> decompress(std::string_view name, ByteView input, std::size_t cap,
                               const std::shared_ptr<ByteBudget>& budget) {
  RawBuffer out{ByteLease(budget)};
  if (is_identity_encoding(name)) {
    if (input.size() > cap) return too_large(cap);
    if (!out.append(input, cap)) return budget_used_up();
    return std::move(out).pin();
  }
  const Codec* codec = find(name);
  if (codec == nullptr) {
    return unimplemented("unsupported content encoding: " + std::string(name.substr(0, 64)));
  }
  if (input.empty()) return invalid_argument("the compressed body is empty");
  RETURN_IF_ERROR(codec->decode(input, cap, out));
  return std::move(out).pin();
}

}  // namespace cairn::net
