// SPDX-License-Identifier: Apache-2.0
//
// PreAggregates: counts and latencies of a segment's spans by service, span name, kind, status and
// minute of start, computed when the segment is written. Questions that ask for no more than that
// are answered from here without touching a row.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/index/latency_histogram.h"

namespace cairn::storage::columnar {

// What one cell counts. Texts are indexes into PreAggregates::texts.
struct PreAggregateKey {
  std::uint32_t service = 0;  // text; "service.name" of the resource as condition values see it
  bool has_service = false;   // false: the resource has no string service.name
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

class PreAggregates {
 public:
  PreAggregates() = default;

  // Building. `service` null: none.
  void add(const std::string_view* service, std::string_view name, std::int32_t kind,
           std::int32_t status_code, std::uint64_t start_nanos, std::uint64_t duration_nanos);
  // False: too many cells were needed; there are none.
  bool valid() const { return valid_; }

  std::span<const PreAggregateCell> cells() const { return cells_; }
  std::string_view text(std::uint32_t index) const { return texts_[index]; }

  void encode(Bytes& out) const;  // REQUIRES: valid()
  static Result<PreAggregates> decode(ByteReader& in);
  std::size_t memory_bytes() const;

 private:
  struct Building;
  bool valid_ = true;
  std::vector<PreAggregateCell> cells_;
  std::vector<std::string_view> texts_;
  std::shared_ptr<Arena> arena_;
  std::shared_ptr<Building> building_;  // the look-up tables while add() is called
};

}  // namespace cairn::storage::columnar
