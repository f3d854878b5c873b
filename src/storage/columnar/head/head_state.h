// SPDX-License-Identifier: Apache-2.0
//
// What a Head is made of: the part that readers share, and the writer's.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "storage/columnar/head/class_lists.h"
#include "storage/columnar/head/head.h"
#include "storage/columnar/head/row/cell_writer.h"
#include "storage/columnar/head/row/row_compare.h"
#include "storage/columnar/head/row/trace_index.h"
#include "storage/columnar/head/row/vocabulary.h"

namespace cairn::storage::columnar {

// The table with what views need besides. Thread rule: as SpanTable.
struct HeadTable {
  HeadTable(std::uint64_t head_id, std::uint64_t seed);

  const std::uint64_t id;
  const std::string name;  // "head 3"
  SpanTable table;
  TraceIndex traces;
  // By column: the first row whose text stands in SpanTable::texts, plus 1; 0: none. Atomic access.
  StableVector<std::uint32_t> first_text_row;

  // Of the rows published, as they were published.
  GroupFacts facts() const {
    const MutexLock lock(mutex);
    return published;
  }
  // `grown`: the columns whose dictionaries got values since the last call, or more.
  void publish(const GroupFacts& facts, std::span<const ColumnId> grown);
  // The first `rows` rows by class: made, or as they were made for the view before when no row came
  // since.
  std::shared_ptr<const ClassLists> lists(std::uint32_t rows) const;
  std::size_t memory_bytes() const;

  mutable Mutex mutex;
  mutable std::shared_ptr<const ClassLists> last_lists GUARDED_BY(mutex);
  GroupFacts published GUARDED_BY(mutex);
};

// Times of one trace, for GroupFacts::max_trace_duration.
struct TraceTimes {
  std::uint64_t first_start = 0;
  std::uint64_t last_end = 0;
};

// How far a record went.
struct RecordMark {
  SchemaMark schema;
  std::vector<std::uint32_t> dictionaries;  // by column: values
  std::size_t cells = 0;
  std::size_t wide = 0;
  std::size_t texts = 0;
  std::size_t extras = 0;
  std::size_t rows = 0;

  void set_sizes(const SpanTable& table);  // all but the dictionaries'
};

// Thread rule: one thread.
struct HeadWriter {
  HeadWriter(HeadTable& of, const HeadOptions& options, std::uint64_t random);

  // As Head's.
  Appended append(const model::Batch& batch, std::span<const std::uint32_t> indexes,
                  Elsewhere* elsewhere);
  // Facts and traces of the next row; the row itself is the caller's.
  void count_row(TraceOrdinal trace, std::uint64_t start, std::uint64_t end);
  // The trace, added when it is new.
  TraceOrdinal trace_of(const model::TraceId& id);
  // `grown`: as HeadTable's.
  void publish(std::span<const ColumnId> grown) { shared.publish(facts, grown); }
  bool vocabulary_full() const { return vocabulary_.full(); }
  std::size_t elsewhere_bytes() const { return fragments_bytes_; }
  // As CellWriter's.
  std::span<const ColumnId> grown() const { return cells_.grown(); }
  void grown_done() { cells_.grown_done(); }
  void note_text(ColumnId column) { cells_.note_text(column); }
  // For a replay: makes room for columns that the schema got, their `cell_limits` included.
  void add_columns();
  std::size_t memory_bytes() const;

  HeadTable& shared;
  SpanTable& table;
  GroupFacts facts;
  RecordMark recorded;
  bool indexed = true;   // false: the tables below do not know all rows (after a replay)
  bool damaged = false;  // a replay failed
  std::vector<std::uint8_t> checked_texts;  // by text: what a replay found it to be
  // By column: cells below it need no further look, being numbers, or values of its dictionary. Of
  // a replay.
  std::vector<std::uint32_t> cell_limits;

 private:
  using KnownFragments = std::unordered_map<model::TraceId, std::shared_ptr<const Fragments>>;

  void index_all();
  struct Hashes {
    std::uint64_t trace = 0;
    std::uint64_t row = 0;  // of both ids, or of all content where ids are not enough
  };

  // Asks for the memory that looking for the span will touch.
  Hashes begin(const model::Span& span) const;
  Hashes hashes_of(const model::TraceId& trace_id, const model::SpanId& span_id) const;
  // A span that is not stored gets the hash under which its row is to be found.
  bool is_stored(const IncomingSpan& incoming, Hashes& hashes);
  bool is_elsewhere(const model::Batch& batch, const model::Span& span, TraceOrdinal trace,
                    Elsewhere& elsewhere);
  KnownFragments::iterator keep(const model::TraceId& id,
                                std::shared_ptr<const Fragments> fragments);
  std::uint64_t content_hash(const IncomingSpan& incoming);
  void add(const IncomingSpan& incoming, const Hashes& hashes, TraceOrdinal trace);
  TraceOrdinal add_trace(const model::TraceId& id, std::uint64_t hash);
  std::uint32_t add_extra(const model::Span& span, bool with_attributes);
  IncomingSpan incoming(const model::Batch& batch, const model::Span& span);

  const std::uint64_t seed_;
  Vocabulary vocabulary_;
  CellWriter cells_;
  HashIndex rows_;                 // by ids, or by ids and content where ids are not enough
  std::vector<TraceTimes> times_;  // by trace
  KnownFragments fragments_;
  std::size_t fragments_bytes_ = 0;
  const std::size_t most_elsewhere_bytes_;
  std::vector<std::uint8_t> has_fragments_;  // by trace

  // Of the batch in hand: its resources and scopes, kUnknown until looked up.
  std::vector<ResourceId> batch_resources_;
  std::vector<ScopeId> batch_scopes_;
  StepPath path_;
  Bytes scratch_;
};

}  // namespace cairn::storage::columnar
