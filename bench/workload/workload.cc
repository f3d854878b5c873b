// SPDX-License-Identifier: Apache-2.0
#include "bench/workload/workload.h"

#include <algorithm>
#include <tuple>

#include "bench/workload/visits.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kProducts = 500;
constexpr std::size_t kManyProducts = 20'000;
constexpr double kSpansPerVisit = 15.0;
constexpr std::string_view kSchema = "https://opentelemetry.io/schemas/1.27.0";

bool leaves_earlier(const PendingSpan& a, const PendingSpan& b) {
  return std::tie(a.leaves, a.span.end) < std::tie(b.leaves, b.span.end);
}

bool same_sender_first(const PendingSpan& a, const PendingSpan& b) {
  return std::tie(a.pod, a.library) < std::tie(b.pod, b.library);
}

}  // namespace

Workload::Workload(const WorkloadOptions& options)
    : options_(options),
      shop_(std::make_shared<Shop>(options.high_cardinality ? kManyProducts : kProducts)),
      random_(options.seed) {
}

// Visits of one more second. What leaves before its end cannot be preceded by a later visit.
void Workload::write_second() {
  const auto memory = std::make_shared<Arena>();
  written_until_ += std::chrono::seconds(1);
  const TraceWriter::World world{random_, *shop_, options_.epoch, options_.high_cardinality};
  std::vector<PendingSpan> all(
      std::make_move_iterator(pending_.begin() + static_cast<std::ptrdiff_t>(cursor_)),
      std::make_move_iterator(pending_.end()));
  while (next_visit_ < written_until_ && written_ < options_.spans) {
    const std::size_t before = all.size();
    TraceWriter writer(world, memory, all);
    write_visit(writer, next_visit_);
    written_ += all.size() - before;
    next_visit_ += random_.gap(options_.spans_per_second / kSpansPerVisit);
  }
  std::stable_sort(all.begin(), all.end(), leaves_earlier);
  pending_ = std::move(all);
  cursor_ = 0;
  const bool last = written_ >= options_.spans;
  const auto first_open =
      std::find_if(pending_.begin(), pending_.end(),
                   [&](const PendingSpan& span) { return !last && span.leaves > written_until_; });
  ready_ = static_cast<std::size_t>(first_open - pending_.begin());
}

bool Workload::next(model::Batch& batch) {
  batch.clear();
  while (ready_ - cursor_ < options_.spans_per_request && written_ < options_.spans) {
    write_second();
  }
  const std::size_t count = std::min(ready_ - cursor_, options_.spans_per_request);
  if (count == 0) return false;
  cut(count, batch);
  return true;
}

void Workload::cut(std::size_t count, model::Batch& batch) {
  const auto first = pending_.begin() + static_cast<std::ptrdiff_t>(cursor_);
  const auto last = first + static_cast<std::ptrdiff_t>(count);
  std::stable_sort(first, last, same_sender_first);
  batch.pins.push_back(shop_);
  const PendingSpan* before = nullptr;
  for (auto it = first; it != last; ++it) {
    if (before == nullptr || before->pod != it->pod) {
      model::Resource resource;
      resource.attributes = shop_->pods()[it->pod].resource_attributes;
      resource.schema_url = kSchema;
      batch.resources.push_back(resource);
    }
    if (before == nullptr || before->pod != it->pod || before->library != it->library) {
      model::InstrumentationScope scope;
      scope.resource = static_cast<std::uint32_t>(batch.resources.size() - 1);
      scope.name = info(it->library).name;
      scope.version = info(it->library).version;
      batch.scopes.push_back(scope);
    }
    batch.spans.push_back(it->span);
    batch.spans.back().scope = static_cast<std::uint32_t>(batch.scopes.size() - 1);
    if (batch.pins.back() != it->memory) batch.pins.push_back(it->memory);
    before = &*it;
  }
  cursor_ += count;
}

}  // namespace cairn::bench
