// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "model/batch.h"

namespace cairn::storage {

// A span together with the batch that holds it. Borrows both.
struct SpanRef {
  const model::Batch* batch = nullptr;
  const model::Span* span = nullptr;
};

// The spans of one trace, in any order, possibly from several batches. Borrows all.
using TraceView = std::span<const SpanRef>;

}  // namespace cairn::storage
