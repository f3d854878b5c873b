// SPDX-License-Identifier: Apache-2.0
//
// Reads whole spans of one trace's fragments, a chunk at a time, whatever the trace's size.
#pragma once

#include <functional>

#include "storage/columnar/read/search/trace_places.h"

namespace cairn::storage::columnar {

// Receives at most `kMaxChunkSpans` spans of one trace; false stops.
using ChunkVisitor = std::function<bool(const model::Batch& chunk)>;

// Shows all spans of the fragments, until time runs out or `visit` stops; looks at the clock before
// each chunk. A source that fails is lost to the session, the spans of the others are shown.
// Returns false when `visit` stopped.
bool visit_chunks(std::span<const Fragment> fragments, ReadSession& session,
                  const ChunkVisitor& visit);

}  // namespace cairn::storage::columnar
