// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "storage/columnar/encoding/record_codec.h"
#include "storage/columnar/head/head_state.h"
#include "storage/columnar/head/row/hashing.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::uint32_t kUnknown = 0xffff'ffff;
constexpr std::size_t kFragmentsBytes = 128;  // of one answer's place in the table

// How many spans before its turn a span's place in the tables is asked for.
constexpr std::size_t kAhead = 8;

// Whether Elsewhere has spans of a trace: no, or ask.
enum : std::uint8_t { kNone = 0, kMaybe = 1 };

std::uint64_t trace_duration(const TraceTimes& times) {
  constexpr auto kMost = static_cast<std::uint64_t>(Duration::max().count());
  if (times.last_end <= times.first_start) return 0;
  return std::min(times.last_end - times.first_start, kMost);
}

}  // namespace

HeadWriter::HeadWriter(HeadTable& of, const HeadOptions& options, std::uint64_t random)
    : shared(of),
      table(of.table),
      seed_(random),
      vocabulary_(of.table.schema, random),
      cells_(of.table, of.first_text_row, options.plain_after_values, random),
      most_elsewhere_bytes_(options.elsewhere_bytes) {
}

Appended HeadWriter::append(const model::Batch& batch, std::span<const std::uint32_t> indexes,
                            Elsewhere* elsewhere) {
  if (!indexed) index_all();
  cell_limits.clear();  // dictionaries will grow
  batch_resources_.assign(batch.resources.size(), kUnknown);
  batch_scopes_.assign(batch.scopes.size(), kUnknown);
  const std::size_t before = table.rows.size();
  std::array<Hashes, 2 * kAhead> ahead;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < indexes.size() + kAhead; ++i) {
    if (i < indexes.size()) ahead[i % ahead.size()] = begin(batch.spans[indexes[i]]);
    if (i < kAhead) continue;
    if (!vocabulary_.has_room()) break;
    ++taken;
    const model::Span& span = batch.spans[indexes[i - kAhead]];
    Hashes& hashes = ahead[(i - kAhead) % ahead.size()];
    const IncomingSpan found = incoming(batch, span);
    if (is_stored(found, hashes)) continue;
    const TraceOrdinal trace = shared.traces.find(span.trace_id, hashes.trace);
    if (elsewhere && is_elsewhere(batch, span, trace, *elsewhere)) continue;
    add(found, hashes, trace);
  }
  const std::size_t added = table.rows.size() - before;
  if (added != 0) publish(cells_.grown());
  return {taken, added};
}

void HeadWriter::add_columns() {
  cells_.add_columns();
  const auto limit_of = [&](ColumnId column) -> std::uint32_t {
    switch (table.schema.columns[column].type) {
      case ColumnType::kEmpty:
        return 1;
      case ColumnType::kBool:
        return 2;
      case ColumnType::kInt:
        return kElsewhere;
      case ColumnType::kDouble:
        return 0;
      default:
        return static_cast<std::uint32_t>(table.dictionaries[column]->size());
    }
  };
  while (cell_limits.size() < table.schema.columns.size()) {
    cell_limits.push_back(limit_of(static_cast<ColumnId>(cell_limits.size())));
  }
}

IncomingSpan HeadWriter::incoming(const model::Batch& batch, const model::Span& span) {
  const model::InstrumentationScope& scope = batch.scopes[span.scope];
  ScopeId& scope_id = batch_scopes_[span.scope];
  if (scope_id == kUnknown) scope_id = vocabulary_.scope(scope);
  ResourceId& resource_id = batch_resources_[scope.resource];
  if (resource_id == kUnknown) {
    resource_id = vocabulary_.resource(batch.resources[scope.resource]);
  }
  return {span, resource_id, scope_id};
}

HeadWriter::Hashes HeadWriter::begin(const model::Span& span) const {
  const Hashes hashes = hashes_of(span.trace_id, span.span_id);
  rows_.prefetch(hashes.row);
  shared.traces.prefetch(hashes.trace);
  return hashes;
}

