// SPDX-License-Identifier: Apache-2.0
//
// BatchBuilder: pinned pieces of chunks, grouped by scope, as the SpanBatch that exporters see.
//
// Copies no span. One thread.
#pragma once

#include <string>
#include <vector>

#include <cairn/trace/exporter.h>

#include "sdk/trace/chunk_pool.h"

namespace cairn::trace::detail {

class BatchBuilder {
 public:
  BatchBuilder(std::string resource, std::string schema_url)
      : resource_(std::move(resource)), schema_url_(std::move(schema_url)) {}

  void add(const ChunkPool::Piece& piece) { pieces_.push_back(piece); }
  bool empty() const noexcept { return pieces_.empty(); }
  std::size_t byte_count() const noexcept;
  std::size_t span_count() const noexcept;
  // Valid until clear(), and as long as the pieces are pinned.
  const SpanBatch& build();
  // Unpins the pieces.
  void clear(ChunkPool& pool) noexcept;

 private:
  void add_run(Chunk& chunk, Mark from, Mark to, std::uint32_t scope);

  std::string resource_;
  std::string schema_url_;
  std::vector<ChunkPool::Piece> pieces_;
  SpanBatch batch_;
  std::vector<int> place_of_scope_;  // in batch_.scopes, by scope index; -1: not there
};

}  // namespace cairn::trace::detail
