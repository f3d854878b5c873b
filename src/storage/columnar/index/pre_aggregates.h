// SPDX-License-Identifier: Apache-2.0
//
// PreAggregates: counts and latencies of a segment's spans by service, span name, kind, status and
// minute of start, computed when the segment is written. Questions that ask for no more than that
// are answered from here without touching a row.
//
//   varint texts, varint cells, then five packed columns (packed_column.h):
//   texts (sized) | keys, field by field | the histograms' heads | their steps | their counts
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/index/latency_histogram.h"

namespace cairn::storage::columnar {

// What one cell counts. Texts are indexes into PreAggregates::texts.
struct PreAggregateKey {
  std::uint32_t service = 0;  // text; "service.name" of the resource as condition values see it
  bool has_service = false;   // false: the resource has no string service.name; `service` is 0
  std::uint32_t name = 0;     // text
  std::int32_t kind = 0;
  std::int32_t status_code = 0;
  std::uint64_t minute = 0;  // unix minutes of the span's start

  auto operator<=>(const PreAggregateKey&) const = default;
};

struct PreAggregateCell {
  PreAggregateKey key;
  LatencyHistogram durations;  // of Span::duration(): count, sum, quantiles; errors are in the key
};

// Collects spans; more cells than `kMaxPreAggregateCells` give an empty, invalid result, since then
// they no longer save anything.
inline constexpr std::size_t kMaxPreAggregateCells = 65536;

// Thread rule: one thread while add() is called, and copies made meanwhile share its tables: copy
// or share only what is complete. Then immutable.
class PreAggregates {
 public:
  PreAggregates() = default;

  // Building. `service` null: none. Texts are copied.
  void add(const std::string_view* service, std::string_view name, std::int32_t kind,
           std::int32_t status_code, std::uint64_t start_nanos, std::uint64_t duration_nanos);
  // The same in two steps, for whoever remembers where the last span of a kind went: the cell that
  // add() would count in, and counting. Nothing when there are too many cells.
  std::optional<std::uint32_t> cell(const std::string_view* service, std::string_view name,
                                    std::int32_t kind, std::int32_t status_code,
                                    std::uint64_t minute);
  // REQUIRES: a cell of this object, which is still being built.
  void add_to(std::uint32_t cell, std::uint64_t duration_nanos) {
    cells_[cell].durations.add(duration_nanos);
  }
  // False: too many cells were needed; there are none.
  bool valid() const { return valid_; }

  // Each key once: in order of keys when decoded, in order of appearance while building.
  std::span<const PreAggregateCell> cells() const { return cells_; }
  std::size_t text_count() const { return texts_.size(); }
  // REQUIRES: index < text_count(), as the indexes of every key are.
  std::string_view text(std::uint32_t index) const { return texts_[index]; }

  void encode(Bytes& out) const;  // REQUIRES: valid()
  // Errors: kCorruption.
  static Result<PreAggregates> decode(ByteReader& in);
  std::size_t memory_bytes() const;

 private:
  struct Building;

  std::optional<std::uint32_t> cell_for(const std::string_view* service, std::string_view name,
                                        PreAggregateKey key);
  bool is_cell(const PreAggregateCell& cell, const std::string_view* service, std::string_view name,
               const PreAggregateKey& key) const;
  std::uint32_t text_index(std::string_view text);
  void give_up();
  Result<void> decode_texts(ByteView column, std::size_t count);
  Result<void> decode_keys(ByteView column, std::size_t count);

  bool valid_ = true;
  std::vector<PreAggregateCell> cells_;
  std::vector<std::string_view> texts_;  // in arena_
  std::shared_ptr<Arena> arena_;
  std::shared_ptr<Building> building_;  // the look-up tables while add() is called
};

}  // namespace cairn::storage::columnar
