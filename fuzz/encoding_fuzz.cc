// SPDX-License-Identifier: Apache-2.0
//
// Columns of numbers and texts: any bytes decode to `count` values or are refused, a part of a
// column is what the whole says, and what was decoded or made up survives encoding.
// Shape: a byte that picks the property, two bytes of count, then the column, or the values.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "storage/columnar/encoding/numbers/numbers.h"
#include "storage/columnar/encoding/texts/texts.h"

using namespace cairn;
using namespace cairn::storage::columnar;

namespace {

constexpr std::size_t kMaxText = 1_MiB;

void require(bool holds) {
  if (!holds) std::abort();
}

template <typename T>
void survive_encoding(const std::vector<T>& values) {
  for (const NumberUse use : {NumberUse::kScanned, NumberUse::kStored}) {
    Bytes bytes;
    encode_numbers(std::span<const T>(values), use, bytes);
    std::vector<T> again;
    require(decode_numbers(bytes, values.size(), again).has_value());
    require(again == values);
  }
}

template <typename T>
void decode_any_numbers(ByteView bytes, std::size_t count) {
  (void)describe_numbers(bytes);
  std::vector<T> values;
  if (!decode_numbers(bytes, count, values)) return;
  require(values.size() == count);
  std::vector<std::uint64_t> part;
  const std::size_t first = count / 3;
  require(decode_numbers_at(bytes, count, first, count - first, part).has_value());
  for (std::size_t i = first; i < count; ++i) require(part[i - first] == values[i]);
  survive_encoding(values);
}

void survive_encoding(const std::vector<std::string_view>& texts) {
  Bytes bytes;
  encode_texts(texts, 1, bytes);
  Arena arena;
  std::vector<std::string_view> again;
  std::size_t size = 0;
  for (const std::string_view text : texts) size += text.size();
  require(decode_texts(bytes, texts.size(), size, arena, again).has_value());
  require(again == texts);
}

void decode_any_texts(ByteView bytes, std::size_t count) {
  (void)text_encoding_name(bytes);
  Arena arena;
  std::vector<std::string_view> texts;
  if (!decode_texts(bytes, count, kMaxText, arena, texts)) return;
  require(texts.size() == count);
  std::size_t size = 0;
  for (const std::string_view text : texts) size += text.size();
  require(size <= kMaxText);
  std::vector<std::string_view> part;
  const std::size_t first = count / 3;
  require(decode_texts_at(bytes, count, first, count - first, kMaxText, arena, part).has_value());
  for (std::size_t i = first; i < count; ++i) require(part[i - first] == texts[i]);
  survive_encoding(texts);
}

// Numbers of eight bytes each, cut to a width that the count says.
template <typename T>
void encode_made_up_numbers(ByteView bytes, std::size_t count) {
  std::vector<T> values(bytes.size() / 8);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t value;
    std::memcpy(&value, bytes.data() + 8 * i, sizeof(value));
    values[i] = static_cast<T>((value >> count % 64) * (count / 64 + 1));
  }
  survive_encoding(values);
}

void encode_made_up_texts(std::string_view bytes) {
  std::vector<std::string_view> texts;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size() - 1);
    texts.push_back(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
  }
  survive_encoding(texts);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::size_t count = data[1] + std::size_t{256} * data[2];
  const ByteView bytes(reinterpret_cast<const std::byte*>(data) + 3, size - 3);
  switch (data[0] % 6) {
    case 0:
      decode_any_numbers<std::uint64_t>(bytes, count);
      break;
    case 1:
      decode_any_numbers<std::uint32_t>(bytes, count);
      break;
    case 2:
      decode_any_texts(bytes, count);
      break;
    case 3:
      encode_made_up_numbers<std::uint64_t>(bytes, count);
      break;
    case 4:
      encode_made_up_numbers<std::uint32_t>(bytes, count);
      break;
    default:
      encode_made_up_texts(as_text(bytes));
  }
  return 0;
}
