// SPDX-License-Identifier: Apache-2.0
//
// ReadSession: one question while it is answered. Holds the snapshot, looks at the clock, and
// remembers why the answer is not all there is: time ran out, a source could not be read.
#pragma once

#include <string>
#include <vector>

#include "storage/api/trace_reader.h"
#include "storage/columnar/read/snapshot.h"

namespace cairn::storage::columnar {

// A row group by its place in a snapshot.
struct GroupPlace {
  std::uint32_t source = 0;
  std::uint32_t group = 0;

  auto operator<=>(const GroupPlace&) const = default;
};

// How many whole spans are made between two looks at the clock.
inline constexpr std::size_t kMaterializedAtOnce = 1024;

// Thread rule: one thread.
class ReadSession {
 public:
  ReadSession(const SnapshotProvider& snapshots, const ReadContext& context);

  const Snapshot& snapshot() const { return *snapshot_; }
  const SpanSource& source(std::uint32_t index) const { return *snapshot_->sources[index]; }
  const RowGroup& group(const GroupPlace& place) const {
    return *source(place.source).groups()[place.group];
  }
  // All groups of the sources that were not lost, those with the newest spans first.
  std::vector<GroupPlace> newest_groups() const;

  // Looks at the clock. True: stop, the answer is partial; stays true.
  bool late();
  // When the deadline has passed: a little more time, to hand over what was found. The answer stays
  // partial; a cancelled question gets none.
  void grant(Duration more);

  // A source that fails is left out from then on.
  void lose(std::uint32_t source, const Error& error);
  bool lost(std::uint32_t source) const { return lost_[source]; }
  bool lost_any() const { return lost_any_; }
  // Anything else that makes the answer partial; said once.
  void partial(const std::string& why);

  Completeness completeness() const;

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  Deadline deadline_;
  bool late_ = false;
  bool lost_any_ = false;
  std::vector<bool> lost_;
  std::vector<std::string> reasons_;
};

}  // namespace cairn::storage::columnar
