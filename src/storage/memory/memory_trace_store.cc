// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/memory_trace_store.h"

#include <algorithm>

#include "storage/memory/memory_reader.h"
#include "storage/memory/memory_state.h"

namespace cairn::storage {
namespace {

using memory::MemoryState;

class MemoryTraceWriter final : public TraceWriter {
 public:
  explicit MemoryTraceWriter(MemoryState& state) : state_(state) {}

  void write(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch,
             WriteDone done) override {
    const std::uint64_t spans = batch->spans.size();
    WriteOutcome outcome;
    if (state_.insert(tenant, std::move(batch))) {
      outcome.accepted = spans;
    } else {
      outcome.rejected.add(model::RejectionReason::kStorageFull, spans);
    }
    done(outcome);
  }

 private:
  MemoryState& state_;
};

class MemoryStoreAdmin final : public StoreAdmin {
 public:
  explicit MemoryStoreAdmin(MemoryState& state) : state_(state) {}

  Result<std::uint64_t> erase(const model::TenantId& tenant, const EraseTarget& target,
                              const Deadline& deadline) override {
    if (const auto* traces = std::get_if<EraseTraces>(&target)) {
      return erase_from(tenant, traces->ids, deadline, [](const SpanRef&) { return true; });
    }
    const auto* in_range = std::get_if<EraseRange>(&target);
    std::vector<model::TraceId> ids;
    for (const auto& outline : state_.list(tenant, in_range ? in_range->range : TimeRange{})) {
      ids.push_back(outline.id);
    }
    if (in_range) {
      return erase_from(tenant, ids, deadline, [in_range](const SpanRef& ref) {
        return in_range->range.contains(ref.span->start);
      });
    }
    const std::string& service = std::get<EraseService>(target).service;
    return erase_from(tenant, ids, deadline, [&service](const SpanRef& ref) {
      return ref.batch->service_of(*ref.span) == service;
    });
  }
  Result<void> flush(const Deadline&) override { return {}; }
  Result<void> compact(const Deadline&) override { return {}; }
  StoreStatistics statistics() const override { return state_.statistics(); }
  Result<void> health() const override { return {}; }

 private:
  Result<std::uint64_t> erase_from(const model::TenantId& tenant,
                                   const std::vector<model::TraceId>& ids, const Deadline& deadline,
                                   const std::function<bool(const SpanRef&)>& doomed) {
    std::uint64_t erased = 0;
    for (const model::TraceId& id : ids) {
      if (deadline.passed()) {
        return deadline_exceeded("erase: " + std::to_string(erased) + " spans went before");
      }
      erased += state_.erase(tenant, id, doomed);
    }
    return erased;
  }

  MemoryState& state_;
};

}  // namespace

struct MemoryTraceStore::Faces {
  explicit Faces(const MemoryStoreOptions& options)
      : state(options), writer(state), reader(state), admin(state) {}

  MemoryState state;
  MemoryTraceWriter writer;
  memory::MemoryTraceReader reader;
  MemoryStoreAdmin admin;
};

MemoryTraceStore::MemoryTraceStore(const MemoryStoreOptions& options)
    : faces_(std::make_unique<Faces>(options)) {
}
MemoryTraceStore::~MemoryTraceStore() = default;

TraceWriter& MemoryTraceStore::writer() {
  return faces_->writer;
}
TraceReader& MemoryTraceStore::reader() {
  return faces_->reader;
}
StoreAdmin& MemoryTraceStore::admin() {
  return faces_->admin;
}

}  // namespace cairn::storage
