// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/column_writer.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/check.h"
#include "storage/columnar/encoding/texts/texts.h"
#include "storage/columnar/segment/column/decimal.h"
#include "storage/columnar/segment/dictionary/local_values.h"

namespace cairn::storage::columnar {
namespace {

template <typename T>
bool all_equal(std::span<const T> values) {
  return std::ranges::all_of(values, [&](T value) { return value == values.front(); });
}

std::size_t varint_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

// Bits a value takes when the column is packed as it is.
template <typename T>
int packed_width(std::span<const T> values) {
  const auto [least, most] = std::ranges::minmax(values);
  return static_cast<int>(std::bit_width(static_cast<T>(most - least)));
}

}  // namespace

void ColumnWriter::head(NumberColumn::Form form, std::uint8_t decimals) {
  directory_.push_back(
      static_cast<std::byte>(static_cast<unsigned>(form) | static_cast<unsigned>(decimals) << 4));
}

void ColumnWriter::constant(std::uint64_t value) {
  head(NumberColumn::Form::kConstant);
  put_varint(directory_, value);
}

Result<void> ColumnWriter::page(ByteView bytes) {
  CAIRN_CHECK(!bytes.empty());
  ASSIGN_OR_RETURN(const PageRef page, pages_.write(bytes));
  put_varint(directory_, page.size);
  put_fixed(directory_, page.checksum);
  return {};
}

template <typename T>
Result<void> ColumnWriter::plain(std::span<const T> values, NumberUse use) {
  scratch_.clear();
  encode_numbers(values, use, scratch_);
  return page(scratch_);
}

Result<void> ColumnWriter::numbers(std::span<const std::uint64_t> values, NumberUse use) {
  if (values.empty() || all_equal(values)) {
    constant(values.empty() ? 0 : values.front());
    return {};
  }
  head(NumberColumn::Form::kPage);
  return plain(values, use);
}

Result<void> ColumnWriter::numbers(std::span<const std::uint32_t> values, NumberUse use) {
  if (values.empty() || all_equal(values)) {
    constant(values.empty() ? 0 : values.front());
    return {};
  }
  head(NumberColumn::Form::kPage);
  return plain(values, use);
}

template <typename T>
bool ColumnWriter::worth_dictionary(std::span<const T> values, int width) {
  if (!find_local_values(values, kMaxLocalValues, local_values_, local_indexes_)) return false;
  std::size_t listed = 8;  // bits; one byte says how many
  for (const std::uint64_t value : local_values_) listed += 8 * varint_size(value);
  const auto narrow = static_cast<int>(std::bit_width(local_values_.size() - 1));
  return width > narrow && values.size() * static_cast<std::size_t>(width - narrow) > listed;
}

Result<void> ColumnWriter::dictionary(NumberUse use) {
  head(NumberColumn::Form::kDictionary);
  put_varint(directory_, local_values_.size());
  for (const std::uint64_t value : local_values_) put_varint(directory_, value);
  return plain(std::span<const std::uint32_t>(local_indexes_), use);
}

Result<void> ColumnWriter::codes(std::span<const std::uint32_t> values, NumberUse use) {
  if (values.empty() || all_equal(values)) return numbers(values, use);
  if (worth_dictionary(values, packed_width(values))) return dictionary(use);
  return numbers(values, use);
}

Result<void> ColumnWriter::integers(std::span<const std::uint64_t> values) {
  if (values.empty() || all_equal(values)) return numbers(values, NumberUse::kScanned);
  if (worth_dictionary(values, packed_width(values))) return dictionary(NumberUse::kScanned);
  return numbers(values, NumberUse::kScanned);
}

Result<void> ColumnWriter::doubles(std::span<const std::uint64_t> bits) {
  if (bits.empty() || all_equal(bits)) return numbers(bits, NumberUse::kScanned);
  const std::optional<std::uint8_t> decimals = as_decimals(bits, kMaxDecimals, decimals_);
  const int width = decimals ? packed_width(std::span<const std::uint64_t>(decimals_)) : 64;
  if (worth_dictionary(bits, width)) return dictionary(NumberUse::kScanned);
  if (!decimals) return numbers(bits, NumberUse::kScanned);
  head(NumberColumn::Form::kDecimal, *decimals);
  return plain(std::span<const std::uint64_t>(decimals_), NumberUse::kScanned);
}

Result<void> ColumnWriter::text_page(std::span<const std::string_view> values,
                                     std::uint64_t bytes) {
  put_varint(directory_, values.size());
  put_varint(directory_, bytes);
  scratch_.clear();
  encode_texts(values, level_, scratch_);
  return page(scratch_);
}

Result<void> ColumnWriter::texts(std::span<const std::string_view> values) {
  const bool constant = values.size() > 1 && all_equal(values);
  directory_.push_back(static_cast<std::byte>(constant));
  if (constant) return text_page(values.first(1), values.front().size());
  std::size_t begin = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > begin && bytes + values[i].size() > kTextPageBytes) {
      RETURN_IF_ERROR(text_page(values.subspan(begin, i - begin), bytes));
      begin = i;
      bytes = 0;
    }
    bytes += values[i].size();
  }
  if (values.empty()) return {};
  return text_page(values.subspan(begin), bytes);
}

}  // namespace cairn::storage::columnar
