// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <future>

#include "bench/store/querying.h"

namespace cairn::bench {
namespace {

constexpr Duration kPatience = std::chrono::seconds(1);

std::shared_ptr<model::Batch> one_span(Random& random) {
  auto batch = std::make_shared<model::Batch>();
  batch->resources.emplace_back();
  batch->scopes.emplace_back();
  model::Span& span = batch->spans.emplace_back();
  for (std::byte& byte : span.trace_id.bytes) byte = static_cast<std::byte>(random.bits() | 1);
  for (std::byte& byte : span.span_id.bytes) byte = static_cast<std::byte>(random.bits() | 1);
  span.name = "freshness";
  span.start = {SystemClock().unix_nanos()};
  span.end = span.start.plus(std::chrono::milliseconds(1));
  return batch;
}

Result<void> write_and_wait(storage::TraceStore& store, std::shared_ptr<model::Batch> batch) {
  std::promise<Result<storage::WriteOutcome>> promise;
  auto acknowledged = promise.get_future();
  store.writer().write({}, std::move(batch), [&](Result<storage::WriteOutcome> outcome) {
    promise.set_value(std::move(outcome));
  });
  const Result<storage::WriteOutcome> outcome = acknowledged.get();
  if (!outcome) return outcome.error();
  return {};
}

Result<bool> is_there(storage::TraceStore& store, const model::TraceId& id) {
  bool found = false;
  const auto completeness =
      store.reader().traces({}, {.ids = {id}}, [&](const model::Batch& chunk) {
        found = found || !chunk.empty();
        return true;
      });
  if (!completeness) return completeness.error();
  return found;
}

}  // namespace

Result<Freshness> measure_freshness(storage::TraceStore& store, std::size_t spans) {
  Freshness result;
  Random random(SystemClock().unix_nanos());
  for (std::size_t i = 0; i < spans; ++i) {
    const auto batch = one_span(random);
    const model::TraceId id = batch->spans.front().trace_id;
    const Duration begin = wall_time();
    RETURN_IF_ERROR(write_and_wait(store, batch));
    const Duration acknowledged = wall_time();
    for (bool found = false; !found;) {
      ASSIGN_OR_RETURN(found, is_there(store, id));
      if (wall_time() - acknowledged > kPatience) {
        return internal_error("an acknowledged span was not found within a second");
      }
    }
    result.to_acknowledged.push_back(acknowledged - begin);
    result.to_found.push_back(wall_time() - acknowledged);
  }
  std::ranges::sort(result.to_acknowledged);
  std::ranges::sort(result.to_found);
  return result;
}

}  // namespace cairn::bench
