// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/texts/texts.h"

#include <algorithm>

#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/encoding/texts/shaped_texts.h"
#include "storage/columnar/encoding/texts/text_blocks.h"
#include "storage/columnar/encoding/texts/typed_texts.h"

namespace cairn::storage::columnar {
namespace {

// The first byte: a TextType, or one of these.
constexpr unsigned kBlocks = kTextTypes;
constexpr unsigned kShapes = kTextTypes + 1;

Error damaged(std::string_view what) {
  return corruption("texts: " + std::string(what));
}

std::span<const std::string_view> next_chunk(std::span<const std::string_view> texts) {
  return texts.first(std::min(texts.size(), kShapedChunk));
}

// Whether shapes make texts smaller than blocks do, judged by some of them.
bool prefers_shapes(std::span<const std::string_view> texts, int level) {
  constexpr std::size_t kSample = 512;
  const std::size_t size = std::min(texts.size(), kSample);
  const std::span<const std::string_view> sample = texts.subspan((texts.size() - size) / 2, size);
  Bytes shaped;
  if (!encode_shaped_chunk(sample, level, shaped)) return false;
  Bytes blocks;
  encode_text_blocks(sample, level, blocks);
  return shaped.size() < blocks.size();
}

// Appends all texts by their shapes, or nothing.
bool encode_shapes(std::span<const std::string_view> texts, int level, Bytes& out) {
  if (!prefers_shapes(texts, level)) return false;
  const std::size_t start = out.size();
  Bytes chunk;
  for (; !texts.empty(); texts = texts.subspan(next_chunk(texts).size())) {
    chunk.clear();
    if (!encode_shaped_chunk(next_chunk(texts), level, chunk)) {
      out.resize(start);
      return false;
    }
    put_sized(out, chunk);
  }
  return true;
}

Result<void> decode_shapes(ByteView bytes, std::size_t count, std::size_t first, std::size_t n,
                           std::size_t max_bytes, Arena& arena,
                           std::vector<std::string_view>& out) {
  ByteReader in(bytes);
  std::vector<std::string_view> texts;
  for (std::size_t at = 0; at < count; at += kShapedChunk) {
    const ByteView chunk = in.sized();
    if (in.failed()) return damaged("shapes end early");
    const std::size_t size = std::min(kShapedChunk, count - at);
    if (at + size <= first || at >= first + n) continue;
    texts.clear();
    RETURN_IF_ERROR(decode_shaped_chunk(chunk, size, max_bytes, arena, texts));
    const std::size_t from = first > at ? first - at : 0;
    const std::size_t to = std::min(size, first + n - at);
    out.insert(out.end(), texts.begin() + static_cast<std::ptrdiff_t>(from),
               texts.begin() + static_cast<std::ptrdiff_t>(to));
  }
  return in.finish("shaped texts");
}

Result<void> decode_range(ByteView bytes, std::size_t count, std::size_t first, std::size_t n,
                          std::size_t max_bytes, Arena& arena, std::vector<std::string_view>& out) {
  if (bytes.empty()) return damaged("no bytes");
  const auto form = static_cast<unsigned>(bytes[0]);
  const ByteView body = bytes.subspan(1);
  if (form == kBlocks) return decode_text_blocks(body, count, first, n, max_bytes, arena, out);
  if (form == kShapes) return decode_shapes(body, count, first, n, max_bytes, arena, out);
  if (form > kShapes) return damaged("unknown form");
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
  out.push_back(static_cast<std::byte>(kShapes));
  if (encode_shapes(texts, level, out)) return;
  out[start] = static_cast<std::byte>(kBlocks);
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
  if (form == kShapes) return "shapes";
  return form == kBlocks ? "blocks" : "unknown";
}

}  // namespace cairn::storage::columnar
