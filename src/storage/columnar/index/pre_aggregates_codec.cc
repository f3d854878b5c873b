// SPDX-License-Identifier: Apache-2.0
//
// PreAggregates as bytes.
#include <algorithm>
#include <limits>

#include "base/check.h"
#include "storage/columnar/index/packed_column.h"
#include "storage/columnar/index/pre_aggregates.h"

namespace cairn::storage::columnar {
namespace {

// The least that a cell takes in the column of keys: a byte a field.
constexpr std::size_t kLeastKeyBytes = 5;

using Cells = std::vector<const PreAggregateCell*>;

Cells in_key_order(std::span<const PreAggregateCell> cells) {
  Cells sorted;
  sorted.reserve(cells.size());
  for (const PreAggregateCell& cell : cells) sorted.push_back(&cell);
  std::ranges::sort(sorted, {}, [](const PreAggregateCell* cell) { return cell->key; });
  return sorted;
}

// Services (0: none) and minutes as distances from the cell before, the others as they are.
Bytes encode_keys(const Cells& cells) {
  Bytes out;
  std::int64_t before = 0;
  for (const PreAggregateCell* cell : cells) {
    const std::int64_t service = cell->key.has_service ? cell->key.service + std::int64_t{1} : 0;
    put_varint(out, zigzag(service - before));
    before = service;
  }
  for (const PreAggregateCell* cell : cells) put_varint(out, cell->key.name);
  for (const PreAggregateCell* cell : cells) put_varint(out, zigzag(cell->key.kind));
  for (const PreAggregateCell* cell : cells) put_varint(out, zigzag(cell->key.status_code));
  std::uint64_t minute = 0;
  for (const PreAggregateCell* cell : cells) {
    put_varint(out, zigzag(static_cast<std::int64_t>(cell->key.minute - minute)));
    minute = cell->key.minute;
  }
  return out;
}

std::int32_t take_int32(ByteReader& in) {
  const std::int64_t value = unzigzag(in.varint());
  using Limits = std::numeric_limits<std::int32_t>;
  if (value < Limits::min() || value > Limits::max()) in.fail();
  return static_cast<std::int32_t>(value);
}

}  // namespace

void PreAggregates::encode(Bytes& out) const {
  CAIRN_CHECK(valid_);
  const Cells cells = in_key_order(cells_);
  put_varint(out, texts_.size());
  put_varint(out, cells.size());
  Bytes texts;
  for (const std::string_view text : texts_) put_text(texts, text);
  Bytes heads;
  Bytes steps;
  Bytes counts;
  for (const PreAggregateCell* cell : cells) cell->durations.encode_columns(heads, steps, counts);
  for (const Bytes& column : {texts, encode_keys(cells), heads, steps, counts}) {
    put_packed_column(column, out);
  }
}

Result<void> PreAggregates::decode_texts(ByteView column, std::size_t count) {
  ByteReader in(column);
  if (count > column.size()) return corruption("texts: more than bytes");
  arena_ = std::make_shared<Arena>();
  texts_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) texts_.push_back(arena_->copy(in.text()));
  return in.finish("texts");
}

Result<void> PreAggregates::decode_keys(ByteView column, std::size_t count) {
  ByteReader in(column);
  if (count > column.size() / kLeastKeyBytes) return corruption("keys: more than bytes");
  cells_.resize(count);
  std::uint64_t service = 0;
  for (PreAggregateCell& cell : cells_) {
    service += static_cast<std::uint64_t>(unzigzag(in.varint()));
    if (service > texts_.size()) return corruption("keys: a service that is not there");
    cell.key.has_service = service > 0;
    cell.key.service = static_cast<std::uint32_t>(service > 0 ? service - 1 : 0);
  }
  for (PreAggregateCell& cell : cells_) {
    const std::uint64_t name = in.varint();
    if (name >= texts_.size()) return corruption("keys: a name that is not there");
    cell.key.name = static_cast<std::uint32_t>(name);
  }
  for (PreAggregateCell& cell : cells_) cell.key.kind = take_int32(in);
  for (PreAggregateCell& cell : cells_) cell.key.status_code = take_int32(in);
  std::uint64_t minute = 0;
  for (PreAggregateCell& cell : cells_) {
    minute += static_cast<std::uint64_t>(unzigzag(in.varint()));
    cell.key.minute = minute;
  }
  RETURN_IF_ERROR(in.finish("keys"));
  const auto not_ascending = [](const auto& a, const auto& b) { return !(a.key < b.key); };
  if (std::ranges::adjacent_find(cells_, not_ascending) == cells_.end()) return {};
  return corruption("keys: not in order");
}

Result<PreAggregates> PreAggregates::decode(ByteReader& in) {
  PreAggregates decoded;
  const std::uint64_t texts = in.varint_up_to(2 * kMaxPreAggregateCells);
  const std::uint64_t cells = in.varint_up_to(kMaxPreAggregateCells);
  if (in.failed()) return corruption("pre-aggregates: more cells than there can be");
  ASSIGN_OR_RETURN(const Bytes text_column, take_packed_column(in));
  RETURN_IF_ERROR(decoded.decode_texts(text_column, texts));
  ASSIGN_OR_RETURN(const Bytes key_column, take_packed_column(in));
  RETURN_IF_ERROR(decoded.decode_keys(key_column, cells));
  ASSIGN_OR_RETURN(const Bytes head_column, take_packed_column(in));
  ASSIGN_OR_RETURN(const Bytes step_column, take_packed_column(in));
  ASSIGN_OR_RETURN(const Bytes count_column, take_packed_column(in));
  ByteReader heads(head_column);
  ByteReader steps(step_column);
  ByteReader counts(count_column);
  for (PreAggregateCell& cell : decoded.cells_) {
    ASSIGN_OR_RETURN(cell.durations, LatencyHistogram::decode_columns(heads, steps, counts));
    if (cell.durations.count() == 0) return corruption("pre-aggregates: a cell without spans");
  }
  RETURN_IF_ERROR(heads.finish("pre-aggregates: heads"));
  RETURN_IF_ERROR(steps.finish("pre-aggregates: steps"));
  RETURN_IF_ERROR(counts.finish("pre-aggregates: counts"));
  return decoded;
}

}  // namespace cairn::storage::columnar
