// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/batch_builder.h"

#include "sdk/trace/scope_entry.h"

namespace cairn::trace::detail {

std::size_t BatchBuilder::byte_count() const noexcept {
  std::size_t sum = 0;
  for (const auto& piece : pieces_) sum += piece.to.bytes - piece.from.bytes;
  return sum;
}

std::size_t BatchBuilder::span_count() const noexcept {
  std::size_t sum = 0;
  for (const auto& piece : pieces_) sum += piece.to.spans - piece.from.spans;
  return sum;
}

void BatchBuilder::add_run(Chunk& chunk, Mark from, Mark to, std::uint32_t scope) {
  if (from.bytes == to.bytes) return;
  if (place_of_scope_.size() <= scope) place_of_scope_.resize(scope + 1, -1);
  int& place = place_of_scope_[scope];
  if (place < 0) {
    place = static_cast<int>(batch_.scopes.size());
    const ScopeEntry& entry = scope_entry(scope);
    ScopeSpans spans;
    spans.name = entry.name;
    spans.version = entry.version;
    spans.schema_url = entry.schema_url;
    spans.scope = {reinterpret_cast<const std::uint8_t*>(entry.encoded.data()),
                   entry.encoded.size()};
    batch_.scopes.push_back(std::move(spans));
  }
  ScopeSpans& spans = batch_.scopes[static_cast<std::size_t>(place)];
  spans.spans.push_back({chunk.data() + from.bytes, to.bytes - from.bytes});
  spans.span_count += to.spans - from.spans;
}

const SpanBatch& BatchBuilder::build() {
  batch_ = SpanBatch();
  place_of_scope_.assign(place_of_scope_.size(), -1);
  batch_.resource = {reinterpret_cast<const std::uint8_t*>(resource_.data()), resource_.size()};
  batch_.resource_schema_url = schema_url_;
  batch_.byte_count = byte_count();
  batch_.span_count = span_count();
  for (const auto& piece : pieces_) {
    // The piece may begin within a run that began before it.
    for (std::uint32_t i = piece.from.runs == 0 ? 0 : piece.from.runs - 1; i < piece.to.runs; ++i) {
      const Run& run = *piece.chunk->run(i);
      Mark from{run.begin, run.spans_before, 0};
      Mark to = piece.to;
      if (from.bytes < piece.from.bytes) from = piece.from;
      if (i + 1 < piece.to.runs) {
        const Run& after = *piece.chunk->run(i + 1);
        to = {after.begin, after.spans_before, 0};
      }
      if (to.bytes > from.bytes) add_run(*piece.chunk, from, to, run.scope);
    }
  }
  return batch_;
}

void BatchBuilder::clear(ChunkPool& pool) noexcept {
  for (const auto& piece : pieces_) pool.release(piece);
  pieces_.clear();
}

}  // namespace cairn::trace::detail
