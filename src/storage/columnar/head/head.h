// SPDX-License-Identifier: Apache-2.0
//
// Head: the newest spans of one shard. Batches go in, rows of codes come to lie in a SpanTable,
// duplicates stay out, and each append says what has to be written to the WAL.
//
//   append(batch) ─► dictionary codes, shapes, rows ─► record(): what was added, as bytes
//   replay(record) ─► the same table again
//   view() ─► what readers see: the rows published so far
//
// Cost: no allocation per span in steady state; keys and values that repeat are recognised by
// comparing with the last row of the same operation before anything is hashed.
// Thread rule: append, replay and seal by one thread at a time (the shard's lock). view() and what
// it returns may be used by any thread at any time; find() of a view takes the head's own short
// lock.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"
#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

// Spans of one trace that other sources hold already.
class Fragments {
 public:
  virtual ~Fragments() = default;
  // Whether an equal span (scope and resource included) is among them.
  virtual bool holds(const model::Batch& batch, const model::Span& span) const = 0;
  // What keeping this object costs; does not change.
  virtual std::size_t memory_bytes() const = 0;
};

// Where a head asks for a trace it sees for the first time.
class Elsewhere {
 public:
  virtual ~Elsewhere() = default;
  // Null when no other source holds spans of the trace.
  virtual std::shared_ptr<const Fragments> find(const model::TraceId& id) = 0;
};

struct HeadOptions {
  // A dictionary that grows by more than 60 % of its look-ups and is larger than this turns plain.
  std::size_t plain_after_values = 4096;
  // What Elsewhere said is kept while it takes no more than this; the last answer always.
  std::size_t elsewhere_bytes = 4_MiB;
};

struct Appended {
  std::size_t taken = 0;  // of the indexes, from the first on
  std::size_t added = 0;  // spans that were new
};

class Head {
 public:
  explicit Head(std::uint64_t id, const HeadOptions& options = {});
  ~Head();

  std::uint64_t id() const;

  // Adds the spans of `batch` at `indexes` that are new, and publishes them together. `elsewhere`
  // may be null. Takes all of them, unless their classes, resources or scopes are more than a head
  // should have: the rest is for another head then. A head whose vocabulary_full() was false takes
  // one at least.
  Appended append(const model::Batch& batch, std::span<const std::uint32_t> indexes,
                  Elsewhere* elsewhere);
  // The bytes that replay() needs to repeat everything since the last call, appended to `out`;
  // nothing when nothing was added. Format: docs/formats/wal-rows.md.
  void record(Bytes& out);
  // Adds what record() wrote. Errors: kCorruption when the bytes are not a record or do not
  // continue this head; nothing of it is visible then, and the head takes no more.
  Result<void> replay(ByteView record);

  std::size_t rows() const;
  std::size_t memory_bytes() const;  // tables, indexes and what Elsewhere said
  // What Elsewhere said, alone: another head would hear the same.
  std::size_t elsewhere_bytes() const;
  model::Timestamp min_start() const;
  model::Timestamp max_start() const;
  // Some list is near the limits of schema.h: time for a new head, whatever the number of rows.
  bool vocabulary_full() const;

  // Frees what only appending needs. No append, record or replay afterwards.
  void seal();

  // The rows published so far, as a source of one row group. Shares the table: stays valid after
  // the head is gone.
  std::shared_ptr<const SpanSource> view() const;
  std::shared_ptr<const SpanTable> table() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cairn::storage::columnar
