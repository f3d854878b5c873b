// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/search/fragment_reader.h"

#include <algorithm>

namespace cairn::storage::columnar {
namespace {

// Collects spans and hands them over when a chunk is full.
class Chunk {
 public:
  Chunk(ReadSession& session, const ChunkVisitor& visit) : session_(session), visit_(visit) {}

  // Errors: those of the source; what it gave before stays.
  Result<void> add(const RowGroup& group, std::span<const RowIndex> rows) {
    while (!rows.empty() && !done()) {
      const std::size_t room = kMaxChunkSpans - batch_.spans.size();
      const auto some = rows.first(std::min(room, rows.size()));
      const std::size_t before = batch_.spans.size();
      const Result<void> outcome = group.materialize(some, batch_);
      if (!outcome || batch_.spans.size() != before + some.size()) {
        batch_.spans.resize(before);
        return outcome ? Result<void>(corruption("row group: rows are missing")) : outcome;
      }
      rows = rows.subspan(some.size());
      if (batch_.spans.size() == kMaxChunkSpans) give();
    }
    return {};
  }
  void give() {
    if (batch_.spans.empty() || done()) return;
    stopped_ = !visit_(batch_);
    batch_.clear();
    late_ = session_.late();
  }
  bool done() const { return stopped_ || late_; }
  bool stopped() const { return stopped_; }

 private:
  ReadSession& session_;
  const ChunkVisitor& visit_;
  model::Batch batch_;
  bool stopped_ = false;
  bool late_ = false;
};

}  // namespace

bool visit_chunks(std::span<const Fragment> fragments, ReadSession& session,
                  const ChunkVisitor& visit) {
  Chunk chunk(session, visit);
  std::vector<RowIndex> rows;
  for (const Fragment& fragment : fragments) {
    if (chunk.done() || session.late()) break;
    if (session.lost(fragment.place.source)) continue;
    const RowGroup& group = session.group(fragment.place);
    rows.clear();
    Result<void> outcome = group.rows_of_trace(fragment.trace, rows);
    if (outcome) outcome = chunk.add(group, rows);
    if (!outcome) session.lose(fragment.place.source, outcome.error());
  }
  chunk.give();
  return !chunk.stopped();
}

}  // namespace cairn::storage::columnar
