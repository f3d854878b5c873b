// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/column_pages.h"

#include <algorithm>

#include <fmt/format.h>

#include "storage/columnar/encoding/numbers/numbers.h"
#include "storage/columnar/encoding/texts/texts.h"
#include "storage/columnar/segment/column/decimal.h"

namespace cairn::storage::columnar {
namespace {

using Form = NumberColumn::Form;

// What the page's numbers mean, in place.
Result<void> give_meaning(const GroupDirectory& directory, const NumberColumn& column,
                          std::span<std::uint64_t> values) {
  if (column.form == Form::kDecimal) {
    for (std::uint64_t& value : values) value = decimal_bits(value, column.decimals);
  } else if (column.form == Form::kDictionary) {
    const std::span<const std::uint64_t> known = directory.values_of(column);
    for (std::uint64_t& value : values) {
      if (value >= known.size()) return corruption("an index beyond the column's values");
      value = known[static_cast<std::size_t>(value)];
    }
  }
  return {};
}

}  // namespace

Result<void> decode_column(const GroupDirectory& directory, const NumberColumn& column,
                           ByteView page, std::size_t count, std::vector<std::uint64_t>& out) {
  if (column.form == Form::kConstant) {
    out.assign(count, column.constant);
    return {};
  }
  RETURN_IF_ERROR(decode_numbers(page, count, out));
  return give_meaning(directory, column, out);
}

Result<void> decode_column(const GroupDirectory& directory, const NumberColumn& column,
                           ByteView page, std::size_t count, std::vector<std::uint32_t>& out) {
  const auto fits = [](std::uint64_t value) { return value <= UINT32_MAX; };
  if (column.form == Form::kConstant) {
    if (!fits(column.constant)) return corruption("a constant of more than 32 bits");
    out.assign(count, static_cast<std::uint32_t>(column.constant));
    return {};
  }
  if (column.form == Form::kDecimal) return corruption("codes that are decimals");
  RETURN_IF_ERROR(decode_numbers(page, count, out));
  if (column.form == Form::kPage) return {};
  const std::span<const std::uint64_t> known = directory.values_of(column);
  if (!std::ranges::all_of(known, fits)) return corruption("a value of more than 32 bits");
  for (std::uint32_t& value : out) {
    if (value >= known.size()) return corruption("an index beyond the column's values");
    value = static_cast<std::uint32_t>(known[value]);
  }
  return {};
}

Result<void> decode_column_at(const GroupDirectory& directory, const NumberColumn& column,
                              ByteView page, std::size_t count, std::size_t first, std::size_t n,
                              std::vector<std::uint64_t>& out) {
  if (column.form == Form::kConstant) {
    out.insert(out.end(), n, column.constant);
    return {};
  }
  const std::size_t before = out.size();
  RETURN_IF_ERROR(decode_numbers_at(page, count, first, n, out));
  return give_meaning(directory, column, std::span(out).subspan(before));
}

Result<std::vector<std::string_view>> ColumnPages::texts(const TextColumn& column,
                                                         std::size_t count, Arena& arena,
                                                         std::string_view what) const {
  std::vector<std::string_view> all;
  std::vector<std::string_view> some;
  all.reserve(column.constant ? 1 : count);
  for (const TextPage& run : directory_.pages_of(column)) {
    ASSIGN_OR_RETURN(const Bytes bytes, pages_.read(directory_.pages[run.page], what));
    // The texts may point into the page.
    const std::string_view kept = arena.copy(as_text(bytes));
    if (auto done = decode_texts(as_bytes(kept), run.values, run.bytes, arena, some); !done) {
      return damaged(done.error(), what);
    }
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

Error ColumnPages::damaged(const Error& error, std::string_view what) const {
  return annotate(error, fmt::format("{}: {}", pages_.name(), what));
}

}  // namespace cairn::storage::columnar
