// SPDX-License-Identifier: Apache-2.0
#include "bench/store/replaying.h"

#include <algorithm>

namespace cairn::bench {
namespace {

// A little less than what the WAL holds of a span, so that few rounds are needed.
constexpr std::uint64_t kBytesOfASpan = 100;

std::uint64_t detail(const storage::StoreStatistics& statistics, const std::string& name) {
  const auto found = statistics.details.find(name);
  return found == statistics.details.end() ? 0 : found->second;
}

}  // namespace

Result<Replaying> measure_replay(StoreUnderTest& test, WritingOptions writing,
                                 std::uint64_t wal_bytes, std::size_t head_bytes) {
  Replaying result;
  writing.flush_every = 0;
  while (result.wal_bytes < wal_bytes) {
    writing.workload.spans =
        std::max<std::uint64_t>((wal_bytes - result.wal_bytes) / kBytesOfASpan, 10'000);
    ASSIGN_OR_RETURN(const WritingResult written, write_workload(test.store(), writing));
    ++writing.workload.seed;
    result.spans += written.spans;
    const auto statistics = test.store().admin().statistics();
    if (detail(statistics, "wal_written_bytes") == result.wal_bytes) {
      return internal_error("the engine has no WAL");
    }
    result.wal_bytes = detail(statistics, "wal_written_bytes");
    result.wal_files = detail(statistics, "heads");
  }
  test.close();
  result.opening.start();
  RETURN_IF_ERROR(test.open(head_bytes));
  result.opening.stop();
  result.opened = test.store().admin().statistics();
  if (result.opened.spans != result.spans) return internal_error("spans were lost or doubled");
  return result;
}

}  // namespace cairn::bench
