// SPDX-License-Identifier: Apache-2.0
//
// BatchSource: a batch as a SpanSource, for tests of what reads sources. It is as odd as the
// contract of row_group.h allows: a seed chooses which columns have dictionaries, which spans keep
// their name in a column or their attributes in the rest, what stands where a value is absent.
#pragma once

#include <atomic>
#include <map>

#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

struct BatchSourceOptions {
  std::uint64_t seed = 0;       // 0: nothing odd
  std::size_t group_rows = 64;  // a group is closed by the first trace that reaches this
  bool splits_traces = false;   // … or in the middle of a trace
  bool pre_aggregates = false;
};

// How often arrays were asked for.
struct ArrayCounts {
  std::atomic<int> rows{0};  // rows, starts, durations, resources, shapes, column values
  std::atomic<int> dictionaries{0};
  std::atomic<int> extras{0};
  std::atomic<int> materialized{0};  // rows
};

// `batch` holds distinct spans.
std::shared_ptr<const SpanSource> make_batch_source(std::string name,
                                                    std::shared_ptr<const model::Batch> batch,
                                                    const BatchSourceOptions& options,
                                                    ArrayCounts* counts = nullptr);

}  // namespace cairn::storage::columnar
