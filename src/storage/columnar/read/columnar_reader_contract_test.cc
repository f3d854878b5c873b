// SPDX-License-Identifier: Apache-2.0
//
// The contract on ColumnarReader over many small, odd sources (testing/batch_source.h): short
// traces are scattered over them, as they are over heads and segments.
#include <mutex>
#include <unordered_set>

#include "model/text.h"
#include "storage/api/testing/contract_suite.h"
#include "storage/columnar/read/columnar_reader.h"
#include "storage/columnar/read/testing/batch_source.h"

namespace cairn::storage {
namespace {

using columnar::BatchSourceOptions;
using columnar::ColumnarReader;
using columnar::Snapshot;
using columnar::SpanSource;

struct SourcesOptions {
  std::size_t source_spans = 60;  // a source takes no more requests then
  bool odd = true;
};

// Keeps batches, each as a source.
class Sources final : public TraceWriter, public StoreAdmin, public columnar::SnapshotProvider {
 public:
  explicit Sources(const SourcesOptions& options) : options_(options) {}

  void write(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch,
             WriteDone done) override {
    {
      const std::lock_guard lock(mutex_);
      Tenant& to = tenants_[tenant.name];
      if (to.open.spans.size() >= options_.source_spans) close(to);
      model::BatchAppender appender(to.open);
      for (const model::Span& span : batch->spans) {
        if (to.known.insert(text_of(*batch, span)).second) appender.append(*batch, span);
      }
      to.view = nullptr;
    }
    WriteOutcome outcome;
    outcome.accepted = batch->spans.size();
    done(outcome);
  }

  std::shared_ptr<const Snapshot> snapshot(const model::TenantId& tenant) const override {
    const std::lock_guard lock(mutex_);
    auto made = std::make_shared<Snapshot>();
    const auto found = tenants_.find(tenant.name);
    if (found == tenants_.end()) return made;
    Tenant& of = found->second;
    if (!of.view && !of.open.spans.empty()) of.view = source_of(copy(of.open), false);
    made->sources = of.closed;
    if (of.view) made->sources.push_back(of.view);
    return made;
  }

  Result<std::uint64_t> erase(const model::TenantId& tenant, const EraseTarget& target,
                              const Deadline&) override {
    const std::lock_guard lock(mutex_);
    Tenant& of = tenants_[tenant.name];
    close(of);
    std::uint64_t erased = 0;
    const std::vector<std::shared_ptr<const model::Batch>> old = std::exchange(of.batches, {});
    of.closed.clear();
    of.known.clear();
    for (const auto& batch : old) {
      model::BatchAppender appender(of.open);
      for (const model::Span& span : batch->spans) {
        if (is_doomed(*batch, span, target)) {
          ++erased;
        } else {
          of.known.insert(text_of(*batch, span));
          appender.append(*batch, span);
        }
      }
      close(of);
    }
    return erased;
  }
  Result<void> flush(const Deadline&) override {
    const std::lock_guard lock(mutex_);
    for (auto& [name, tenant] : tenants_) close(tenant);
    return {};
  }
  Result<void> compact(const Deadline& deadline) override { return flush(deadline); }
  Result<void> health() const override { return {}; }
  StoreStatistics statistics() const override {
    const std::lock_guard lock(mutex_);
    StoreStatistics made;
    made.memory_bytes = 1;
    made.oldest_start = model::Timestamp::max();
    for (const auto& [name, tenant] : tenants_) {
      std::unordered_set<model::TraceId> traces;
      const auto count = [&](const model::Batch& batch) {
        for (const model::Span& span : batch.spans) {
          ++made.spans;
          traces.insert(span.trace_id);
          made.oldest_start = std::min(made.oldest_start, span.start);
          made.newest_start = std::max(made.newest_start, span.start);
        }
      };
      for (const auto& batch : tenant.batches) count(*batch);
      count(tenant.open);
      made.traces += traces.size();
    }
    if (made.spans == 0) made.oldest_start = {};
    return made;
  }

 private:
  struct Tenant {
    model::Batch open;
    std::shared_ptr<const SpanSource> view;  // of `open`
    std::vector<std::shared_ptr<const model::Batch>> batches;
    std::vector<std::shared_ptr<const SpanSource>> closed;
    std::unordered_set<std::string> known;
  };

  static std::string text_of(const model::Batch& batch, const model::Span& span) {
    model::Batch alone;
    model::BatchAppender(alone).append(batch, span);
    return model::to_text(alone);
  }
  static bool is_doomed(const model::Batch& batch, const model::Span& span,
                        const EraseTarget& target) {
    if (const auto* traces = std::get_if<EraseTraces>(&target)) {
      return std::ranges::count(traces->ids, span.trace_id) > 0;
    }
    if (const auto* service = std::get_if<EraseService>(&target)) {
      return batch.service_of(span) == service->service;
    }
    return std::get<EraseRange>(target).range.contains(span.start);
  }
  static std::shared_ptr<const model::Batch> copy(const model::Batch& batch) {
    auto made = std::make_shared<model::Batch>();
    model::BatchAppender appender(*made);
    for (const model::Span& span : batch.spans) appender.append(batch, span);
    return made;
  }
  std::shared_ptr<const SpanSource> source_of(std::shared_ptr<const model::Batch> batch,
                                              bool closed) const {
    BatchSourceOptions made;
    made.seed = options_.odd ? ++seed_ : 0;
    made.group_rows = options_.source_spans / 3 + 1;
    made.splits_traces = options_.odd && seed_ % 3 == 0;
    made.pre_aggregates = closed;
    return columnar::make_batch_source("source " + std::to_string(++names_), std::move(batch),
                                       made);
  }
  void close(Tenant& tenant) {
    if (tenant.open.spans.empty()) return;
    tenant.batches.push_back(std::make_shared<const model::Batch>(std::move(tenant.open)));
    tenant.closed.push_back(source_of(tenant.batches.back(), true));
    tenant.open = {};
    tenant.view = nullptr;
  }

  const SourcesOptions options_;
  mutable std::mutex mutex_;
  mutable std::uint64_t seed_ = 0;
  mutable std::uint64_t names_ = 0;
  mutable std::map<std::string, Tenant> tenants_;
};

class SourcesUnderTest final : public StoreUnderTest, public TraceStore {
 public:
  explicit SourcesUnderTest(const SourcesOptions& options) : sources_(options), reader_(sources_) {}

  TraceStore& store() override { return *this; }
  TraceWriter& writer() override { return sources_; }
  TraceReader& reader() override { return reader_; }
  StoreAdmin& admin() override { return sources_; }

 private:
  Sources sources_;
  ColumnarReader reader_;
};

Engine engine(std::string name, const SourcesOptions& options) {
  return {std::move(name), [options] { return std::make_unique<SourcesUnderTest>(options); }};
}

INSTANTIATE_TEST_SUITE_P(ColumnarReader, TraceStoreContract,
                         ::testing::Values(engine("OddSources", {}),
                                           engine("TinySources", {.source_spans = 4}),
                                           engine("PlainSources", {1000, false})),
                         engine_name);

}  // namespace
}  // namespace cairn::storage
