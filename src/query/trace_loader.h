// SPDX-License-Identifier: Apache-2.0
//
// Collects the chunks that TraceReader::traces streams into whole traces, within a bound.
#pragma once

#include <unordered_map>

#include "query/trace.h"
#include "storage/api/trace_reader.h"

namespace cairn::query {

// Thread rule: one thread at a time.
class TraceLoader {
 public:
  // `max_spans` of one trace are kept, 0 for all; the trace's warnings say so when there were more.
  explicit TraceLoader(std::size_t max_spans) : max_spans_(max_spans) {}

  // A chunk of one trace. False when that trace is full.
  bool add(const model::Batch& chunk);

  // The trace with that id, nullopt when no chunk brought one. Gives it away.
  std::optional<Trace> take(const model::TraceId& id);

 private:
  const std::size_t max_spans_;
  std::unordered_map<model::TraceId, Trace> traces_;
};

}  // namespace cairn::query
