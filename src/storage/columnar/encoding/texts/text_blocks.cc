// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/texts/text_blocks.h"

#include <algorithm>
#include <cstring>

#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/encoding/compressed_block.h"
#include "storage/columnar/encoding/numbers/numbers.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kLeastCompressed = 32;

// How many of the texts, from the front, make the next block.
std::size_t texts_of_block(std::span<const std::string_view> texts) {
  std::size_t size = texts[0].size();
  std::size_t count = 1;
  while (count < texts.size() && size + texts[count].size() <= kTextBlock) {
    size += texts[count++].size();
  }
  return count;
}

// Appends the stored bytes; whether they are compressed.
bool encode_one(std::span<const std::string_view> texts, int level, Bytes& raw, Bytes& out) {
  raw.clear();
  for (const std::string_view text : texts) put_raw(raw, as_bytes(text));
  if (raw.size() >= kLeastCompressed && compress_block(raw, level, raw.size(), out)) return true;
  put_raw(out, raw);
  return false;
}

struct TextBlock {
  std::size_t first = 0;
  std::size_t texts = 0;
  bool compressed = false;
  ByteView stored;
};

struct Layout {
  ByteView lengths;
  std::vector<TextBlock> blocks;
};

Error damaged() {
  return corruption("texts: damaged blocks");
}

Result<Layout> read_layout(ByteView bytes, std::size_t count) {
  ByteReader in(bytes);
  Layout layout;
  layout.lengths = in.sized();
  const std::uint64_t word = in.varint();
  const std::size_t others = static_cast<std::size_t>(word >> 1);
  if (in.failed() || others >= count || others > in.remaining() / 2) return damaged();
  layout.blocks.resize(others + 1);
  std::vector<std::size_t> sizes(others + 1);
  std::size_t first = 0;
  for (std::size_t i = 0; i < others; ++i) {
    TextBlock& block = layout.blocks[i];
    block.first = first;
    block.texts = static_cast<std::size_t>(in.varint_up_to(count - first));
    const std::uint64_t size = in.varint();
    block.compressed = (size & 1) != 0;
    sizes[i] = static_cast<std::size_t>(size >> 1);
    first += block.texts;
  }
  for (std::size_t i = 0; i < others; ++i) layout.blocks[i].stored = in.raw(sizes[i]);
  layout.blocks.back() = {first, count - first, (word & 1) != 0, in.raw(in.remaining())};
  if (in.failed()) return damaged();
  return layout;
}

// Appends those texts of the block that lie in [first, last).
Result<void> decode_one(const TextBlock& block, std::span<const std::uint64_t> lengths,
                        std::size_t first, std::size_t last, std::size_t& max_bytes, Arena& arena,
                        std::vector<std::string_view>& out) {
  std::size_t size = 0;
  for (const std::uint64_t length : lengths) {
    if (length > max_bytes - size) return damaged();
    size += static_cast<std::size_t>(length);
  }
  max_bytes -= size;
  ByteView raw = block.stored;
  if (block.compressed) {
    if (!may_hold(block.stored, size)) return damaged();
    auto* const to = static_cast<std::byte*>(arena.allocate(size, 1));
    if (!decompress_block(block.stored, to, size)) return damaged();
    raw = {to, size};
  }
  if (raw.size() != size) return damaged();
  std::string_view text = as_text(raw);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const auto length = static_cast<std::size_t>(lengths[i]);
    if (block.first + i >= first && block.first + i < last) out.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return {};
}

}  // namespace

void encode_text_blocks(std::span<const std::string_view> texts, int level, Bytes& out) {
  std::vector<std::uint64_t> lengths;
  lengths.reserve(texts.size());
  for (const std::string_view text : texts) lengths.push_back(text.size());
  Bytes packed;
  encode_numbers(lengths, NumberUse::kScanned, packed);
  put_sized(out, packed);

  Bytes directory;
  Bytes blocks;
  Bytes raw;
  std::size_t others = 0;
  bool compressed = false;
  while (!texts.empty()) {
    const std::size_t count = texts_of_block(texts);
    const std::size_t start = blocks.size();
    compressed = encode_one(texts.first(count), level, raw, blocks);
    texts = texts.subspan(count);
    if (texts.empty()) break;
    ++others;
    put_varint(directory, count);
    put_varint(directory, (blocks.size() - start) << 1 | (compressed ? 1 : 0));
  }
  put_varint(out, others << 1 | (compressed ? 1 : 0));
  put_raw(out, directory);
  put_raw(out, blocks);
}

Result<void> decode_text_blocks(ByteView bytes, std::size_t count, std::size_t first, std::size_t n,
                                std::size_t max_bytes, Arena& arena,
                                std::vector<std::string_view>& out) {
  ASSIGN_OR_RETURN(const Layout layout, read_layout(bytes, count));
  std::vector<std::uint64_t> lengths;
  const bool all = n == count;
  if (all) RETURN_IF_ERROR(decode_numbers(layout.lengths, count, lengths));
  for (const TextBlock& block : layout.blocks) {
    if (block.first >= first + n || block.first + block.texts <= first) continue;
    if (!all) {
      lengths.clear();
      RETURN_IF_ERROR(decode_numbers_at(layout.lengths, count, block.first, block.texts, lengths));
    }
    const std::span<const std::uint64_t> own =
        all ? std::span<const std::uint64_t>(lengths).subspan(block.first, block.texts) : lengths;
    RETURN_IF_ERROR(decode_one(block, own, first, first + n, max_bytes, arena, out));
  }
  return {};
}

}  // namespace cairn::storage::columnar
