// SPDX-License-Identifier: Apache-2.0
//
// TracePlaces: where the parts of a trace are. A trace lies in one row group almost always; in
// several when it was written over a longer time, or is larger than a group.
//
// Two ways, the cheaper one chosen as a question goes on: ask each source about one id (some
// nanoseconds each), or read all ids once and remember those that occur more than once (some 12
// bytes a trace while that lasts).
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "storage/columnar/read/read_session.h"

namespace cairn::storage::columnar {

// The part of a trace that a row group holds.
struct Fragment {
  GroupPlace place;
  TraceOrdinal trace = 0;
};

// Thread rule: one thread. Sources that fail are lost to the session.
class TracePlaces {
 public:
  explicit TracePlaces(ReadSession& session) : session_(session) {}

  // All parts of the trace; `known` is one of them.
  std::vector<Fragment> find(const model::TraceId& id, const Fragment& known);
  // All parts of any trace, none when it is not there.
  std::vector<Fragment> find(const model::TraceId& id);

  // Reads all ids, once. Afterwards:
  void read_all();
  // … traces in more than one place.
  const std::unordered_map<model::TraceId, std::vector<Fragment>>& shared() const {
    return shared_;
  }

 private:
  // A trace whose hash occurs elsewhere too.
  struct Suspect {
    std::size_t hash = 0;
    Fragment where;
  };

  // Null when the source is lost, or is now.
  std::optional<TraceTable> table_of(const GroupPlace& place);
  // Those of all traces that hashes cannot tell from another.
  std::vector<Suspect> find_suspects(const std::vector<GroupPlace>& groups);

  ReadSession& session_;
  std::size_t probes_ = 0;
  bool read_all_ = false;
  std::unordered_map<model::TraceId, std::vector<Fragment>> shared_;
};

}  // namespace cairn::storage::columnar
