// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/head.h"

#include <optional>

#include "base/check.h"
#include "base/random_seed.h"
#include "storage/columnar/head/head_group.h"
#include "storage/columnar/head/head_state.h"
#include "storage/columnar/head/record/head_record.h"
#include "storage/columnar/head/row/hashing.h"

namespace cairn::storage::columnar {

struct Head::State {
  State(std::uint64_t id, const HeadOptions& options, std::uint64_t seed)
      : shared(std::make_shared<HeadTable>(id, seed)),
        writer(std::make_unique<HeadWriter>(*shared, options, seed)) {}

  std::shared_ptr<HeadTable> shared;
  std::unique_ptr<HeadWriter> writer;  // null once sealed
};

Head::Head(std::uint64_t id, const HeadOptions& options)
    : state_(std::make_shared<State>(id, options, random_seed())) {
}

Head::~Head() = default;

std::uint64_t Head::id() const {
  return state_->shared->id;
}

Appended Head::append(const model::Batch& batch, std::span<const std::uint32_t> indexes,
                      Elsewhere* elsewhere) {
  CAIRN_CHECK(state_->writer && !state_->writer->damaged);
  return state_->writer->append(batch, indexes, elsewhere);
}

void Head::record(Bytes& out) {
  CAIRN_CHECK(state_->writer && !state_->writer->damaged);
  encode_head_record(*state_->writer, out);
}

Result<void> Head::replay(ByteView record) {
  CAIRN_CHECK(state_->writer);
  if (state_->writer->damaged) return corruption("head record: follows one that was refused");
  Result<void> replayed = replay_head_record(record, *state_->writer);
  if (!replayed) state_->writer->damaged = true;
  return replayed;
}

std::size_t Head::rows() const {
  return state_->shared->table.rows.published_size();
}

std::size_t Head::memory_bytes() const {
  return state_->shared->memory_bytes() + (state_->writer ? state_->writer->memory_bytes() : 0);
}

model::Timestamp Head::min_start() const {
  return state_->shared->facts().min_start;
}

model::Timestamp Head::max_start() const {
  return state_->shared->facts().max_start;
}

std::size_t Head::elsewhere_bytes() const {
  return state_->writer ? state_->writer->elsewhere_bytes() : 0;
}

bool Head::vocabulary_full() const {
  return state_->writer && state_->writer->vocabulary_full();
}

void Head::seal() {
  state_->writer.reset();
  state_->shared->traces.complete();
}

std::shared_ptr<const SpanSource> Head::view() const {
  return make_head_view(state_->shared);
}

std::shared_ptr<const SpanTable> Head::table() const {
  return {state_->shared, &state_->shared->table};
}

}  // namespace cairn::storage::columnar
