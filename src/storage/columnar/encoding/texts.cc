// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/texts.h"

#include "storage/columnar/encoding/text_blocks.h"
#include "storage/columnar/encoding/typed_texts.h"

namespace cairn::storage::columnar {
namespace {

// The first byte: a TextType, or kBlocks.
constexpr unsigned kBlocks = kTextTypes;

Error damaged(std::string_view what) {
  return corruption("texts: " + std::string(what));
}

Result<void> decode_range(ByteView bytes, std::size_t count, std::size_t first, std::size_t n,
                          std::size_t max_bytes, Arena& arena, std::vector<std::string_view>& out) {
  if (bytes.empty()) return damaged("no bytes");
  const auto form = static_cast<unsigned>(bytes[0]);
  const ByteView body = bytes.subspan(1);
  if (form == kBlocks) return decode_text_blocks(body, count, first, n, max_bytes, arena, out);
  if (form > kBlocks) return damaged("unknown form");
  const auto type = static_cast<TextType>(form);
  if (decode_typed(type, body, count, first, n, max_bytes, arena, out)) return {};
  return damaged(std::string(text_type_name(type)) + " is damaged");
}

}  // namespace

void encode_texts(std::span<const std::string_view> texts, int level, Bytes& out) {
  if (texts.empty()) return;
  const std::size_t start = out.size();
  for (unsigned type = 0; type < kTextTypes; ++type) {
    out.push_back(static_cast<std::byte>(type));
    if (encode_typed(static_cast<TextType>(type), texts, out)) return;
    out.resize(start);
  }
  out.push_back(static_cast<std::byte>(kBlocks));
  encode_text_blocks(texts, level, out);
}

Result<void> decode_texts(ByteView bytes, std::size_t count, std::size_t max_bytes, Arena& arena,
                          std::vector<std::string_view>& out) {
  out.clear();
  if (count == 0) return bytes.empty() ? Result<void>() : damaged("bytes for no texts");
  return decode_range(bytes, count, 0, count, max_bytes, arena, out);
}

Result<void> decode_texts_at(ByteView bytes, std::size_t count, std::size_t first, std::size_t n,
                             std::size_t max_bytes, Arena& arena,
                             std::vector<std::string_view>& out) {
  CAIRN_CHECK(first <= count && n <= count - first);
  if (n == 0) return {};
  return decode_range(bytes, count, first, n, max_bytes, arena, out);
}

std::string_view text_encoding_name(ByteView bytes) {
  if (bytes.empty()) return "empty";
  const auto form = static_cast<unsigned>(bytes[0]);
  if (form < kTextTypes) return text_type_name(static_cast<TextType>(form));
  return form == kBlocks ? "blocks" : "unknown";
}

}  // namespace cairn::storage::columnar
