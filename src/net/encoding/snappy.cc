// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <snappy.h>

#include "net/encoding/codecs.h"

namespace cairn::net {
namespace {

constexpr std::array<unsigned char, 10> kStreamIdentifier = {0xff, 0x06, 0x00, 0x00, 's',
                                                             'N',  'a',  'P',  'p',  'Y'};
constexpr std::size_t kMaxChunkContent = 65536;

Error damaged() {
  return invalid_argument("the snappy body is damaged or cut short");
}

constexpr std::array<std::uint32_t, 256> make_crc32c_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78U : 0);
    table[i] = crc;
  }
  return table;
}

// CRC-32C of the bytes, turned and shifted as the framing format stores it.
std::uint32_t masked_crc32c(ByteView bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = make_crc32c_table();
  std::uint32_t crc = ~0U;
  for (const std::byte b : bytes)
    crc = kTable[(crc ^ std::to_integer<std::uint32_t>(b)) & 255] ^ crc >> 8;
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

std::uint32_t little_endian(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  }
  return value;
}

// Appends one block; `most` is what its format allows it to hold.
Result<void> append_block(ByteView block, std::size_t most, std::size_t cap, RawBuffer& out) {
  const std::string_view text = as_text(block);
  std::size_t size = 0;
  if (!snappy::GetUncompressedLength(text.data(), text.size(), &size)) return damaged();
  if (size > cap - out.size()) return too_large(cap);
  if (size > most) return damaged();
  const std::size_t needed = std::max<std::size_t>(out.size() + size, 1);
  if (needed > out.capacity()) out.reserve(std::max(needed, std::min(cap, out.capacity() * 2)));
  char* const to = reinterpret_cast<char*>(out.space().data());
  if (!snappy::RawUncompress(text.data(), text.size(), to)) return damaged();
  return commit(out, size);
}

Result<void> append_chunk(unsigned type, ByteView chunk, std::size_t cap, RawBuffer& out) {
  if (type >= 0x80) return {};  // padding, a repeated stream identifier, skippable
  if (type > 1 || chunk.size() < 4) return damaged();
  const std::uint32_t expected = little_endian(chunk.first(4));
  const ByteView content = chunk.subspan(4);
  const std::size_t before = out.size();
  if (type == 0) {
    RETURN_IF_ERROR(append_block(content, kMaxChunkContent, cap, out));
  } else {
    if (content.size() > kMaxChunkContent) return damaged();
    if (content.size() > cap - out.size()) return too_large(cap);
    if (!out.append(content, cap)) return budget_used_up();
  }
  if (masked_crc32c(out.view().subspan(before)) != expected) return damaged();
  return {};
}

}  // namespace

bool is_snappy_framed(ByteView input) {
  if (input.size() < kStreamIdentifier.size()) return false;
  return std::equal(kStreamIdentifier.begin(), kStreamIdentifier.end(), as_uint8(input));
}

Result<void> unsnappy_raw(ByteView input, std::size_t cap, RawBuffer& out) {
  // A copy of 64 bytes takes at least two: a larger claim is a lie that must not allocate.
  return append_block(input, input.size() * 64, cap, out);
}

Result<void> unsnappy_framed(ByteView input, std::size_t cap, RawBuffer& out) {
  if (!is_snappy_framed(input)) return damaged();
  input = input.subspan(kStreamIdentifier.size());
  while (!input.empty()) {
    if (input.size() < 4) return damaged();
    const auto type = std::to_integer<unsigned>(input[0]);
    const std::size_t size = little_endian(input.subspan(1, 3));
    if (size > input.size() - 4) return damaged();
    RETURN_IF_ERROR(append_chunk(type, input.subspan(4, size), cap, out));
    input = input.subspan(4 + size);
  }
  return {};
}

}  // namespace cairn::net
