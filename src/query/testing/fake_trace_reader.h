// SPDX-License-Identifier: Apache-2.0
//
// A TraceReader for tests above the store: a few spans in memory, every answer by brute force, in
// chunks as small as told.
#pragma once

#include <memory>
#include <vector>

#include "storage/api/store_admin.h"
#include "storage/api/trace_reader.h"

namespace cairn::query {

// Thread rule: filled by one thread, then read by any.
class FakeTraceReader final : public storage::TraceReader {
 public:
  void add(std::shared_ptr<const model::Batch> batch) { batches_.push_back(std::move(batch)); }

  storage::Capabilities declared;                       // what capabilities() says
  std::size_t chunk_spans = 2;                          // spans in a chunk of traces()
  std::optional<Error> failure;                         // answers every call
  storage::Completeness completeness;                   // of every answer
  bool ignores_condition = false;                       // search gives every trace of the range
  std::vector<storage::TracesRequest> traces_requests;  // what was asked; not for threads

  const storage::Capabilities& capabilities() const override { return declared; }
  Result<storage::Completeness> traces(const storage::ReadContext& context,
                                       const storage::TracesRequest& request,
                                       const storage::TraceSink& sink) override;
  Result<storage::SearchPage> search(const storage::ReadContext& context,
                                     const storage::SearchRequest& request) override;
  Result<storage::Completeness> scan(const storage::ReadContext& context,
                                     const storage::ScanRequest& request,
                                     const storage::ScanSink& sink) override;
  // Only counts, without buckets.
  Result<storage::AggregateResult> aggregate(const storage::ReadContext& context,
                                             const storage::AggregateRequest& request) override;
  Result<storage::NamesResult> names(const storage::ReadContext& context,
                                     const storage::NamesRequest& request) override;
  // Only string values.
  Result<storage::ValuesResult> values(const storage::ReadContext& context,
                                       const storage::ValuesRequest& request) override;

 private:
  std::vector<std::shared_ptr<const model::Batch>> batches_;
};

// A StoreAdmin that does nothing.
class FakeStoreAdmin final : public storage::StoreAdmin {
 public:
  storage::StoreStatistics answer;
  std::vector<storage::ColumnStatistics> column_answer;
  std::vector<storage::EraseTarget> erased;  // what was asked for
  int flushes = 0;
  int compactions = 0;

  Result<std::uint64_t> erase(const model::TenantId&, const storage::EraseTarget& target,
                              const Deadline&) override {
    erased.push_back(target);
    return std::uint64_t{3};
  }
  Result<void> flush(const Deadline&) override {
    ++flushes;
    return {};
  }
  Result<void> compact(const Deadline&) override {
    ++compactions;
    return {};
  }
  storage::StoreStatistics statistics() const override { return answer; }
  std::vector<storage::ColumnStatistics> columns() const override { return column_answer; }
  Result<void> health() const override { return {}; }
};

}  // namespace cairn::query
