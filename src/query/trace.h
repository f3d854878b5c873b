// SPDX-License-Identifier: Apache-2.0
//
// One trace as a reader of the product sees it: its spans in our own memory, and what was noticed
// about them on the way.
#pragma once

#include <string>
#include <vector>

#include "model/batch.h"

namespace cairn::query {

// Thread rule: a value; one thread at a time.
struct Trace {
  model::Batch batch;  // spans of one trace, at least one
  // What the adjusters have to say about each span, by its index in `batch`. Empty: nothing at all.
  std::vector<std::vector<std::string>> span_warnings;
  std::vector<std::string> warnings;  // about the trace: "only the first 200000 spans are here"

  model::TraceId id() const { return batch.spans.front().trace_id; }

  // Notes something about the span at `index`.
  void warn(std::size_t index, std::string text) {
    span_warnings.resize(batch.spans.size());
    span_warnings[index].push_back(std::move(text));
  }
};

}  // namespace cairn::query