HeadWriter::Hashes HeadWriter::hashes_of(const model::TraceId& trace_id,
                                         const model::SpanId& span_id) const {
  std::uint64_t span = 0;
  std::memcpy(&span, span_id.bytes.data(), sizeof(span));
  const std::uint64_t trace = shared.traces.hash(trace_id);
  return {trace, hash_pair(trace, span, seed_)};
}

// Spans with equal ids are compared once; from the second on they are told apart by a hash of all
// they have, so that many of them cost no more than many others.
bool HeadWriter::is_stored(const IncomingSpan& incoming, Hashes& hashes) {
  const model::Span& span = incoming.span;
  const RowIndex first = rows_.find(hashes.row, [&](RowIndex row) {
    return same_record(table.rows[row].span_id, span.span_id) &&
           same_record(table.rows[row].trace_id, span.trace_id);
  });
  if (first == HashIndex::kNone) return false;
  if (same_span(table, first, incoming, scratch_)) return true;
  hashes.row = content_hash(incoming);
  return rows_.find(hashes.row, [&](RowIndex row) {
    return same_span(table, row, incoming, scratch_);
  }) != HashIndex::kNone;
}

std::uint64_t HeadWriter::content_hash(const IncomingSpan& incoming) {
  const model::Span& span = incoming.span;
  scratch_.clear();
  put_fixed(scratch_, span.trace_id);
  put_fixed(scratch_, span.span_id);
  put_fixed(scratch_, span.parent_span_id);
  put_fixed(scratch_, span.start.unix_nanos);
  put_fixed(scratch_, span.end.unix_nanos);
  put_fixed(scratch_, static_cast<std::int32_t>(span.kind));
  put_fixed(scratch_, static_cast<std::int32_t>(span.status.code));
  put_fixed(scratch_, span.flags);
  put_fixed(scratch_, incoming.resource);
  put_fixed(scratch_, incoming.scope);
  put_text(scratch_, span.name);
  encode_extra(span, true, scratch_);
  return hash_text(as_text(scratch_), seed_);
}

bool HeadWriter::is_elsewhere(const model::Batch& batch, const model::Span& span,
                              TraceOrdinal trace, Elsewhere& elsewhere) {
  const bool here = trace != HashIndex::kNone;
  if (here && has_fragments_[trace] == kNone) return false;
  auto found = fragments_.find(span.trace_id);
  if (found == fragments_.end()) {
    auto fragments = elsewhere.find(span.trace_id);
    if (here) has_fragments_[trace] = fragments ? kMaybe : kNone;
    if (!fragments) return false;
    found = keep(span.trace_id, std::move(fragments));
  }
  return found->second->holds(batch, span);
}

// Makes room by forgetting all others: they are asked for again.
HeadWriter::KnownFragments::iterator HeadWriter::keep(const model::TraceId& id,
                                                      std::shared_ptr<const Fragments> fragments) {
  const std::size_t bytes = kFragmentsBytes + fragments->memory_bytes();
  if (fragments_bytes_ + bytes > most_elsewhere_bytes_) {
    fragments_.clear();
    fragments_bytes_ = 0;
  }
  fragments_bytes_ += bytes;
  return fragments_.emplace(id, std::move(fragments)).first;
}

TraceOrdinal HeadWriter::trace_of(const model::TraceId& id) {
  const std::uint64_t hash = shared.traces.hash(id);
  const TraceOrdinal found = shared.traces.find(id, hash);
  return found != HashIndex::kNone ? found : add_trace(id, hash);
}

TraceOrdinal HeadWriter::add_trace(const model::TraceId& id, std::uint64_t hash) {
  times_.push_back({~std::uint64_t{0}, 0});
  has_fragments_.push_back(fragments_.contains(id) ? kMaybe : kNone);
  return shared.traces.add(id, hash);
}

