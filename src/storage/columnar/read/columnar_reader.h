// SPDX-License-Identifier: Apache-2.0
//
// ColumnarReader: every question of storage/api answered from row groups.
//
// Conditions are first put to dictionaries, classes and columns (column_filter.h), which decides
// most rows; the few rows that stay open are materialized and put to ConditionMatcher, which is the
// meaning. A source that cannot be read makes the answer partial, and says so; the rest is served.
#pragma once

#include "storage/api/trace_reader.h"
#include "storage/columnar/read/snapshot.h"

namespace cairn::storage::columnar {

// Thread rule: as TraceReader; holds no state of its own. Ownership: `snapshots` outlives it.
class ColumnarReader final : public TraceReader {
 public:
  explicit ColumnarReader(const SnapshotProvider& snapshots) : snapshots_(snapshots) {}

  const Capabilities& capabilities() const override;
  Result<Completeness> traces(const ReadContext& context, const TracesRequest& request,
                              const TraceSink& sink) override;
  Result<SearchPage> search(const ReadContext& context, const SearchRequest& request) override;
  Result<Completeness> scan(const ReadContext& context, const ScanRequest& request,
                            const ScanSink& sink) override;
  Result<AggregateResult> aggregate(const ReadContext& context,
                                    const AggregateRequest& request) override;
  Result<NamesResult> names(const ReadContext& context, const NamesRequest& request) override;
  Result<ValuesResult> values(const ReadContext& context, const ValuesRequest& request) override;

 private:
  const SnapshotProvider& snapshots_;
};

}  // namespace cairn::storage::columnar
