// SPDX-License-Identifier: Apache-2.0
//
// Traces by id, in chunks that borrow what the stored batches hold.
#include <unordered_map>
#include <unordered_set>

#include "storage/memory/memory_reader.h"

namespace cairn::storage::memory {
namespace {

// Fills a Batch with spans of others, without copying what they point at.
class Chunk {
 public:
  void add(const SpanRef& ref) {
    model::Span span = *ref.span;
    span.scope = scope_of(ref);
    batch_.spans.push_back(span);
  }
  const model::Batch& batch() const { return batch_; }
  std::size_t size() const { return batch_.spans.size(); }
  void clear() {
    batch_.clear();
    scopes_.clear();
    resources_.clear();
  }

 private:
  std::uint32_t scope_of(const SpanRef& ref) {
    const model::InstrumentationScope& scope = ref.batch->scope_of(*ref.span);
    const auto [found, is_new] =
        scopes_.try_emplace(&scope, static_cast<std::uint32_t>(batch_.scopes.size()));
    if (is_new) {
      batch_.scopes.push_back(scope);
      batch_.scopes.back().resource = resource_of(ref);
    }
    return found->second;
  }
  std::uint32_t resource_of(const SpanRef& ref) {
    const model::Resource& resource = ref.batch->resource_of(*ref.span);
    const auto [found, is_new] =
        resources_.try_emplace(&resource, static_cast<std::uint32_t>(batch_.resources.size()));
    if (is_new) batch_.resources.push_back(resource);
    return found->second;
  }

  model::Batch batch_;
  std::unordered_map<const model::InstrumentationScope*, std::uint32_t> scopes_;
  std::unordered_map<const model::Resource*, std::uint32_t> resources_;
};

enum class Outcome { kDone, kStopped, kOutOfTime };

Outcome stream(const PinnedTrace& trace, const Deadline& deadline, const TraceSink& sink) {
  Chunk chunk;
  for (const SpanRef& ref : trace.spans) {
    chunk.add(ref);
    if (chunk.size() < kMaxChunkSpans) continue;
    if (!sink(chunk.batch())) return Outcome::kStopped;
    chunk.clear();
    if (deadline.passed()) return Outcome::kOutOfTime;
  }
  if (chunk.size() > 0 && !sink(chunk.batch())) return Outcome::kStopped;
  return Outcome::kDone;
}

}  // namespace

const Capabilities& MemoryTraceReader::capabilities() const {
  static const Capabilities kAll;
  return kAll;
}

Result<Completeness> MemoryTraceReader::traces(const ReadContext& context,
                                               const TracesRequest& request,
                                               const TraceSink& sink) {
  std::unordered_set<model::TraceId> given;
  for (const model::TraceId& id : request.ids) {
    if (!given.insert(id).second) continue;
    if (context.deadline.passed()) return out_of_time(context.deadline);
    switch (stream(state_.pin(context.tenant, id), context.deadline, sink)) {
      case Outcome::kDone:
        break;
      case Outcome::kStopped:
        return Completeness{};
      case Outcome::kOutOfTime:
        return out_of_time(context.deadline);
    }
  }
  return Completeness{};
}

}  // namespace cairn::storage::memory