void HeadWriter::count_row(TraceOrdinal trace, std::uint64_t start, std::uint64_t end) {
  TraceTimes& times = times_[trace];
  times.first_start = std::min(times.first_start, start);
  times.last_end = std::max(times.last_end, end);
  facts.max_trace_duration = std::max(facts.max_trace_duration, trace_duration(times));
  const bool first = facts.rows == 0;
  facts.min_start.unix_nanos = first ? start : std::min(facts.min_start.unix_nanos, start);
  facts.max_start.unix_nanos = std::max(facts.max_start.unix_nanos, start);
  facts.rows += 1;
  facts.traces = static_cast<std::uint32_t>(times_.size());
  table.trace_of_row.push_back(trace);
  shared.traces.add_row(trace);
}

void HeadWriter::add(const IncomingSpan& incoming, const Hashes& hashes, TraceOrdinal trace) {
  const model::Span& span = incoming.span;
  const ClassId span_class = vocabulary_.span_class(incoming.scope, span);
  const ShapeId shape = vocabulary_.shape(span_class, span, path_);
  cells_.add_columns();

  const auto first_cell = static_cast<std::uint32_t>(table.cells.size());
  const bool named = table.schema.classes[span_class].name == kNameInColumn;
  cells_.begin_cells(vocabulary_.steps(), path_, named, span);
  const std::uint32_t extra = add_extra(span, table.schema.shapes[shape].rest);

  const auto index = static_cast<RowIndex>(table.rows.size());
  rows_.insert(hashes.row, index);
  table.rows.push_back({});
  SpanRow& row = table.rows[index];  // filled where it stays, as the cells are
  row.trace_id = span.trace_id;
  row.span_id = span.span_id;
  row.parent_span_id = span.parent_span_id;
  row.start = span.start.unix_nanos;
  row.duration = span.end.unix_nanos - span.start.unix_nanos;
  row.shape = shape;
  row.resource = incoming.resource;
  row.first_cell = first_cell;
  row.extra = extra;
  if (trace == HashIndex::kNone) trace = add_trace(span.trace_id, hashes.trace);
  count_row(trace, row.start, span.end.unix_nanos);
  cells_.finish_cells(vocabulary_.steps(), path_);
}

std::uint32_t HeadWriter::add_extra(const model::Span& span, bool with_attributes) {
  scratch_.clear();
  encode_extra(span, with_attributes, scratch_);
  if (scratch_.empty()) return 0;
  table.extras.push_back(table.arena.copy(as_text(scratch_)));
  return static_cast<std::uint32_t>(table.extras.size());
}

// Builds what replay() left out, since a head that was replayed is seldom appended to.
void HeadWriter::index_all() {
  vocabulary_.learn();
  cells_.learn();
  rows_.clear();
  for (RowIndex index = 0; index < table.rows.size(); ++index) {
    const SpanRow& row = table.rows[index];
    const std::uint64_t by_ids = hashes_of(row.trace_id, row.span_id).row;
    const bool taken = rows_.find(by_ids, [&](RowIndex other) {
      return table.rows[other].span_id == row.span_id && table.rows[other].trace_id == row.trace_id;
    }) != HashIndex::kNone;
    if (!taken) {
      rows_.insert(by_ids, index);
      continue;
    }
    model::Batch batch;
    materialize(table, {&index, 1}, batch);
    const ScopeId scope = table.schema.classes[table.schema.shapes[row.shape].span_class].scope;
    rows_.insert(content_hash({batch.spans[0], row.resource, scope}), index);
  }
  has_fragments_.assign(times_.size(), kMaybe);
  indexed = true;
}

std::size_t HeadWriter::memory_bytes() const {
  return sizeof(HeadWriter) + vocabulary_.memory_bytes() + cells_.memory_bytes() +
         rows_.memory_bytes() + times_.capacity() * sizeof(TraceTimes) + has_fragments_.capacity() +
         fragments_bytes_ +
         (recorded.dictionaries.capacity() + cell_limits.capacity()) * sizeof(std::uint32_t) +
         checked_texts.capacity();
}

}  // namespace cairn::storage::columnar
